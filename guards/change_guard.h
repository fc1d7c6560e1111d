#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "guards/change/approval.h"
#include "guards/change/leak_index.h"
#include "guards/change/probes.h"
#include "guards/change/source_traces.h"
#include "harness/strategy/strategy.h"

namespace kedge::guards {

/// What a promotion may change. Limits are on one candidate against its champion.
struct ChangePolicy {
  std::int64_t max_added_guidelines = 12;
  std::int64_t max_added_bytes = 6144;     ///< of everything that was added or rewritten
  std::int64_t max_guideline_bytes = 400;  ///< text of one added or revised guideline
  std::int64_t max_total_bytes = 16384;    ///< texts of all active guidelines together
  double max_retired_share = 0.10;         ///< of the champion's active ones; one is always allowed
  bool require_provenance = true;          ///< added and revised guidelines name their traces
  bool require_source_traces = false;      ///< and the traces must be there to be checked
  std::int64_t min_traces = 2;             ///< distinct ones a guideline must name
  std::vector<std::string> protected_guidelines;  ///< ids
  std::vector<std::string> allowed_models;        ///< aliases besides the champion's
  std::vector<std::string> free_parameters;       ///< planner parameters without an upper bound
  std::vector<std::string>
      allowed_destinations;  ///< hosts, addresses, paths ... new texts may name
  ApprovalPolicy approvals;  ///< who must sign what needs a person
  ProbePolicy probes;        ///< for JudgeProbes, which needs episodes; CheckChange runs nothing
};

/// What the guard knows besides the two documents. Everything referred to outlives the call.
struct ChangeEvidence {
  /// Tools that there are; empty when unknown, and then rules about unknown tools cannot be judged.
  std::vector<std::string> tools;
  /// Makes the index of hidden tasks; called at most once, and only when the change adds a text
  /// that an agent is given. Empty: nothing to leak is known.
  std::function<std::shared_ptr<const LeakIndex>()> hidden_tasks;
  const SourceTraces* source_traces = nullptr;  ///< null: the traces are not at hand
};

/// A place in a change that broke a rule of the change guard.
struct ChangeFinding {
  std::string rule;     ///< "S1-frozen" ... "S17-contradiction": see guards/README.md
  std::string what;     ///< guideline id, section name or layer/path; empty for the whole change
  std::string message;  ///< what is wrong and what would be allowed
  bool ask = false;     ///< a person may approve it; otherwise it denies the promotion

  bool operator==(const ChangeFinding&) const = default;
};

/// Judges the difference alone, without running anything: O(size of the difference), apart from one
/// pass over the champion. Findings are sorted by rule, then by place in the candidate; none when
/// both are equal. Pure. Throws Error(kBadData) for a text too large to look through.
std::vector<ChangeFinding> CheckChange(const strategy::Strategy& base,
                                       const strategy::Strategy& candidate,
                                       const ChangePolicy& policy,
                                       const ChangeEvidence& evidence = {});

}  // namespace kedge::guards
