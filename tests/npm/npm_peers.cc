#include "tests/npm/npm_peers.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/error.h"
#include "harness/process/run_once.h"

namespace kedge::testing {

std::string NpmPath(const std::string& relative) {
  return std::filesystem::absolute(SourcePath("tests/npm/" + relative)).string();
}

bool NpmPeersPresent() {
  return !FindProgram("node").empty() &&
         std::filesystem::exists(NpmPath("node_modules/.package-lock.json"));
}

Json RunNode(const std::string& script, const std::vector<std::string>& arguments,
             std::chrono::milliseconds patience) {
  process::ProcessOptions options;
  options.argv = {"node", NpmPath(script)};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  const process::RunResult run = process::RunOnce(options, "", patience);
  if (!run.status.ok()) {
    ADD_FAILURE() << script << ": " << process::Describe(run.status)
                  << (run.timed_out ? " (timed out)" : "") << "\n"
                  << run.output << "\n"
                  << run.stderr_tail;
    return nullptr;
  }
  try {
    return ParseJson(run.output);
  } catch (const Error& error) {
    ADD_FAILURE() << script << ": " << error.what() << "\n" << run.output;
    return nullptr;
  }
}

}  // namespace kedge::testing
