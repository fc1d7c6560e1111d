#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"

namespace kedge::loop {

/// One `kedge run`: every task of a split, `trials` times, for one strategy.
struct RunSessionOptions {
  std::string suite_folder;
  std::string strategy_folder;  ///< empty: the empty strategy (agents that need none)
  std::string split = "gate";   ///< "dev" or "gate"; sealed tasks are kNotPermitted
  std::int64_t trials = 1;
  std::uint64_t suite_seed = 0;                  ///< 0: what suite.yaml says
  std::uint64_t variant = 0;                     ///< of the world
  std::map<std::string, std::string> data = {};  ///< as suite::SuiteOptions::data
  std::uint64_t run_seed = 1;
  std::string guard_policy;   ///< empty: no guards watch
  std::string store_file;     ///< empty: no history
  std::string output_folder;  ///< journal, traces.jsonl and reports
  unsigned threads = 2;
  std::int64_t deadline_ms = 60'000;  ///< per episode
  std::string version;
};

struct RunSessionResult {
  std::int64_t episodes = 0;
  std::int64_t successes = 0;
  std::int64_t missing = 0;
  double seconds = 0;
  std::string traces, html, junit, json;  ///< paths
};

/// Runs and records. All reports appear at the end, or none; a killed run goes on from its journal
/// when called again. Throws Error.
RunSessionResult RunRunSession(const RunSessionOptions& options, const agent::AgentFactory& agents,
                               const Clock& clock, Observer& observer);

}  // namespace kedge::loop
