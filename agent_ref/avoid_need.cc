#include "agent_ref/avoid_need.h"

#include <algorithm>

#include "agent_ref/name_list.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::agent_ref {
namespace {

using strategy::RuleAction;

bool CallsAround(const strategy::Rule& rule, const Hypothesis& harm) {
  const bool calls = rule.action == RuleAction::kCallFirst ||
                     rule.action == RuleAction::kCallAfter || rule.action == RuleAction::kRecover;
  return calls && Lists(rule.helpers, harm.helper) &&
         (rule.tools.empty() || Lists(rule.tools, harm.tool));
}

bool MeetsValues(const strategy::Rule& a, const strategy::Rule& b) {
  return strategy::MayMeet(a.arguments, b.arguments) && strategy::MayMeet(a.seen, b.seen);
}

// The tool's calls have the argument that the rule speaks of, or the rule was seen to ask.
bool Fits(const strategy::Rule& rule, const Hypothesis& harm,
          const std::vector<const EpisodeView*>& views) {
  if (rule.argument.empty()) return true;
  return std::any_of(views.begin(), views.end(), [&](const EpisodeView* view) {
    const bool takes = std::any_of(view->calls.begin(), view->calls.end(), [&](const auto& call) {
      return call.tool == harm.tool && !ValueText(call, rule.argument).empty();
    });
    return takes || std::any_of(view->asked.begin(), view->asked.end(), [&](const auto& asked) {
             return asked.tool == harm.tool && asked.helper == harm.helper;
           });
  });
}

}  // namespace

std::string WhyNotAvoid(const Hypothesis& harm, const strategy::Guideline& avoid,
                        const std::vector<strategy::Guideline>& rules,
                        const std::vector<const EpisodeView*>& views) {
  const strategy::ScopedRule exception = strategy::ScopedRuleOf(avoid);
  bool called = false;
  for (const strategy::Guideline& guideline : rules) {
    if (guideline.status != "active") continue;
    const strategy::ScopedRule scoped = strategy::ScopedRuleOf(guideline);
    if (!CallsAround(scoped.rule, harm) || !MeetsValues(scoped.rule, exception.rule)) continue;
    if (strategy::Contradiction(scoped, exception)) {
      return "the rule " + guideline.id + " about the tool calls it";
    }
    called = called || Fits(scoped.rule, harm, views);
  }
  return called ? "" : "no rule calls it around the tool";
}

}  // namespace kedge::agent_ref
