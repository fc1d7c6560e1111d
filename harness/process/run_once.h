#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "harness/process/child_process.h"

namespace kedge::process {

/// What a program did from start to end.
struct RunResult {
  ExitStatus status;              ///< of the kill when one of the two below is true
  std::string output;             ///< stdout, as bytes
  std::string stderr_tail;        ///< the end of stderr, as bytes
  bool timed_out = false;         ///< killed at the deadline
  bool output_truncated = false;  ///< killed because of its output; `output` is the beginning
};

/// Runs a program to its end: `input` goes to its stdin (any size; a child that does not read it is
/// no error), stdout is collected. At the deadline it is killed with all it started.
/// Throws as ChildProcess::Start does.
RunResult RunOnce(const ProcessOptions& options, std::string_view input,
                  std::chrono::milliseconds deadline);

}  // namespace kedge::process
