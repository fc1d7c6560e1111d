#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
  std::int64_t min_traces = 2;             ///< distinct ones a guideline must name
  std::vector<std::string> protected_guidelines;  ///< ids
  std::vector<std::string> allowed_models;        ///< aliases besides the champion's
  std::vector<std::string> free_parameters;       ///< planner parameters without an upper bound
};

/// A place where a change broke a rule of the change guard. Every finding denies the promotion.
struct ChangeFinding {
  /// "S1-frozen", "S2-protected", "S4-tools", "S5-budgets", "S8-hidden", "S10-size",
  /// "S11-provenance": see guards/README.md.
  std::string rule;
  std::string what;     ///< guideline id, section name or layer/path; empty for the whole change
  std::string message;  ///< what is wrong and what would be allowed

  bool operator==(const ChangeFinding&) const = default;
};

/// Judges the difference alone, without running anything: O(size of both strategies). Findings are
/// sorted by rule, then by place in the candidate; none when both are equal. Pure.
std::vector<ChangeFinding> CheckChange(const strategy::Strategy& base,
                                       const strategy::Strategy& candidate,
                                       const ChangePolicy& policy);

}  // namespace kedge::guards
