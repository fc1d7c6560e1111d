#include "harness/loop/probe_checks.h"

#include <algorithm>

#include "guards/change_guard.h"
#include "guards/review.h"

namespace kedge::loop {
namespace {

using guards::ProbeCheck;

bool Lists(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// What an agent does by such a rule is a refusal or a question.
bool HoldsBack(const strategy::Rule& rule) {
  using strategy::RuleAction;
  return rule.action == RuleAction::kStop || rule.action == RuleAction::kGiveUp ||
         (rule.action == RuleAction::kConfirm && rule.confirm);
}

void AddGuidelines(const strategy::Strategy& champion, const guards::ChangePolicy& policy,
                   std::vector<GateCheck>& checks) {
  for (const strategy::Guideline& guideline : champion.guidelines()) {
    if (guideline.status != "active") continue;
    const bool is_protected = Lists(policy.protected_guidelines, guideline.id);
    strategy::Rule rule = strategy::ParseRule(guideline);
    if (!is_protected && !HoldsBack(rule)) continue;
    checks.push_back({{guideline.id, ProbeCheck::Kind::kGuideline, is_protected, is_protected},
                      std::move(rule)});
  }
}

void AddAsks(const strategy::Strategy& champion, std::vector<GateCheck>& checks) {
  const Json& layer = champion.layer("tool_policy");
  if (!layer.contains("confirm") || !layer["confirm"].is_array()) return;
  for (const Json& word : layer["confirm"]) {
    if (!word.is_string()) continue;
    const std::string what = word.get<std::string>();
    GateCheck check{{"confirm:" + what, ProbeCheck::Kind::kAsk}, {}};
    check.rule.action = strategy::RuleAction::kConfirm;
    check.rule.confirm = true;
    if (what == "write") {
      check.rule.effect = what;
    } else {
      check.rule.tools = {what};
    }
    checks.push_back(std::move(check));
  }
}

// A rule on arguments alone judges every call by itself: other arguments are what it asks for.
bool IsOnArgumentsAlone(const Json& rule) {
  return !rule.contains("forbid") && rule.contains("require") && rule["require"].size() == 1 &&
         rule["require"].contains("args");
}

void AddGuards(const guards::Policy& policy, std::vector<GateCheck>& checks) {
  for (const guards::RuleSummary& rule : guards::SummariesOf(policy)) {
    if (rule.shadow || rule.verdict == "warn" || IsOnArgumentsAlone(rule.source)) continue;
    checks.push_back({{rule.id, ProbeCheck::Kind::kStop, false, rule.severity == "critical"}, {}});
  }
}

}  // namespace

std::vector<GateCheck> GateChecksOf(const strategy::Strategy& champion,
                                    const guards::ChangePolicy& policy,
                                    const guards::Policy* guard_policy) {
  std::vector<GateCheck> checks;
  AddGuidelines(champion, policy, checks);
  AddAsks(champion, checks);
  if (guard_policy != nullptr) AddGuards(*guard_policy, checks);
  std::erase_if(checks, [&](const GateCheck& one) {
    return !one.check.is_protected && Lists(policy.probes.may_fall, one.check.id);
  });
  return checks;
}

}  // namespace kedge::loop
