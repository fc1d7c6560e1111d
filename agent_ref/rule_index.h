#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/strategy/rule.h"

namespace kedge::agent_ref {

/// Rules by action, error class and what their condition names: a decision point looks at those
/// that speak of its tool or goal, or of no tool or goal at all, and never at the rest. Immutable;
/// safe to share between threads.
class RuleIndex {
 public:
  /// `position` is what Candidates gives back for the rule.
  void Add(const strategy::Rule& rule, std::uint32_t position);

  /// Appends positions of all rules with `action` that may speak about the tool, the goal and the
  /// error class (empty: none), and perhaps of some that do not, in no order, each once.
  void Candidates(strategy::RuleAction action, std::string_view tool, std::string_view goal,
                  std::string_view error, std::vector<std::uint32_t>& positions) const;

 private:
  using Positions = std::vector<std::uint32_t>;
  struct Bucket {
    std::map<std::string, Positions, std::less<>> by_tool;
    std::map<std::string, Positions, std::less<>> by_goal;  ///< rules that name no tool
    Positions others;
  };
  // Rules of one action by error class; "" for those that speak without an error.
  using Errors = std::map<std::string, Bucket, std::less<>>;
  std::array<Errors, strategy::kRuleActions> actions_;
};

}  // namespace kedge::agent_ref
