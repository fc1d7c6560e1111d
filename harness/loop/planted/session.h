#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "reports/planted_report.h"

namespace kedge::loop {

/// One `kedge certify --planted`: known-bad and known-good candidates in front of the real gate.
struct PlantedSessionOptions {
  std::string suite_folder;
  std::string champion_folder;
  std::string policy_file;     ///< empty: the defaults
  std::string exploring_file;  ///< operations under which traces for the good rules are made;
                               ///< empty: operations/exploring.yaml of the suite if it has one
  std::string output_folder;   ///< candidates, gates, planted.json/.html/.md; what was there is
                               ///< replaced
  std::vector<std::string> classes;  ///< names; empty: all
  std::int64_t seeds = 20;           ///< gates a class, each on tasks of its own; 1 to 1000
  bool poison = false;               ///< the poison sweep as well (poison_sweep.h)
  std::uint64_t run_seed = 1;
  unsigned threads = 2;
  std::string version;
};

struct PlantedSessionResult {
  reports::PlantedTable table;
  std::string json, html, markdown;  ///< paths of the reports
};

/// Learns honest rules once, plants each class in them or in the champion, and runs one gate per
/// seed, on tasks of that seed and with a fresh ledger; what goes wrong after a promotion is
/// streamed through the production alarm. The bars: witnesses are stopped every time with their
/// reason named; the other bad ones promoted within 5 % + 2.33 standard errors, pooled; good ones
/// in at least 90 %, pooled; the alarm goes off every time, after the change, on average within 1.4
/// times the delay of the best alarm; of the poison sweep with a witness, no poisoned rule is
/// promoted and every honest one is. Throws Error.
PlantedSessionResult RunPlantedSession(const PlantedSessionOptions& options,
                                       const agent::AgentFactory& agents, const Clock& clock,
                                       Observer& observer);

}  // namespace kedge::loop
