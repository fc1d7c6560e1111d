#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guards/compiled_policy.h"

namespace kedge::guards {

/// The step that a Monitor takes for each event, and all that it remembers. The policy must
/// outlive it. Never throws from Observe: whatever goes wrong inside a rule is a DENY finding of
/// that rule.
class Evaluator {
 public:
  explicit Evaluator(const Policy::Compiled& policy);
  void Reset();
  Decision Observe(const Event& event);

 private:
  void Judge(const EventView& event, Decision& decision);
  void JudgeTool(const EventView& event, Decision& decision);
  void JudgeRule(std::size_t index, const EventView& event, Decision& decision);
  CheckResult CheckRule(std::size_t index, const EventView& event);
  void Follow(const EventView& event, Decision& decision);

  const Policy::Compiled& policy_;
  std::vector<std::unique_ptr<Checker>> checkers_;  // of all words, in order
  std::vector<std::size_t> first_checker_;          // by rule
  std::vector<std::size_t> rule_of_checker_;
  std::vector<bool> broken_;  // by checker: its Follow failed, so its state is not to be trusted
  KeyCache keys_;
};

}  // namespace kedge::guards
