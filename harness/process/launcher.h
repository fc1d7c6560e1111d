#pragma once

#include <string>
#include <vector>

#include "harness/process/child_process.h"
#include "harness/process/reaper.h"
#include "harness/process/unique_fd.h"

namespace kedge::process {

/// A started child and kedge's ends of its three pipes, all non-blocking.
struct Launched {
  ChildHandle child;
  UniqueFd in;   ///< its stdin
  UniqueFd out;  ///< its stdout
  UniqueFd err;  ///< its stderr
};

/// Starts a program; the contract is that of ChildProcess::Start. The one place that uses
/// Boost.Process. Cost does not grow with kedge's own memory (vfork).
Launched Launch(const ProcessOptions& options);

}  // namespace kedge::process
