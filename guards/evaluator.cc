#include "guards/evaluator.h"

#include <algorithm>

#include "guards/event_check.h"
#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

Finding BuiltIn(std::string_view rule, Verdict verdict, std::string message) {
  Finding finding;
  finding.rule = rule;
  finding.severity = ToString(Severity::kHigh);
  finding.verdict = verdict;
  finding.message = std::move(message);
  return finding;
}

Finding FromCheck(const Rule& rule, const CheckResult& result) {
  Finding finding;
  finding.rule = rule.id;
  finding.severity = ToString(rule.severity);
  finding.verdict = rule.verdict;
  finding.message = (rule.message.empty() ? "" : rule.message + ": ") + result.message;
  finding.pointer = result.pointer;
  if (result.kind == CheckResult::Kind::kError) {
    finding.error = result.code;
    finding.verdict = Verdict::kDeny;
    finding.message = "error:" + finding.error + ": " + finding.message;
  }
  if (rule.shadow) {
    finding.shadow = true;
    finding.verdict = Verdict::kWarn;
  }
  return finding;
}

std::size_t SeverityRank(const Finding& finding) {
  const auto* found =
      std::find(std::begin(kSeverityNames), std::end(kSeverityNames), finding.severity);
  return static_cast<std::size_t>(found - std::begin(kSeverityNames));
}

void Finish(Decision& decision) {
  if (decision.findings.empty()) return;
  std::stable_sort(decision.findings.begin(), decision.findings.end(),
                   [](const Finding& a, const Finding& b) {
                     const std::size_t left = SeverityRank(a);
                     const std::size_t right = SeverityRank(b);
                     return left != right ? left < right : a.rule < b.rule;
                   });
  for (const Finding& finding : decision.findings) {
    if (!finding.shadow) decision.verdict = std::min(decision.verdict, finding.verdict);
  }
}

}  // namespace

Evaluator::Evaluator(const Policy::Compiled& policy) : policy_(policy), keys_(policy.keys) {
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    first_checker_.push_back(checkers_.size());
    for (const auto& word : policy.rules[i]->words) {
      checkers_.push_back(word->NewChecker());
      rule_of_checker_.push_back(i);
    }
  }
  first_checker_.push_back(checkers_.size());
  broken_.assign(checkers_.size(), false);
}

void Evaluator::Reset() {
  for (const auto& checker : checkers_) checker->Reset();
  broken_.assign(checkers_.size(), false);
  keys_.Reset();
}

Decision Evaluator::Observe(const Event& event) {
  Decision decision;
  keys_.StartEvent();
  const ToolId tool = HasTool(event.type) ? policy_.catalog.Find(event.tool) : kUnknownTool;
  const std::string& name = tool == kUnknownTool ? event.tool : policy_.catalog.tool(tool).name;
  if (const auto fault = FindFault(event)) {
    Finding finding = BuiltIn(kEventRule, Verdict::kDeny,
                              "error:" + std::string(fault->code) + ": " + fault->message);
    finding.error = fault->code;
    decision.findings.push_back(std::move(finding));
    Follow(EventView::Unsound(event, tool, name, keys_), decision);
  } else {
    const EventView view(event, tool, name, keys_);
    Judge(view, decision);
    Follow(view, decision);
  }
  Finish(decision);
  return decision;
}

void Evaluator::Judge(const EventView& event, Decision& decision) {
  if (event.type() == EventType::kToolCall) JudgeTool(event, decision);
  for (const std::size_t rule : policy_.Dispatch(event.type(), event.tool()).rules) {
    JudgeRule(rule, event, decision);
  }
}

void Evaluator::JudgeTool(const EventView& event, Decision& decision) {
  if (event.tool() == kUnknownTool) {
    decision.findings.push_back(
        BuiltIn(kUnknownToolRule, policy_.unknown_tool,
                "the policy knows no tool '" + EscapeControls(Elide(event.tool_name(), 80)) + "'"));
    return;
  }
  const auto& schema = policy_.catalog.tool(event.tool()).schema;
  if (!schema || schema->IsValid(event.arguments())) return;
  const auto problems = schema->Validate(event.arguments());
  Finding finding = BuiltIn(kArgumentsRule, Verdict::kDeny, problems[0].message);
  finding.pointer = problems[0].instance_pointer;
  decision.findings.push_back(std::move(finding));
}

void Evaluator::JudgeRule(std::size_t index, const EventView& event, Decision& decision) {
  const Rule& rule = *policy_.rules[index];
  CheckResult result;
  try {
    const std::optional<bool> applies = rule.match.Accepts(event.arguments());
    if (applies == false) return;
    result = applies ? CheckRule(index, event)
                     : CheckResult::Error("schema_limit", "the arguments are too large to check");
  } catch (const std::exception& error) {
    result = CheckResult::Error("internal", error.what());
  }
  if (result.kind != CheckResult::Kind::kHolds) {
    decision.findings.push_back(FromCheck(rule, result));
  }
}

// The first violated word speaks for the rule, but an error outranks every violation: the verdict
// of a violation may be weaker than DENY.
CheckResult Evaluator::CheckRule(std::size_t index, const EventView& event) {
  CheckResult worst;
  for (std::size_t i = first_checker_[index]; i < first_checker_[index + 1]; ++i) {
    if (broken_[i]) {
      return CheckResult::Error("internal", "this rule failed earlier in the episode");
    }
    CheckResult result = checkers_[i]->Check(event);
    if (result.kind == CheckResult::Kind::kError) return result;
    if (worst.kind == CheckResult::Kind::kHolds) worst = std::move(result);
  }
  return worst;
}

void Evaluator::Follow(const EventView& event, Decision& decision) {
  for (const std::size_t i : policy_.Dispatch(event.type(), event.tool()).follows) {
    try {
      checkers_[i]->Follow(event);
    } catch (const std::exception& error) {
      broken_[i] = true;
      const Rule& rule = *policy_.rules[rule_of_checker_[i]];
      const bool reported =
          std::any_of(decision.findings.begin(), decision.findings.end(),
                      [&rule](const Finding& finding) { return finding.rule == rule.id; });
      if (reported) continue;
      decision.findings.push_back(FromCheck(rule, CheckResult::Error("internal", error.what())));
    }
  }
}

}  // namespace kedge::guards
