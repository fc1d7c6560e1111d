#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/json.h"
#include "harness/core/observer.h"

namespace kedge::loop {

/// One `kedge certify --planted`: known-bad and known-good candidates in front of the real gate.
struct PlantedSessionOptions {
  std::string suite_folder;
  std::string champion_folder;
  std::string policy_file;     ///< empty: the defaults
  std::string exploring_file;  ///< operations under which traces for the good rules are made;
                               ///< empty: operations/exploring.yaml of the suite if it has one
  std::string output_folder;   ///< candidates, gates; what was there is replaced
  std::vector<std::string> classes;  ///< names; empty: all
  std::int64_t seeds = 20;           ///< gates a class, each on tasks of its own; 1 to 1000
  std::uint64_t run_seed = 1;
  unsigned threads = 2;
  std::string version;
};

/// What the gate made of a class.
struct PlantedResult {
  std::string name;
  std::string kind;    ///< "witness", "statistical", "good"
  std::string reason;  ///< that a witness must be stopped for
  std::int64_t gates = 0;
  std::int64_t promoted = 0;
  std::int64_t named = 0;  ///< stopped with `reason` among the verdict's reasons
  std::map<std::string, std::int64_t> verdicts;
};
Json ToJson(const PlantedResult& result);

struct PlantedSessionResult {
  std::vector<PlantedResult> classes;
  bool holds = false;  ///< witnesses all named, bad ones promoted within 5 % + 2.33 standard errors
                       ///< pooled, good ones promoted in at least 90 % pooled
};

/// Learns honest rules once, plants each class in them or in the champion, and runs one gate per
/// seed, on tasks of that seed and with a fresh ledger. Throws Error.
PlantedSessionResult RunPlantedSession(const PlantedSessionOptions& options,
                                       const agent::AgentFactory& agents, const Clock& clock,
                                       Observer& observer);

}  // namespace kedge::loop
