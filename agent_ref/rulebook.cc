#include "agent_ref/rulebook.h"

#include <algorithm>

namespace kedge::agent_ref {
namespace {

bool Lists(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// An empty list means any.
bool Allows(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || Lists(names, name);
}

bool AllowsArgument(const strategy::Rule& rule, const Moment& moment) {
  if (rule.argument.empty()) return true;
  if (moment.argument == nullptr) return moment.tool->Takes(rule.argument);
  return moment.argument->name == rule.argument || moment.argument->type == rule.argument;
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
  return AllowsArgument(rule, moment) && !Silenced(rule, history);
}

}  // namespace

std::vector<const ActiveRule*> SpeakingRules(const Playbook& playbook,
                                             std::initializer_list<strategy::RuleAction> actions,
                                             const Moment& moment, const History& history) {
  std::vector<const ActiveRule*> speaking;
  std::int64_t tokens = 0;
  for (const ActiveRule& active : playbook.rules) {
    const auto action = std::find(actions.begin(), actions.end(), active.rule.action);
    if (action == actions.end() || !Speaks(active, moment, history)) continue;
    tokens += active.tokens;
    if (playbook.token_budget > 0 && tokens > playbook.token_budget) break;
    speaking.push_back(&active);
    if (static_cast<std::int64_t>(speaking.size()) >= playbook.rules_per_point) break;
  }
  return speaking;
}

}  // namespace kedge::agent_ref
