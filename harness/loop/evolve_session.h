#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "reports/evolution_report.h"

namespace kedge::loop {

/// One `kedge evolve`: generations of act, learn, gate, promote on one suite.
struct EvolveSessionOptions {
  std::string suite_folder;     ///< makes its tasks from families: every generation gets fresh ones
  std::string champion_folder;  ///< the first champion; empty: strategies/champion of the suite
  std::string policy_file;      ///< empty: kedge.yaml of the suite
  /// Operations that the champion acts under while it learns; empty: operations/learning.yaml of
  /// the suite, else its operations/exploring.yaml, else none.
  std::string learning_file;
  std::string store_file;  ///< ledger, registry, history; empty: kedge.db in the output folder
  std::string output_folder;
  std::int64_t generations = 10;  ///< in all, those of earlier calls included; 1 to 1000
  /// Episodes per generation for each dev family, 1 to 1000; a family where more is left to learn
  /// gets more of them.
  std::int64_t tasks = 20;
  std::int64_t held_out_tasks = 40;  ///< of each gate family, for the learning curve; 1 to 1000
  /// How far learned rules may reach (LearnSessionOptions::generalise): one candidate each, in this
  /// order.
  std::vector<std::string> learners = {"tool", "effect"};
  std::map<std::string, std::string> data;  ///< as suite::SuiteOptions::data
  std::uint64_t suite_seed = 0;             ///< of the gate's tasks; 0: what suite.yaml says
  std::uint64_t variant = 0;                ///< of the world, in every generation
  std::uint64_t run_seed = 1;
  unsigned threads = 2;
  std::string version;
};

struct EvolveSessionResult {
  reports::Evolution evolution;
  std::string json, html, markdown;  ///< paths: evolution.json, evolution.html, evolution.md
  std::string champion;              ///< folder of the last champion
};

/// In each generation the champion acts on fresh dev tasks, in batches after each of which it is
/// planned what to try next; candidates are learned from all traces so far that a TraceWitness
/// bears out, each goes through RunGateSession, and one that it promotes becomes champion by
/// RunPromotion. The learning curve is the champions' success on tasks of the gate families that
/// come from a seed of their own: no learner reads them and nothing is decided on them.
///
/// State and reports are written after every generation. The same call after a kill goes on where
/// it was and ends with the same files; with more generations it adds to them; with other options
/// it is refused (Error(kNotPermitted)). Refused candidates stay, with their gate's reports, under
/// generation-NNN/. Throws Error.
EvolveSessionResult RunEvolveSession(const EvolveSessionOptions& options,
                                     const agent::AgentFactory& agents, const Clock& clock,
                                     Observer& observer);

}  // namespace kedge::loop
