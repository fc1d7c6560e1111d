#include "agent_ref/rule_revision.h"

#include <array>
#include <optional>

#include "agent_ref/situation.h"
#include "agent_ref/value_source.h"
#include "harness/strategy/rule.h"

namespace kedge::agent_ref {
namespace {

using strategy::RuleAction;

/// A rule with what it was learned from.
struct Learned {
  Hypothesis hypothesis;
  bool before_call = false;  ///< a precondition; else it speaks after the error
  stats::TwoByTwo table;     ///< its own evidence as the part "without" of a table of failures
};

// A count of the evidence; -1 when it is not there.
std::int64_t CountIn(const Json& evidence, const char* member) {
  const auto with = evidence.find("with");
  if (with == evidence.end() || !with->is_object()) return -1;
  const auto count = with->find(member);
  return count != with->end() && count->is_number_integer() ? count->get<std::int64_t>() : -1;
}

std::optional<Learned> LearnedFrom(const strategy::Guideline& guideline) {
  const Json& evidence = guideline.evidence;
  if (guideline.status != "active" || guideline.sources.empty() || !evidence.is_object()) {
    return std::nullopt;
  }
  const auto error = evidence.find("error");
  const std::int64_t good = CountIn(evidence, "good");
  const std::int64_t all = CountIn(evidence, "all");
  if (error == evidence.end() || !error->is_string() || good < 0 || all < good || all == 0) {
    return std::nullopt;
  }
  const strategy::Rule rule = strategy::ParseRule(guideline);
  if (rule.tools.size() != 1) return std::nullopt;
  std::optional<Hypothesis> hypothesis = RemedyOf(rule);
  if (!hypothesis) return std::nullopt;
  hypothesis->error = error->get<std::string>();
  stats::TwoByTwo table;
  table.unexposed_successes = all - good;
  table.unexposed_trials = all;
  return Learned{*std::move(hypothesis), rule.errors.empty(), table};
}

void CountTriesAfterError(const Hypothesis& hypothesis, const std::vector<Trial>& trials,
                          Finding& finding) {
  const std::string name = RemedyName(hypothesis);
  for (const Trial& trial : trials) {
    if (!Concerns(trial, hypothesis) || !HasRemedy(trial, hypothesis)) continue;
    if (hypothesis.source.empty() && trial.closest != name) continue;
    finding.table.Add(true, !trial.good);
    if (!trial.good) finding.NoteSupport(*trial.view);
  }
}

// The tool's first call of each episode in which the remedy came before it.
void CountFirstCalls(const Hypothesis& hypothesis, const std::vector<const EpisodeView*>& views,
                     Finding& finding) {
  const std::string from = ToolOfSource(hypothesis.source);
  const std::string& helper = from.empty() ? hypothesis.helper : from;
  for (const EpisodeView* view : views) {
    bool remedied = false;
    for (const CallView& call : view->calls) {
      if (call.tool == hypothesis.tool) {
        const auto index = static_cast<std::size_t>(&call - view->calls.data());
        if (!hypothesis.condition.empty() &&
            !hypothesis.condition.Holds(SituationOf(*view, index))) {
          break;
        }
        if (!call.source.empty() && !from.empty()) break;  // exploration took another source
        if (hypothesis.IsSetting()) {
          remedied = ValueText(call, hypothesis.helper) == hypothesis.value;
        }
        const bool failed = !call.ok && call.error_class == hypothesis.error;
        if (remedied) finding.table.Add(true, failed);
        if (remedied && failed) finding.NoteSupport(*view);
        break;
      }
      remedied = remedied || (call.ok && call.tool == helper);
    }
  }
}

}  // namespace

std::optional<Hypothesis> RemedyOf(const strategy::Rule& rule) {
  if (rule.tools.empty()) return std::nullopt;
  Hypothesis hypothesis{Link::kFails, rule.tools[0], "", ""};
  hypothesis.condition = Condition(rule.arguments, rule.seen);
  switch (rule.action) {
    case RuleAction::kRecover:
    case RuleAction::kCallFirst:
    case RuleAction::kCallAfter:
      if (rule.helpers.size() != 1) return std::nullopt;
      hypothesis.helper = rule.helpers[0];
      return hypothesis;
    case RuleAction::kSet:
      if (rule.settings.size() != 1) return std::nullopt;
      hypothesis.helper = rule.settings.begin().key();
      hypothesis.value = CanonicalJson(*rule.settings.begin());
      return hypothesis;
    case RuleAction::kPrefer:
      if (ToolOfSource(rule.source).empty() && rule.errors.empty()) return std::nullopt;
      hypothesis.helper = rule.argument;
      hypothesis.source = rule.source;
      return hypothesis;
    default:
      return std::nullopt;
  }
}

std::vector<FormerRule> FormerRules(const strategy::Strategy& parent,
                                    const std::set<std::string>& kept,
                                    const std::vector<const EpisodeView*>& views,
                                    const std::vector<Trial>& trials) {
  std::vector<FormerRule> rules;
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    if (kept.count(guideline.id) != 0) continue;
    const std::optional<Learned> learned = LearnedFrom(guideline);
    if (!learned) continue;
    FormerRule rule{guideline.id, {}};
    rule.finding.hypothesis = learned->hypothesis;
    rule.finding.table = learned->table;
    if (learned->before_call) {
      CountFirstCalls(learned->hypothesis, views, rule.finding);
    } else {
      CountTriesAfterError(learned->hypothesis, trials, rule.finding);
    }
    const std::array<stats::TwoByTwo, 1> tables = {rule.finding.table};
    rule.finding.p = stats::ConditionalExactGreater(tables);
    rule.finding.least_p = stats::MinimumAttainableP(tables);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace kedge::agent_ref
