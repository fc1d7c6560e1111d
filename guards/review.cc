#include "guards/review.h"

#include <algorithm>

#include "guards/compiled_policy.h"
#include "guards/evaluator.h"

namespace kedge::guards {
namespace {

struct ErrorMeaning {
  std::string_view code;
  std::string_view meaning;
};

constexpr ErrorMeaning kErrorMeanings[] = {
    {"absent_argument", "an argument that the rule reads is not in the call"},
    {"absent_fact", "nothing was remembered under this key before"},
    {"absent_field", "what was remembered, or the result, lacks the field"},
    {"absent_time", "the rule needs times that the events do not have"},
    {"ask_limit", "a person was asked as often as the policy allows in one session"},
    {"bad_amount", "a sum needs amounts of 0 or more with at most six decimal places"},
    {"bad_arguments", "the arguments are no JSON object"},
    {"bad_number", "a number is not finite"},
    {"bad_result", "the result is no JSON value"},
    {"bad_utf8", "a text is not UTF-8"},
    {"internal", "the rule itself failed; this is a defect of the guard or a lack of memory"},
    {"redaction_failed", "what was to be cut out has no place of its own, or came back"},
    {"schema_limit", "the value is too large to be checked"},
    {"state_limit", "the session has more keys, words or facts than a monitor remembers"},
    {"too_deep", "a value is nested deeper than 64"},
    {"too_large", "the event has more than 4 MiB of text"},
    {"type_clash", "two values have no common order, or a value has the wrong type"},
};

class Linter {
 public:
  explicit Linter(const Policy::Compiled& policy) : policy_(policy) {}

  std::vector<LintFinding> Run() {
    if (policy_.unknown_tool != Verdict::kDeny) {
      Add(nullptr, "unknown tools are not denied: defaults.unknown_tool");
    }
    CheckTools();
    for (const auto& rule : policy_.rules) {
      if (rule->why.empty()) Add(rule.get(), "does not say why it exists: why");
    }
    CheckExamples();
    return std::move(findings_);
  }

 private:
  void Add(const Rule* rule, std::string message) {
    findings_.push_back(
        {rule == nullptr ? "" : rule->id, rule == nullptr ? 0 : rule->line, std::move(message)});
  }

  void CheckTools() {
    for (std::size_t i = 0; i < policy_.catalog.size(); ++i) {
      const auto id = static_cast<ToolId>(i);
      const ToolCatalog::Tool& tool = policy_.catalog.tool(id);
      const bool judged = std::any_of(
          policy_.rules.begin(), policy_.rules.end(),
          [id](const auto& rule) { return rule->match.Selects(EventType::kToolCall, id); });
      if (tool.effect != "read" && !judged) {
        Add(nullptr,
            "no rule is about calls of '" + tool.name + "', which has the effect " + tool.effect);
      }
      if (!tool.remember.empty() && !policy_.resources.uses_facts) {
        Add(nullptr, "what '" + tool.name + "' is remembered for is never asked: remember");
      }
    }
  }

  // Each rule's allowed examples, judged by all the others.
  void CheckExamples() {
    Evaluator evaluator(policy_);
    for (const Example& example : policy_.examples) {
      if (example.violates) continue;
      evaluator.Reset();
      for (const Event& event : example.events) {
        const Decision decision = evaluator.Observe(event);
        if (decision.verdict != Verdict::kDeny) continue;
        ReportConflict(*policy_.rules[example.rule], decision);
        break;
      }
    }
  }

  void ReportConflict(const Rule& rule, const Decision& decision) {
    for (const Finding& finding : decision.findings) {
      if (finding.verdict != Verdict::kDeny || finding.rule == rule.id) continue;
      Add(&rule,
          "an example that it allows is denied by '" + finding.rule + "': " + finding.message);
      return;
    }
  }

  const Policy::Compiled& policy_;
  std::vector<LintFinding> findings_;
};

std::string BuiltInMeaning(const std::string& rule) {
  if (rule == kUnansweredAsk) return "Every policy: what nobody agrees to does not happen.";
  if (rule == kUnknownToolRule) return "Every policy: only tools of its catalogue are known.";
  if (rule == kArgumentsRule) return "Every policy: a call keeps its tool's argument schema.";
  if (rule == kDefinitionRule) return "Every policy: a pinned tool definition does not change.";
  return "Every policy: what cannot be judged does not pass.";
}

}  // namespace

std::vector<RuleSummary> SummariesOf(const Policy& policy) {
  std::vector<RuleSummary> out;
  for (const auto& rule : policy.compiled().rules) {
    out.push_back({rule->id, rule->why, std::string(ToString(rule->severity)),
                   std::string(ToString(rule->verdict)), rule->hard, rule->shadow, rule->line,
                   rule->source});
  }
  return out;
}

RuleSummary SummaryOf(const Policy& policy, const std::string& id) {
  for (RuleSummary& rule : SummariesOf(policy)) {
    if (rule.id == id) return std::move(rule);
  }
  RuleSummary built_in;
  built_in.id = id;
  built_in.why = BuiltInMeaning(id);
  built_in.severity = ToString(Severity::kHigh);
  built_in.verdict =
      ToString(id == kUnknownToolRule ? policy.compiled().unknown_tool : Verdict::kDeny);
  return built_in;
}

std::vector<LintFinding> Lint(const Policy& policy) { return Linter(policy.compiled()).Run(); }

std::string Explain(const Policy& policy, const Finding& finding) {
  std::string out = finding.rule + ": " + std::string(ToString(finding.verdict)) + " (" +
                    finding.severity + ")\n  found:  " + finding.message + "\n";
  if (!finding.pointer.empty()) out += "  place:  " + finding.pointer + "\n";
  if (finding.begin < finding.end) {
    out += "  bytes:  " + std::to_string(finding.begin) + " to " + std::to_string(finding.end) +
           (finding.view.empty() ? "" : " in the view " + finding.view) + "\n";
  }
  for (const ErrorMeaning& error : kErrorMeanings) {
    if (error.code == finding.error) out += "  error:  " + std::string(error.meaning) + "\n";
  }
  if (finding.shadow) out += "  effect: none, the rule is in shadow mode\n";
  if (finding.late) out += "  effect: none any more, something owed was not done\n";
  if (finding.approved) out += "  effect: none, a person approved this call\n";
  const auto& rules = policy.compiled().rules;
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [&finding](const auto& one) { return one->id == finding.rule; });
  if (rule == rules.end()) return out + "  rule:   " + BuiltInMeaning(finding.rule) + "\n";
  if (!(*rule)->why.empty()) out += "  why:    " + (*rule)->why + "\n";
  out += "  line:   " + std::to_string((*rule)->line) + "\n";
  for (const char* key : {"match", "require", "forbid", "otherwise"}) {
    if (!(*rule)->source.contains(key)) continue;
    out += "  " + std::string(key) + ": " + DumpJson((*rule)->source[key]) + "\n";
  }
  return out;
}

std::vector<Decision> Replay(Monitor& monitor, const std::vector<Event>& events) {
  std::vector<Decision> out;
  for (const Event& event : events) out.push_back(monitor.Observe(event));
  out.push_back(monitor.Finish());
  return out;
}

}  // namespace kedge::guards
