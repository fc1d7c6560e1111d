#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "reports/appraisal_report.h"

namespace kedge::loop {

/// One `kedge strategy import`.
struct AppraisalSessionOptions {
  std::string playbook;  ///< file or folder, see strategy::LoadForeignPlaybook
  std::string champion_folder;
  std::string output_folder;  ///< the candidate: the champion with every item in quarantine
  std::string suite_folder;   ///< empty: static checks only
  std::string policy_file;    ///< empty: the defaults
  std::string report_file;    ///< JSON; .html and .md are written beside it; empty: none
  std::string traces_file;    ///< where items that help are put in force: the traces they rest on
  bool activate = false;      ///< put items that help in force; needs `traces_file`
  bool agent_reads = false;   ///< the agent follows text, so items without a rule are run, too
  std::int64_t tasks = 0;     ///< dev tasks of each family; 0: what the suite says
  std::map<std::string, std::string> data;  ///< as suite::SuiteOptions::data
  std::uint64_t suite_seed = 0;
  std::uint64_t variant = 0;  ///< of the world
  std::uint64_t run_seed = 1;
  double alpha = 0.05;  ///< familywise error of all items together
  unsigned threads = 2;
  std::string version;  ///< of kedge, for the report's foot
};

struct AppraisalSessionResult {
  reports::Appraisal appraisal;
  std::string candidate_hash;
};

/// Reads the playbook, judges each item by what it says and, with a suite, by episodes of the
/// champion with and without it on the dev tasks, with the same seeds. Writes candidate and reports
/// when all is done; throws Error, with nothing written, before that. The hidden tasks are read for
/// the leakage check only and never run.
AppraisalSessionResult RunAppraisalSession(const AppraisalSessionOptions& options,
                                           const agent::AgentFactory& agents, const Clock& clock,
                                           Observer& observer);

}  // namespace kedge::loop
