#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::testing {

/// What a run of the kedge program did.
struct ProgramResult {
  int code = -1;  ///< exit code; -1 when it was killed
  std::string out;
  std::string err;
  double seconds = 0;
};

/// Runs the built program to its end (two minutes at most).
ProgramResult RunKedge(const std::vector<std::string>& arguments);
/// Starts it and kills it with SIGKILL after `delay`; true if it was still running then.
bool RunAndKillKedge(const std::vector<std::string>& arguments, std::chrono::microseconds delay);

/// A suite of fixed tasks without a world: task `t<i>` asks to say "<i>" and checks that.
void WriteEchoSuite(const std::string& folder, int tasks);

/// The arguments of a gate of the bundled retail suite.
std::vector<std::string> RetailGate(const std::string& candidate, const std::string& folder);

Json ReadJsonFile(const std::string& path);

}  // namespace kedge::testing
