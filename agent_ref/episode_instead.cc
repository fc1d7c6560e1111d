// Another tool in place of one that fails for good. Whether it does what was asked only the outcome
// can tell, so half of the episodes in which it could be tried go without.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/name_list.h"

namespace kedge::agent_ref {
namespace {

constexpr double kControlShare = 0.5;

std::set<std::string> RequiredTypes(const Tool& tool) {
  std::set<std::string> types;
  for (const Argument& argument : tool.arguments) {
    if (argument.required) types.insert(argument.type);
  }
  return types;
}

}  // namespace

bool Episode::SpokenOfAsHelper(const Tool& tool) const {
  using strategy::RuleAction;
  return std::any_of(playbook_.rules.begin(), playbook_.rules.end(), [&](const ActiveRule& active) {
    const RuleAction action = active.rule.action;
    const bool helps = action == RuleAction::kCallFirst || action == RuleAction::kCallAfter ||
                       action == RuleAction::kRecover;
    return helps && Lists(active.rule.helpers, tool.name);
  });
}

std::vector<Episode::Remedy> Episode::Replacements(const Tool& tool, const Scope& scope,
                                                   int depth) const {
  std::vector<Remedy> others;
  const std::set<std::string> types = RequiredTypes(tool);
  const int left = static_cast<int>(playbook_.parameters.max_depth) - depth;
  for (const Tool& other : toolbox_.tools()) {
    if (&other == &tool || other.writes != tool.writes || OnStack(other)) continue;
    if (SpokenOfAsHelper(other) || RequiredTypes(other) != types) continue;
    if (Succeeded(other.name) || explored_.count(other.name) != 0) continue;
    if (ReachOf(other, scope, left) != Reach::kNo) others.push_back({&other, {}, other.name});
  }
  return others;
}

// Drawn once for an error: in these episodes what may take the tool's place is no helper.
bool Episode::Replaces(const std::string& label, ErrorState::Exploration& so_far) {
  const double chance = playbook_.parameters.explore_instead;
  if (chance <= 0) return false;
  if (!so_far.replaces) so_far.replaces = dice_.Uniform(label + "/instead") < chance;
  return *so_far.replaces;
}

std::optional<Episode::Next> Episode::ExploreInstead(const Tool& tool,
                                                     const std::string& error_class,
                                                     const std::string& label, Scope& scope,
                                                     int depth) {
  const std::string reason = error_class + ": what else would do for " + tool.name + "?";
  const bool control = dice_.Uniform(label + "/control") < kControlShare;
  while (true) {
    const auto remedy =
        Pick(Replacements(tool, scope, depth), OrderFor(tool, error_class), label + "/replacement");
    if (!remedy) return std::nullopt;
    const std::string chosen = "call " + remedy->name + " instead";
    Decide("explore", {chosen, "go on"}, control ? "go on" : chosen, {}, reason);
    if (control) return std::nullopt;
    explored_.insert(remedy->name);
    replacing_ = true;
    const Attempt attempt = Perform(*remedy->helper, scope, Role::kGoal, depth + 1);
    replacing_ = false;
    if (attempt.status == Attempt::Status::kDone) return Next::kDone;
  }
}

}  // namespace kedge::agent_ref
