#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guards/compiled_policy.h"
#include "guards/receipts.h"
#include "guards/session.h"

namespace kedge::guards {

/// The step that a Monitor takes for each event, and all that it remembers. The policy must
/// outlive it. Never throws from Observe: whatever goes wrong inside a rule is a DENY finding of
/// that rule.
class Evaluator {
 public:
  explicit Evaluator(const Policy::Compiled& policy);
  void Reset(const std::string& session = {});
  Decision Observe(const Event& event);
  Decision Finish();
  /// True if the rule was about the last observed event, so far as its `match` could be judged.
  bool AppliedLast(std::size_t rule) const { return applied_at_[rule] == sequence_; }

 private:
  EventView MakeView(const Event& event, Json& parsed_result);
  void ObserveSound(const Event& event, EventView& view, Decision& decision);
  void ObserveUnsound(const Event& event, std::string_view code, const std::string& message,
                      Decision& decision);
  void Judge(const EventView& event, Decision& decision);
  void JudgeTool(const EventView& event, Decision& decision);
  void JudgeRule(std::size_t index, const EventView& event, Decision& decision);
  CheckResult CheckRule(std::size_t index, const EventView& event);
  void Settle(const EventView& event, bool approved, Decision& decision);
  void AskFor(const EventView& event, Decision& decision);
  void Redact(const EventView& event, Decision& decision);
  std::string BindingOf(const EventView& event) const;
  void Follow(const EventView& event, Decision& decision);
  void FollowWords(const EventView& event, Decision& decision);
  void FollowSession(const EventView& event);
  void FollowResult(const EventView& event);
  void AddText(std::string_view text, LabelMask labels);
  void CollectDue(bool at_end, Decision& decision);
  void Broken(std::size_t checker, const std::exception& error, Decision& decision);

  const Policy::Compiled& policy_;
  std::vector<std::unique_ptr<Checker>> checkers_;  // of all words, in order
  std::vector<std::size_t> first_checker_;          // by rule
  std::vector<std::size_t> rule_of_checker_;
  std::vector<std::size_t> owing_;  // checkers of obligations
  std::vector<bool> broken_;  // by checker: its Follow failed, so its state is not to be trusted
  KeyCache keys_;
  Session session_;
  bool session_broken_ = false;  // the same for what all rules share
  Receipts receipts_;
  std::string session_name_;
  std::int64_t sequence_ = 0;
  std::vector<std::int64_t> applied_at_;  // by rule: the event it was about last
};

}  // namespace kedge::guards
