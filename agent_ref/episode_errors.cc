// What to do after an error, and exploring.
#include <algorithm>
#include <array>

#include "agent_ref/episode.h"

namespace kedge::agent_ref {
namespace {

constexpr int kMaxTries = 16;
constexpr std::int64_t kRetriesOfARule = 3;

// A refusal by a guard is not to be got round, and the others are the agent's own mistakes.
constexpr std::array<std::string_view, 5> kNeverExplored = {
    "denied", "invalid_arguments", "unknown_tool", "call_limit", "rate_limit"};

}  // namespace

Attempt Episode::CallUntilDone(const Tool& tool, const Json& arguments, Scope& scope, Role role,
                               int depth) {
  ErrorState state;
  std::string message;
  for (int i = 0; i < kMaxTries; ++i) {
    const world::ToolResult result = CallOnce(tool, arguments);
    if (result.ok) return {};
    message = result.message;
    std::string refusal;
    const Next next = AfterError(tool, result, scope, role, depth, state, refusal);
    if (next == Next::kRefuse) return {Attempt::Status::kRefused, refusal};
    if (next == Next::kGiveUp) break;
  }
  return {Attempt::Status::kFailed, message};
}

Episode::Next Episode::AfterError(const Tool& tool, const world::ToolResult& error, Scope& scope,
                                  Role role, int depth, ErrorState& state, std::string& refusal) {
  if (auto next = AfterErrorByRule(tool, error, scope, depth, state, refusal)) return *next;
  auto allowed = playbook_.retry.find(error.error_class);
  if (allowed == playbook_.retry.end()) allowed = playbook_.retry.find("default");
  std::int64_t& retries = state.retries[error.error_class];
  if (allowed != playbook_.retry.end() && retries < allowed->second) {
    ++retries;
    Decide("retry", {"retry", "stop"}, "retry", {}, error.error_class + ": policy");
    return Next::kTryAgain;
  }
  if (role == Role::kGoal && ExploreAfterError(tool, error.error_class, scope, depth, state)) {
    return Next::kTryAgain;
  }
  Decide("retry", {"retry", "stop"}, "stop", {}, error.error_class + ": no way round it is known");
  return Next::kGiveUp;
}

std::optional<Episode::Next> Episode::AfterErrorByRule(const Tool& tool,
                                                       const world::ToolResult& error, Scope& scope,
                                                       int depth, ErrorState& state,
                                                       std::string& refusal) {
  using strategy::RuleAction;
  const Moment moment{&tool, scope.found->goal->id, error.error_class, nullptr};
  const auto rules = SpeakingRules(
      playbook_, {RuleAction::kRecover, RuleAction::kRetry, RuleAction::kGiveUp, RuleAction::kStop},
      moment, *this);
  for (const ActiveRule* active : rules) {
    const RuleAction action = active->rule.action;
    const auto decide = [&](std::string chosen) {
      Decide("retry", {"retry", "recover", "stop"}, std::move(chosen), {active->id},
             error.error_class + ": rule " + active->id, IdsOf(rules));
    };
    if (action == RuleAction::kGiveUp || action == RuleAction::kStop) {
      decide("stop");
      refusal = active->rule.text;
      return action == RuleAction::kStop ? Next::kRefuse : Next::kGiveUp;
    }
    // The same remedy is not tried for ever; when it is used up the next rule has its turn.
    std::int64_t& used = state.retries["rule " + active->id];
    if (used >= (action == RuleAction::kRetry ? kRetriesOfARule : 1)) continue;
    ++used;
    if (action == RuleAction::kRetry) {
      decide("retry");
      return Next::kTryAgain;
    }
    const Tool* helper = toolbox_.Find(active->rule.helpers[0]);
    if (helper == nullptr || OnStack(*helper)) continue;
    if (dice_.Slips("recover", scope.found->goal->id, tool.name, helper->name)) continue;
    decide("call " + helper->name);
    if (Perform(*helper, scope, Role::kHelper, depth + 1).status == Attempt::Status::kDone) {
      return Next::kTryAgain;
    }
  }
  return std::nullopt;
}

bool Episode::IsHelper(const Tool& tool) const {
  if (!tool.writes) return true;
  return std::none_of(playbook_.goals.begin(), playbook_.goals.end(),
                      [&](const Goal& goal) { return goal.tool == tool.name; });
}

const Tool* Episode::PickHelper(const Tool& tool, const std::string& label, const Scope& scope,
                                int depth) {
  std::vector<const Tool*> helpers;
  const int left = static_cast<int>(playbook_.parameters.max_depth) - depth;
  for (const Tool& other : toolbox_.tools()) {
    if (&other == &tool || OnStack(other) || !IsHelper(other)) continue;
    if (Succeeded(other.name) || explored_.count(other.name) != 0) continue;
    if (ReachOf(other, scope, left) != Reach::kNo) helpers.push_back(&other);
  }
  if (helpers.empty()) return nullptr;
  const double draw = dice_.Uniform(label) * static_cast<double>(helpers.size());
  return helpers[std::min(helpers.size() - 1, static_cast<std::size_t>(draw))];
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
  if (state.explored == 0 && dice_.Uniform(label) >= parameters.explore_on_error) return false;
  while (state.explored < parameters.explore_tries) {
    ++state.explored;
    const Tool* helper = PickHelper(tool, label + "/helper", scope, depth);
    if (helper == nullptr) return false;
    explored_.insert(helper->name);
    Decide("explore", {"call " + helper->name, "stop"}, "call " + helper->name, {},
           error_class + ": trying something");
    if (Perform(*helper, scope, Role::kHelper, depth + 1).status == Attempt::Status::kDone) {
      return true;
    }
  }
  return false;
}

void Episode::ExploreAround(const Tool& tool, std::string_view when, Scope& scope, int depth) {
  if (playbook_.parameters.explore <= 0) return;
  const std::string label =
      "explore/" + scope.found->goal->id + "/" + tool.name + "/" + std::string(when);
  if (dice_.Uniform(label) >= playbook_.parameters.explore) return;
  const Tool* helper = PickHelper(tool, label + "/helper", scope, depth);
  if (helper == nullptr) return;
  explored_.insert(helper->name);
  Decide("explore", {"call " + helper->name, "proceed"}, "call " + helper->name, {},
         std::string(when) + " " + tool.name + ": trying something");
  Perform(*helper, scope, Role::kHelper, depth + 1);
}

}  // namespace kedge::agent_ref
