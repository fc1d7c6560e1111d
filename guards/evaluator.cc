#include "guards/evaluator.h"

#include <algorithm>
#include <tuple>

#include "guards/event_check.h"
#include "guards/redaction.h"
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

// Where the word begins in which the first of `found` (sorted) begins.
std::size_t WordOfFirst(const std::vector<Detection>& found, std::string_view text) {
  if (found.empty() || found.front().begin == 0) return 0;
  const std::size_t blank = text.find_last_of(" \t\r\n", found.front().begin - 1);
  return blank == text.npos ? 0 : blank + 1;
}

void MakeError(std::string_view code, Finding& finding) {
  finding.error = code;
  finding.verdict = Verdict::kDeny;
  finding.message = "error:" + finding.error + ": " + finding.message;
}

// Appends a finding for each place that the word blames, or one for the event.
void AddFindings(const Rule& rule, const CheckResult& result, bool late,
                 std::vector<Finding>& findings) {
  const CheckResult::Problem& problem = result.problem();
  static const std::vector<Spot> kEverything(1);
  for (const Spot& spot : problem.spots.empty() ? kEverything : problem.spots) {
    Finding finding;
    finding.rule = rule.id;
    finding.severity = ToString(rule.severity);
    finding.verdict = problem.verdict.value_or(rule.verdict);
    finding.message = (rule.message.empty() ? "" : rule.message + ": ") +
                      (spot.message.empty() ? problem.message : spot.message);
    finding.pointer = spot.pointer;
    finding.begin = spot.begin;
    finding.end = spot.end;
    finding.view = spot.view;
    if (result.is_error()) MakeError(problem.code, finding);
    finding.shadow = rule.shadow;
    finding.late = late;
    if (rule.shadow || late) finding.verdict = Verdict::kWarn;
    findings.push_back(std::move(finding));
  }
}

bool Counts(const Finding& finding) {
  return !finding.shadow && !finding.late && !finding.approved;
}

Verdict VerdictOf(const std::vector<Finding>& findings) {
  Verdict verdict = Verdict::kAllow;
  for (const Finding& finding : findings) {
    if (Counts(finding)) verdict = std::min(verdict, finding.verdict);
  }
  return verdict;
}

std::size_t SeverityRank(const Finding& finding) {
  const auto* found =
      std::find(std::begin(kSeverityNames), std::end(kSeverityNames), finding.severity);
  return static_cast<std::size_t>(found - std::begin(kSeverityNames));
}

void Sort(std::vector<Finding>& findings) {
  if (findings.size() < 2) return;
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    const auto left =
        std::make_tuple(SeverityRank(a), std::string_view(a.rule), std::string_view(a.pointer),
                        a.begin, a.end, std::string_view(a.view));
    return left < std::make_tuple(SeverityRank(b), std::string_view(b.rule),
                                  std::string_view(b.pointer), b.begin, b.end,
                                  std::string_view(b.view));
  });
}

}  // namespace

Evaluator::Evaluator(const Policy::Compiled& policy)
    : policy_(policy), keys_(policy.keys), receipts_(policy.ask_limits) {
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    first_checker_.push_back(checkers_.size());
    for (const auto& word : policy.rules[i]->words) {
      if (word->Owes()) owing_.push_back(checkers_.size());
      checkers_.push_back(word->NewChecker());
      rule_of_checker_.push_back(i);
    }
  }
  first_checker_.push_back(checkers_.size());
  broken_.assign(checkers_.size(), false);
  applied_at_.assign(policy.rules.size(), 0);
}

void Evaluator::Reset(const std::string& session) {
  for (const auto& checker : checkers_) checker->Reset();
  broken_.assign(checkers_.size(), false);
  keys_.Reset();
  session_.Reset();
  session_broken_ = false;
  receipts_.Reset();
  session_name_ = session;
  sequence_ = 0;
  applied_at_.assign(policy_.rules.size(), 0);
}

Decision Evaluator::Observe(const Event& event) {
  Decision decision;
  ++sequence_;
  keys_.StartEvent();
  try {
    if (const auto fault = FindFault(event, policy_.resources.reads_results())) {
      ObserveUnsound(event, fault->code, fault->message, decision);
    } else {
      Json parsed_result;
      EventView view = MakeView(event, parsed_result);
      ObserveSound(event, view, decision);
    }
  } catch (const std::exception& error) {
    // Outside of every rule: whether the event was remembered is unknown from here on.
    session_broken_ = true;
    decision.findings.push_back(BuiltIn(kEventRule, Verdict::kDeny, error.what()));
    MakeError("internal", decision.findings.back());
  }
  CollectDue(false, decision);
  Sort(decision.findings);
  decision.verdict = VerdictOf(decision.findings);
  return decision;
}

EventView Evaluator::MakeView(const Event& event, Json& parsed_result) {
  const ToolId tool = HasTool(event.type) ? policy_.catalog.Find(event.tool) : kUnknownTool;
  const std::string& name = tool == kUnknownTool ? event.tool : policy_.catalog.tool(tool).name;
  EventView view(event, tool, name, keys_, session_);
  if (event.type == EventType::kToolResult && policy_.resources.reads_results()) {
    const ResultSpec& spec =
        tool == kUnknownTool ? policy_.unknown_result : policy_.catalog.tool(tool).result;
    parsed_result = spec.Parse(event.result);
    view.SetResult(parsed_result);
  }
  return view;
}

void Evaluator::ObserveUnsound(const Event& event, std::string_view code,
                               const std::string& message, Decision& decision) {
  decision.findings.push_back(BuiltIn(kEventRule, Verdict::kDeny, message));
  MakeError(code, decision.findings.back());
  const ToolId tool = HasTool(event.type) ? policy_.catalog.Find(event.tool) : kUnknownTool;
  const std::string& name = tool == kUnknownTool ? event.tool : policy_.catalog.tool(tool).name;
  Follow(EventView::Unsound(event, tool, name, keys_, session_), decision);
}

void Evaluator::ObserveSound(const Event& event, EventView& view, Decision& decision) {
  if (event.type == EventType::kApproval) {
    receipts_.Answer(event.binding, event.granted, sequence_, event.unix_nanos);
  }
  const bool approved = receipts_.HasApprovals() && event.type != EventType::kApproval &&
                        receipts_.Take(BindingOf(view), sequence_, event.unix_nanos);
  if (approved) view.SetResubmitted();
  Judge(view, decision);
  Settle(view, approved, decision);
  if (approved) return;  // it was followed when it was asked about
  if (!decision.redacted) {
    Follow(view, decision);
    return;
  }
  Json parsed_result;
  keys_.StartEvent();
  Follow(MakeView(*decision.redacted, parsed_result), decision);
}

void Evaluator::Judge(const EventView& event, Decision& decision) {
  if (session_broken_) {
    decision.findings.push_back(
        BuiltIn(kEventRule, Verdict::kDeny, "the guard failed earlier in the episode"));
    MakeError("internal", decision.findings.back());
  }
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
  const ToolCatalog::Tool& tool = policy_.catalog.tool(event.tool());
  if (!tool.definition.empty() && !event.event().definition.empty() &&
      event.event().definition != tool.definition) {
    decision.findings.push_back(BuiltIn(kDefinitionRule, Verdict::kDeny,
                                        "the tool's definition is not the one that was pinned"));
  }
  if (!tool.schema || tool.schema->IsValid(event.arguments())) return;
  const auto problems = tool.schema->Validate(event.arguments());
  Finding finding = BuiltIn(kArgumentsRule, Verdict::kDeny, problems[0].message);
  finding.pointer = problems[0].instance_pointer;
  decision.findings.push_back(std::move(finding));
}

void Evaluator::JudgeRule(std::size_t index, const EventView& event, Decision& decision) {
  const Rule& rule = *policy_.rules[index];
  CheckResult result;
  try {
    const std::optional<bool> applies = rule.match.Accepts(event);
    if (applies == false) return;
    applied_at_[index] = sequence_;
    result = applies ? CheckRule(index, event)
                     : CheckResult::Error("schema_limit", "the arguments are too large to check");
  } catch (const std::exception& error) {
    result = CheckResult::Error("internal", error.what());
  }
  if (!result.holds()) AddFindings(rule, result, false, decision.findings);
}

// The first violated word speaks for the rule, unless another has a stronger verdict; an error
// outranks every violation: the verdict of a violation may be weaker than DENY.
CheckResult Evaluator::CheckRule(std::size_t index, const EventView& event) {
  const Verdict own = policy_.rules[index]->verdict;
  CheckResult worst;
  for (std::size_t i = first_checker_[index]; i < first_checker_[index + 1]; ++i) {
    if (broken_[i]) {
      return CheckResult::Error("internal", "this rule failed earlier in the episode");
    }
    CheckResult result = checkers_[i]->Check(event);
    if (result.holds()) continue;
    if (result.is_error()) return result;
    if (worst.holds() ||
        result.problem().verdict.value_or(own) < worst.problem().verdict.value_or(own)) {
      worst = std::move(result);
    }
  }
  return worst;
}

// What follows from the findings together: asking, or cutting out.
void Evaluator::Settle(const EventView& event, bool approved, Decision& decision) {
  if (decision.findings.empty()) return;
  if (approved) {
    for (Finding& finding : decision.findings) {
      finding.approved = finding.verdict == Verdict::kAsk && Counts(finding);
    }
  }
  const Verdict verdict = VerdictOf(decision.findings);
  if (verdict == Verdict::kAsk) AskFor(event, decision);
  if (verdict == Verdict::kRedact) Redact(event, decision);
}

void Evaluator::AskFor(const EventView& event, Decision& decision) {
  decision.binding = BindingOf(event);
  if (receipts_.Ask(decision.binding)) return;
  decision.binding.clear();
  for (Finding& finding : decision.findings) {
    if (!Counts(finding) || finding.verdict != Verdict::kAsk) continue;
    finding.message += " (nobody is asked more than " +
                       std::to_string(policy_.ask_limits.max_asks) + " times in a session)";
    MakeError("ask_limit", finding);
  }
}

// What is left must be valid and clean; otherwise nothing passes.
void Evaluator::Redact(const EventView& event, Decision& decision) {
  decision.redacted = Redacted(event.event(), event.result(), decision.findings);
  if (decision.redacted) {
    Decision again;
    Json parsed_result;
    keys_.StartEvent();
    EventView view = MakeView(*decision.redacted, parsed_result);
    Judge(view, again);
    if (VerdictOf(again.findings) >= Verdict::kWarn) return;
    decision.redacted.reset();
    keys_.StartEvent();
  }
  for (Finding& finding : decision.findings) {
    if (!Counts(finding) || finding.verdict != Verdict::kRedact) continue;
    finding.message += " (cutting it out does not help)";
    MakeError("redaction_failed", finding);
  }
}

std::string Evaluator::BindingOf(const EventView& event) const {
  const Json bound = {{"event", ToString(event.type())}, {"tool", event.tool_name()},
                      {"args", event.arguments()},       {"text", event.text()},
                      {"policy", policy_.digest},        {"session", session_name_}};
  return JsonDigest(bound);
}

void Evaluator::Follow(const EventView& event, Decision& decision) {
  FollowWords(event, decision);
  FollowSession(event);
}

void Evaluator::FollowWords(const EventView& event, Decision& decision) {
  for (const std::size_t i : policy_.Dispatch(event.type(), event.tool()).follows) {
    try {
      checkers_[i]->Follow(event);
    } catch (const std::exception& error) {
      Broken(i, error, decision);
    }
  }
}

void Evaluator::Broken(std::size_t checker, const std::exception& error, Decision& decision) {
  broken_[checker] = true;
  const Rule& rule = *policy_.rules[rule_of_checker_[checker]];
  const bool reported = std::any_of(decision.findings.begin(), decision.findings.end(),
                                    [&rule](const Finding& finding) {
                                      return finding.rule == rule.id && !finding.error.empty();
                                    });
  if (reported) return;
  AddFindings(rule, CheckResult::Error("internal", error.what()), false, decision.findings);
}

void Evaluator::FollowSession(const EventView& event) {
  const Event& raw = event.event();
  session_.tokens += std::max<std::int64_t>(raw.tokens, 0);
  if (session_.first_nanos == 0) session_.first_nanos = raw.unix_nanos;
  if (event.type() == EventType::kToolResult) FollowResult(event);
  if (event.type() == EventType::kUserMessage && policy_.resources.uses_labels) {
    LabelMask labels = LabelNames::kUser;
    for (const std::string& name : raw.labels) {
      labels |= policy_.resources.labels.Find(name).value_or(0);
    }
    AddText(event.text(), labels);
  }
}

void Evaluator::FollowResult(const EventView& event) {
  const Resources& resources = policy_.resources;
  const bool known = event.tool() != kUnknownTool;
  const ResultSpec& spec =
      known ? policy_.catalog.tool(event.tool()).result : policy_.unknown_result;
  if (resources.uses_labels) {
    LabelMask host = 0;
    for (const std::string& name : event.event().labels) {
      host |= resources.labels.Find(name).value_or(0);
    }
    if (!event.sound()) session_.provenance.Taint(spec.label | spec.rest | host);
    spec.ForEachText(
        event.result(), event.event().is_error,
        [&](std::string_view text, LabelMask labels) { AddText(text, labels | host); });
  }
  if (!known || !event.succeeded() || !event.sound()) return;
  if (resources.uses_facts) {
    for (const Remember& remember : policy_.catalog.tool(event.tool()).remember) {
      session_.facts.Store(remember, event.arguments(), event.result());
    }
  }
  if (resources.uses_readers && spec.readers) {
    session_.readers.Narrow(*spec.readers, event.result());
  }
}

void Evaluator::AddText(std::string_view text, LabelMask labels) {
  LabelMask onward = 0;
  std::size_t clean = text.size();  // how much stands in front of what `onward` is given to
  for (const DetectedLabel& detected : policy_.resources.detected) {
    if ((detected.label & policy_.resources.asked_labels) == 0) continue;
    if (!detected.pack->Matches(text)) continue;
    (detected.onward ? onward : labels) |= detected.label;
    if (detected.onward) clean = std::min(clean, WordOfFirst(detected.pack->Scan(text), text));
  }
  session_.provenance.Add(text.substr(0, clean), labels);
  if (onward != 0) session_.provenance.Add(text.substr(clean), labels | onward);
}

void Evaluator::CollectDue(bool at_end, Decision& decision) {
  for (const std::size_t i : owing_) {
    try {
      for (const CheckResult& result : at_end ? checkers_[i]->Open() : checkers_[i]->Due()) {
        AddFindings(*policy_.rules[rule_of_checker_[i]], result, true, decision.findings);
      }
    } catch (const std::exception& error) {
      Broken(i, error, decision);
    }
  }
}

Decision Evaluator::Finish() {
  Decision decision;
  CollectDue(true, decision);
  Sort(decision.findings);
  decision.verdict = VerdictOf(decision.findings);
  return decision;
}

}  // namespace kedge::guards
