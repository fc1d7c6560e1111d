#include "agent_ref/rule_need.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent_ref/evidence_filter.h"
#include "agent_ref/name_list.h"
#include "agent_ref/rule_revision.h"
#include "harness/stats/noninferiority.h"
#include "harness/strategy/rule.h"

namespace kedge::agent_ref {
namespace {

using strategy::RuleAction;

constexpr std::int64_t kFewestEpisodes = 20;

/// What a rule of the parent makes the agent do.
struct Habit {
  Hypothesis hypothesis;
  RuleAction action = RuleAction::kCallFirst;
};

// The error that the rule gets round, or got round when it was learned; empty for a silent rule.
std::string ErrorOf(const strategy::Guideline& guideline, const strategy::Rule& rule) {
  if (!rule.errors.empty()) return rule.errors.front();
  if (!guideline.evidence.is_object()) return "";
  const auto error = guideline.evidence.find("error");
  return error != guideline.evidence.end() && error->is_string() ? error->get<std::string>() : "";
}

std::optional<Habit> HabitOf(const strategy::Guideline& guideline,
                             const std::set<std::string>& kept) {
  if (guideline.status != "active" || guideline.sources.empty() || kept.count(guideline.id) != 0) {
    return std::nullopt;
  }
  const strategy::Rule rule = strategy::ParseRule(guideline);
  if (rule.tools.size() != 1) return std::nullopt;
  std::optional<Hypothesis> remedy = RemedyOf(rule);
  if (!remedy) return std::nullopt;
  remedy->link = Link::kNeedless;
  remedy->error = ErrorOf(guideline, rule);
  return Habit{*std::move(remedy), rule.action};
}

const RuleUse* FirstUse(const EpisodeView& view, const std::string& id) {
  const auto use = std::find_if(view.rule_uses.begin(), view.rule_uses.end(),
                                [&](const RuleUse& one) { return one.id == id; });
  return use == view.rule_uses.end() ? nullptr : &*use;
}

bool Done(const CallView& call, const Habit& habit) {
  const Hypothesis& h = habit.hypothesis;
  if (!h.IsSetting()) return call.ok && call.tool == h.helper;
  return call.tool == h.tool && ValueText(call, h.helper) == h.value;
}

// Whether what was left out was done all the same, so that the episode does not show how it goes
// without.
bool DoneAllTheSame(const EpisodeView& view, const Habit& habit, const RuleUse& use) {
  const bool from_there = habit.action == RuleAction::kSet;
  return std::any_of(view.calls.begin(), view.calls.end(), [&](const CallView& call) {
    return Done(call, habit) && !(from_there && call.step < use.step);
  });
}

// Whether it went well after the rule's moment; nothing when the episode does not say.
std::optional<bool> WentWell(const EpisodeView& view, const Habit& habit, const RuleUse& use) {
  const Hypothesis& h = habit.hypothesis;
  bool called = habit.action == RuleAction::kCallAfter;
  bool worked = called;
  for (const CallView& call : view.calls) {
    if (call.step < use.step || call.tool != h.tool) continue;
    if (!call.ok && !h.error.empty() && call.error_class == h.error) return false;
    called = true;
    worked = worked || call.ok;
  }
  if (!called || (!use.followed && DoneAllTheSame(view, habit, use))) return std::nullopt;
  if (habit.action == RuleAction::kCallAfter) return view.success;
  return worked && view.success.value_or(true);
}

Finding Weigh(const std::string& id, const Habit& habit,
              const std::vector<const EpisodeView*>& views, double margin) {
  Finding finding;
  finding.hypothesis = habit.hypothesis;
  for (const EpisodeView* view : views) {
    const RuleUse* use = FirstUse(*view, id);
    if (use == nullptr) continue;
    const std::optional<bool> good = WentWell(*view, habit, *use);
    if (!good) continue;
    finding.table.Add(!use->followed, *good);
    if (!use->followed && *good) finding.NoteSupport(*view);
  }
  const auto fewest = std::min(finding.table.exposed_trials, finding.table.unexposed_trials);
  if (fewest < kFewestEpisodes) return finding;
  finding.p = stats::NoninferiorityP(finding.table, margin);
  stats::TwoByTwo best = finding.table;
  best.exposed_successes = best.exposed_trials;
  finding.least_p = stats::NoninferiorityP(best, margin);
  return finding;
}

}  // namespace

std::vector<NeedlessRule> NeedlessRules(const strategy::Strategy& parent,
                                        const std::vector<const EpisodeView*>& views,
                                        const LearnOptions& options, bool named_principals) {
  std::vector<std::string> ids;
  std::vector<Finding> findings;
  if (!(options.min_effect > 0 && options.min_effect < 1)) return {};
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    const std::optional<Habit> habit = HabitOf(guideline, options.kept_guidelines);
    if (!habit) continue;
    Finding finding = Weigh(guideline.id, *habit, views, options.min_effect);
    if (finding.table.exposed_trials == 0) continue;
    ids.push_back(guideline.id);
    findings.push_back(std::move(finding));
  }
  const std::vector<double> adjusted = AdjustDiscrete(findings, options.alpha);
  std::vector<NeedlessRule> rules;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    NeedlessRule rule{ids[i], {std::move(findings[i]), adjusted[i], 0}, ""};
    rule.objection = adjusted[i] > options.alpha
                         ? "not shown to be needless"
                         : SupportObjection(rule.judged.finding, options, named_principals);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace kedge::agent_ref
