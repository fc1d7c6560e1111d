#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/gate/verdict.h"

namespace kedge::loop {

/// One `kedge gate`: where everything lies.
struct GateSessionOptions {
  std::string suite_folder;
  std::string champion_folder;
  std::string candidate_folder;
  std::string policy_file;       ///< empty: defaults, no guards, no ledger
  std::string store_file;        ///< history and ledger; empty: none is kept
  std::string output_folder;     ///< journal and reports; made when absent
  std::uint64_t suite_seed = 0;  ///< 0: what suite.yaml says
  std::uint64_t variant = 0;     ///< of the world
  std::uint64_t run_seed = 1;    ///< schedule and episodes
  unsigned threads = 2;
  std::map<std::string, std::string> data;  ///< as suite::SuiteOptions::data
  std::vector<std::string> learned_from;    ///< archives that the candidate names its sources in
  std::vector<std::string> approval_files;  ///< people's signatures (kedge-approval/1)
  std::string author;  ///< public key of the candidate's author; empty: what its provenance says
  std::string traces_file;              ///< sampled production traces, FILE#PICK; empty: none
  std::string traces_suite_folder;      ///< whose world rebuilds them; empty: the suite's own
  std::uint64_t traces_suite_seed = 0;  ///< of that one; 0: what its suite.yaml says
  /// Lost tasks run again with each change undone that is suspected of them, at most; 0: none.
  std::int64_t explain_episodes = 40;
  std::string version;  ///< of this kedge, for the reports
};

struct GateSessionResult {
  gate::Verdict verdict;
  Json document;  ///< the verdict in its public form; of one from the history, as it was recorded
  std::string html, markdown, junit, json;  ///< paths of the reports
};

/// Loads and validates everything, checks the change, reserves the error budget, runs the gate,
/// records the verdict and writes the reports: all of it or, on an Error, no report and no history
/// entry. The same call after a kill goes on from the journal in `output_folder`. With a ledger a
/// candidate that was decided before gets its recorded verdict again, and one that was not goes on
/// from all its evidence, whatever the seed or the folder.
GateSessionResult RunGateSession(const GateSessionOptions& options,
                                 const agent::AgentFactory& agents, const Clock& clock,
                                 Observer& observer);

}  // namespace kedge::loop
