#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "guards/monitor.h"

namespace kedge::guards {

/// A rule for people and reports.
struct RuleSummary {
  std::string id;
  std::string why;
  std::string severity;
  std::string verdict;
  bool hard = false;
  bool shadow = false;
  std::int64_t line = 0;  ///< in the policy's file
  Json source;            ///< as written, without its examples
};

/// The policy's own rules, in file order.
std::vector<RuleSummary> SummariesOf(const Policy& policy);

/// Any of Policy::rule_ids(), those that every policy has included (they have no line and no
/// source).
RuleSummary SummaryOf(const Policy& policy, const std::string& id);

/// Something that loads but is probably not meant.
struct LintFinding {
  std::string rule;       ///< id; empty for the policy itself
  std::int64_t line = 0;  ///< 0 when there is none
  std::string message;    ///< what is odd and what to do
};

/// What is worth a second look in a policy that loads: an allowed example that another rule denies,
/// a writing or external tool that no rule is about, labels and facts that nobody asks for, rules
/// that do not say why, unknown tools let through. In file order.
std::vector<LintFinding> Lint(const Policy& policy);

/// Why an event drew a finding, over several lines: what the rule says and why, what was found and
/// where, and what an error code means.
std::string Explain(const Policy& policy, const Finding& finding);

/// The verdicts for a whole episode at once, one per event, and what is still owed at its end as
/// the last one.
std::vector<Decision> Replay(Monitor& monitor, const std::vector<Event>& events);

}  // namespace kedge::guards
