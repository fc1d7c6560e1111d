#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/loop/gate_steps.h"
#include "harness/loop/planted/learning_ground.h"
#include "harness/loop/planted/probe.h"
#include "reports/planted_report.h"

namespace kedge::loop {

/// What a sweep works on; what it refers to must outlive it.
struct PoisonSweepOptions {
  const LearningGround& ground;
  const GateRules& rules;
  std::string suite_folder;
  std::string champion_folder;
  std::string policy_file;
  std::string folder;  ///< batches, candidates and gates; what was there is replaced
  std::vector<std::int64_t> counts = {1, 2, 3, 10};  ///< poisoned traces in a batch
  std::uint64_t seed = 1;
  unsigned threads = 2;
  std::string version;
};

/// Every channel, one stranger or many, and every count, without and with a witness
/// (trace_witness.h): poison is put among the honest dev traces, the learner learns from all that
/// it may read and the witness bears out, the rules that the change guard denies are dropped, and
/// the rest is gated. A memory item is a candidate of its own. The target is the pair of a tool and
/// another tool's remedy that does most harm to some stratum. Gates of the same rules are run once.
/// Throws Error(kBadData) where nothing does harm.
std::vector<reports::PoisonRow> SweepPoison(const PoisonSweepOptions& options, Probe& probe,
                                            const agent::AgentFactory& agents, const Clock& clock,
                                            Observer& observer);

}  // namespace kedge::loop
