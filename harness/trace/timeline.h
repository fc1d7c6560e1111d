#pragma once

#include <cstddef>
#include <string>

#include "harness/trace/trace.h"

namespace kedge::trace {

struct TimelineOptions {
  bool colour = false;          ///< ANSI colours, for terminals
  std::size_t max_bytes = 400;  ///< of one text; what is longer is cut and its length named
  /// Lines of a timeline are folded at this width, by code points; 0: one line per step, for pipes.
  std::size_t columns = 0;
};

/// A trace for people: a heading, then one line per step with its number, seconds since the first
/// step, who acted and what; decisions with their options and rules, errors and guard marks stand
/// out. Texts from the trace are safe for a terminal (control characters are shown escaped).
std::string Timeline(const Trace& trace, const TimelineOptions& options);

/// One step as the timeline shows it, on one line: "call get_user {"id":"U1"}".
std::string StepLine(const Step& step, const TimelineOptions& options);

}  // namespace kedge::trace
