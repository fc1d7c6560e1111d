#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/trace/trace.h"

namespace kedge::trace {

/// What traces are told apart by before they are sampled.
struct StratumOptions {
  bool tools = true;      ///< the set of tools that were called
  bool outcome = true;    ///< success, failure, missing, unjudged
  bool error = true;      ///< how it ended badly, else the class of the last failed call
  bool length = true;     ///< number of steps, by powers of 2
  bool principal = true;  ///< on whose behalf the agent acted
  bool guards = true;     ///< which guards spoke or were violated
};

/// "tools", "outcome", "error", "length", "principal", "guards"; throws Error(kUsage) for others.
StratumOptions StratumOptionsFrom(const std::vector<std::string>& dimensions);

/// Name of a trace's stratum: a pure function of the trace.
std::string StratumOf(const Trace& trace, const StratumOptions& options);

/// Name of the coarser stratum it goes to when there are too many: outcome, and whether a guard
/// spoke. One of eight.
std::string CoarseStratumOf(const Trace& trace);

/// Hashes of the pairs of successive calls of the agent (with the start and the end), each call by
/// name and canonical arguments: two traces that share most of them did nearly the same. Empty
/// without calls.
std::vector<std::uint64_t> ToolCallShingles(const Trace& trace);

}  // namespace kedge::trace
