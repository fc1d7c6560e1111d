// Trying things out: whatever is done here is a decision at the point "explore", so that a learner
// knows that chance and the strategy's settings sent it, not a reason of the agent's own.
#include <algorithm>
#include <array>

#include "agent_ref/episode.h"

namespace kedge::agent_ref {
namespace {

// A refusal by a guard is not to be got round, and the others are the agent's own mistakes.
constexpr std::array<std::string_view, 5> kNeverExplored = {
    "denied", "invalid_arguments", "unknown_tool", "call_limit", "rate_limit"};

bool Lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool Episode::IsHelper(const Tool& tool) const {
  if (!tool.writes) return true;
  return std::none_of(playbook_.goals.begin(), playbook_.goals.end(),
                      [&](const Goal& goal) { return goal.tool == tool.name; });
}

const ExplorationOrder* Episode::OrderFor(const Tool& tool, std::string_view error) const {
  for (const ExplorationOrder& order : playbook_.exploration) {
    if (order.tool == tool.name && order.error == error) return &order;
  }
  return nullptr;
}

const Tool* Episode::PickHelper(const Tool& tool, std::string_view error, const std::string& label,
                                const Scope& scope, int depth) {
  std::vector<const Tool*> helpers;
  const int left = static_cast<int>(playbook_.parameters.max_depth) - depth;
  for (const Tool& other : toolbox_.tools()) {
    if (&other == &tool || OnStack(other) || !IsHelper(other)) continue;
    if (Succeeded(other.name) || explored_.count(other.name) != 0) continue;
    if (ReachOf(other, scope, left) != Reach::kNo) helpers.push_back(&other);
  }
  if (helpers.empty()) return nullptr;
  if (const ExplorationOrder* order = OrderFor(tool, error)) {
    for (const std::string& name : order->first) {
      const auto found = std::find_if(helpers.begin(), helpers.end(),
                                      [&](const Tool* helper) { return helper->name == name; });
      if (found != helpers.end()) return *found;
    }
    const auto last = std::stable_partition(
        helpers.begin(), helpers.end(),
        [&](const Tool* helper) { return !Lists(order->last, helper->name); });
    if (last != helpers.begin()) helpers.erase(last, helpers.end());
  }
  const double draw = dice_.Uniform(label) * static_cast<double>(helpers.size());
  return helpers[std::min(helpers.size() - 1, static_cast<std::size_t>(draw))];
}

bool Episode::TryHelper(const Tool& tool, std::string_view error, const std::string& label,
                        const std::string& reason, Scope& scope, int depth) {
  const Tool* helper = PickHelper(tool, error, label, scope, depth);
  if (helper == nullptr) return false;
  explored_.insert(helper->name);
  Decide("explore", {"call " + helper->name, "go on"}, "call " + helper->name, {}, reason);
  Perform(*helper, scope, Role::kHelper, depth + 1);
  return true;
}

bool Episode::ExploreAfterError(const Tool& tool, const std::string& error_class, Scope& scope,
                                int depth, ErrorState& state) {
  const Parameters& parameters = playbook_.parameters;
  if (std::find(kNeverExplored.begin(), kNeverExplored.end(), error_class) !=
      kNeverExplored.end()) {
    return false;
  }
  const std::string label =
      "explore/" + scope.found->goal->id + "/" + tool.name + "/" + error_class;
  if (parameters.explore_on_error <= 0) return false;
  ErrorState::Exploration& so_far = state.explored[error_class];
  const bool first = so_far.retries == 0 && so_far.helpers == 0;
  if (first && dice_.Uniform(label) >= parameters.explore_on_error) return false;
  if (so_far.retries < parameters.explore_retries) {
    ++so_far.retries;
    Decide("explore", {"retry", "go on"}, "retry", {}, error_class + ": does it go away?");
    return true;
  }
  while (so_far.helpers < parameters.explore_tries) {
    ++so_far.helpers;
    const std::size_t done = SuccessfulCalls();
    if (!TryHelper(tool, error_class, label + "/helper", error_class + ": trying something", scope,
                   depth)) {
      return false;
    }
    if (SuccessfulCalls() > done) return true;
  }
  return false;
}

void Episode::ExploreAround(const Tool& tool, std::string_view when, Scope& scope, int depth) {
  if (playbook_.parameters.explore <= 0) return;
  const std::string label =
      "explore/" + scope.found->goal->id + "/" + tool.name + "/" + std::string(when);
  if (dice_.Uniform(label) >= playbook_.parameters.explore) return;
  TryHelper(tool, "", label + "/helper", std::string(when) + " " + tool.name + ": trying something",
            scope, depth);
}

void Episode::ExploreReading(const Tool& tool, const Json& arguments, const Json& result,
                             Scope& scope, int depth) {
  const Parameters& parameters = playbook_.parameters;
  if (tool.writes || parameters.explore_reading <= 0) return;
  const std::string label = "explore/" + scope.found->goal->id + "/" + tool.name + "/reading";
  if (dice_.Uniform(label) >= parameters.explore_reading) return;
  const auto same_again = [&] {
    Decide("explore", {"retry", "go on"}, "retry", {}, "does " + tool.name + " still say so?");
    const world::ToolResult again = CallOnce(tool, arguments);
    return !again.ok || again.content == result;
  };
  for (std::int64_t i = 0; i < parameters.explore_retries; ++i) {
    if (!same_again()) return;
  }
  for (std::int64_t i = 0; i < parameters.explore_tries; ++i) {
    const std::size_t done = SuccessfulCalls();
    if (!TryHelper(tool, "", label + "/helper", "would " + tool.name + " say something else?",
                   scope, depth)) {
      return;
    }
    if (SuccessfulCalls() > done && !same_again()) return;
  }
}

}  // namespace kedge::agent_ref
