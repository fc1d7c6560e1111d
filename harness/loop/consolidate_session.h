#pragma once

#include <string>

#include "agent_ref/consolidation.h"
#include "harness/core/json.h"

namespace kedge::loop {

/// One `kedge strategy consolidate`.
struct ConsolidateSessionOptions {
  std::string champion_folder;
  std::string output_folder;  ///< where the candidate is written
  std::string name = "consolidated";
};

struct ConsolidateSessionResult {
  std::string candidate_hash;  ///< the champion's when there is nothing to merge
  agent_ref::Consolidation consolidation;
  Json report;  ///< agent_ref::ToJson with the hashes and the operations
};

/// Applies agent_ref::Consolidate to the champion and writes the candidate. What its provenance
/// says of the split that was learned from is the champion's. Throws Error; nothing is written
/// then.
ConsolidateSessionResult RunConsolidateSession(const ConsolidateSessionOptions& options);

}  // namespace kedge::loop
