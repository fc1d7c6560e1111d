#include "agent_ref/rulebook.h"

#include <algorithm>

#include "agent_ref/name_list.h"

namespace kedge::agent_ref {
namespace {

// An empty list means any.
bool Allows(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || Lists(names, name);
}

bool AllowsArgument(const strategy::Rule& rule, const Moment& moment) {
  if (rule.argument.empty()) return true;
  if (moment.argument == nullptr) return moment.tool->Takes(rule.argument);
  return moment.argument->name == rule.argument || moment.argument->type == rule.argument;
}

bool AllowsHistory(const strategy::Rule& rule, const History& history) {
  return rule.when_called.empty() ||
         std::any_of(rule.when_called.begin(), rule.when_called.end(),
                     [&](const std::string& tool) { return history.Succeeded(tool); });
}

bool AllowsValues(const strategy::Rule& rule, const Moment& moment, const History& history) {
  if (rule.arguments.empty() && rule.seen.empty()) return true;
  return moment.values != nullptr && strategy::Pass(rule.arguments, *moment.values) &&
         (rule.seen.empty() || strategy::Pass(rule.seen, history.SeenAbout(*moment.values)));
}

bool Silenced(const strategy::Rule& rule, const History& history) {
  if (!rule.unless_known.empty() && history.Knows(rule.unless_known)) return true;
  return std::any_of(rule.unless_called.begin(), rule.unless_called.end(),
                     [&](const std::string& tool) { return history.Succeeded(tool); });
}

bool Speaks(const ActiveRule& active, const Moment& moment, const History& history) {
  const strategy::Rule& rule = active.rule;
  if (!Allows(rule.tools, moment.tool->name) || !Allows(rule.goals, moment.goal)) return false;
  if (rule.errors.empty() != moment.error.empty() || !Allows(rule.errors, moment.error)) {
    return false;
  }
  if (!rule.effect.empty() && (rule.effect == "write") != moment.tool->writes) return false;
  if (!active.scope.empty() && !Lists(active.scope, moment.tool->name) &&
      !Lists(active.scope, moment.goal)) {
    return false;
  }
  return AllowsArgument(rule, moment) && AllowsHistory(rule, history) && !Silenced(rule, history) &&
         AllowsValues(rule, moment, history);
}

}  // namespace

std::vector<const ActiveRule*> SpeakingRules(const Playbook& playbook,
                                             std::initializer_list<strategy::RuleAction> actions,
                                             const Moment& moment, const History& history) {
  std::vector<std::uint32_t> candidates;
  for (const strategy::RuleAction action : actions) {
    playbook.index.Candidates(action, moment.tool->name, moment.goal, moment.error, candidates);
  }
  std::vector<const ActiveRule*> speaking;
  if (candidates.empty()) return speaking;
  std::sort(candidates.begin(), candidates.end());
  std::vector<Retrievable> all;
  for (const std::uint32_t position : candidates) {
    const ActiveRule& active = playbook.rules[position];
    if (!Speaks(active, moment, history)) continue;
    all.push_back(
        {position, active.always_on, active.tokens, active.support, Closeness(active.rule)});
  }
  const auto similarity = [&](std::size_t position) {
    return Similarity(playbook.rules[position].words, history.Words());
  };
  for (const std::size_t position : WithinLimits(all, playbook.retrieval, similarity)) {
    speaking.push_back(&playbook.rules[position]);
  }
  return speaking;
}

const ActiveRule* NamingHelper(const std::vector<const ActiveRule*>& rules,
                               const std::string& helper) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const ActiveRule* active) {
    return Lists(active->rule.helpers, helper);
  });
  return found == rules.end() ? nullptr : *found;
}

}  // namespace kedge::agent_ref
