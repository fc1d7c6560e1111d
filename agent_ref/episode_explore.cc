// Trying things out: whatever is done here is a decision at the point "explore", so that a learner
// knows that chance and the strategy's settings sent it, not a reason of the agent's own.
#include <algorithm>
#include <array>

#include "agent_ref/episode.h"
#include "agent_ref/episode_view.h"
#include "agent_ref/name_list.h"
#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

// A refusal by a guard is not to be got round, and the others are the agent's own mistakes.
constexpr std::array<std::string_view, 5> kNeverExplored = {
    "denied", "invalid_arguments", "unknown_tool", "call_limit", "rate_limit"};

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

std::vector<Episode::Remedy> Episode::Helpers(const Tool& tool, const Json& arguments,
                                              const Scope& scope, int depth) const {
  std::vector<Remedy> helpers;
  const auto avoiding = AvoidingRules(tool, arguments, scope);
  const int left = static_cast<int>(playbook_.parameters.max_depth) - depth;
  for (const Tool& other : toolbox_.tools()) {
    if (&other == &tool || OnStack(other) || !IsHelper(other)) continue;
    if (Succeeded(other.name) || explored_.count(other.name) != 0) continue;
    if (NamingHelper(avoiding, other.name) != nullptr) continue;
    if (ReachOf(other, scope, left) != Reach::kNo) helpers.push_back({&other, {}, other.name});
  }
  return helpers;
}

std::vector<Episode::Remedy> Episode::Settings(const Tool& tool, const Prepared& prepared) const {
  std::vector<Remedy> settings;
  for (const Argument* argument : prepared.open) {
    for (const Json& value : argument->Listed()) {
      if (prepared.arguments.value(argument->name, argument->fallback) == value) continue;
      std::string name = SettingName(argument->name, value);
      if (explored_.count(tool.name + " " + name) != 0) continue;
      settings.push_back({nullptr, {argument->name, value}, std::move(name)});
    }
  }
  return settings;
}

std::optional<Episode::Remedy> Episode::Pick(std::vector<Remedy> remedies,
                                             const ExplorationOrder* order,
                                             const std::string& label) {
  if (remedies.empty()) return std::nullopt;
  if (order != nullptr) {
    for (const std::string& name : order->first) {
      const auto found = std::find_if(remedies.begin(), remedies.end(),
                                      [&](const Remedy& remedy) { return remedy.name == name; });
      if (found != remedies.end()) return *found;
    }
    const auto last = std::stable_partition(
        remedies.begin(), remedies.end(),
        [&](const Remedy& remedy) { return !Lists(order->last, remedy.name); });
    if (last != remedies.begin()) remedies.erase(last, remedies.end());
  }
  const double draw = dice_.Uniform(label) * static_cast<double>(remedies.size());
  return remedies[std::min(remedies.size() - 1, static_cast<std::size_t>(draw))];
}

void Episode::Try(const Remedy& remedy, const std::string& reason, Scope& scope, int depth) {
  explored_.insert(remedy.name);
  const std::string chosen = "call " + remedy.name;
  Decide("explore", {chosen, "go on"}, chosen, {}, reason);
  Perform(*remedy.helper, scope, Role::kHelper, depth + 1);
}

bool Episode::TryHelper(const Tool& tool, const Json& arguments, const std::string& label,
                        const std::string& reason, Scope& scope, int depth) {
  const auto remedy = Pick(Helpers(tool, arguments, scope, depth), OrderFor(tool, ""), label);
  if (remedy) Try(*remedy, reason, scope, depth);
  return remedy.has_value();
}

// Gives an argument another value for the next try.
bool Episode::TryValue(const Tool& tool, const Remedy& remedy, const std::string& error_class,
                       Scope& scope, int depth, ErrorState& state) {
  explored_.insert(tool.name + " " + remedy.name);
  const std::string& argument = remedy.setting.first;
  const bool taken = !remedy.source.empty();
  const std::string chosen = taken ? TakeChoice({tool.name, argument, remedy.source})
                                   : SettingChoice(argument, remedy.setting.second);
  Decide("explore", {chosen, "go on"}, chosen, {}, error_class + ": trying something");
  Json value = remedy.setting.second;
  if (value.is_null()) {
    value =
        ValueFrom(tool, *tool.FindArgument(argument), remedy.source, scope, depth).value_or(Json());
    if (value.is_null() || value == state.arguments.value(argument, Json())) {
      Decide("explore", {}, KeepChoice(tool.name, argument), {}, "there is no other value");
      return false;
    }
  }
  if (taken) state.taken.insert(tool.FindArgument(argument));
  state.settings[error_class] = {{argument, std::move(value)}};
  return true;
}

std::optional<Episode::Next> Episode::ExploreAfterError(const Tool& tool, const Prepared& prepared,
                                                        const world::ToolResult& error,
                                                        Scope& scope, int depth,
                                                        ErrorState& state) {
  const Parameters& parameters = playbook_.parameters;
  const std::string& error_class = error.error_class;
  if (std::find(kNeverExplored.begin(), kNeverExplored.end(), error_class) !=
      kNeverExplored.end()) {
    return std::nullopt;
  }
  const std::string label =
      "explore/" + scope.found->goal->id + "/" + tool.name + "/" + error_class;
  if (parameters.explore_on_error <= 0) return std::nullopt;
  ErrorState::Exploration& so_far = state.explored[error_class];
  const bool first = so_far.retries == 0 && so_far.helpers == 0;
  if (first && dice_.Uniform(label) >= parameters.explore_on_error) return std::nullopt;
  if (so_far.retries < parameters.explore_retries) {
    ++so_far.retries;
    Decide("explore", {"retry", "go on"}, "retry", {}, error_class + ": does it go away?");
    return Next::kTryAgain;
  }
  const bool replaces = Replaces(label, so_far);
  while (so_far.helpers < parameters.explore_tries) {
    ++so_far.helpers;
    std::vector<Remedy> remedies = Helpers(tool, state.arguments, scope, depth);
    if (replaces) {
      for (const Remedy& kept : Replacements(tool, scope, depth)) {
        std::erase_if(remedies, [&](const Remedy& one) { return one.helper == kept.helper; });
      }
    }
    const auto add = [&](double chance, const char* kind, const auto& more) {
      if (chance <= 0 || dice_.Uniform(label + kind) >= chance) return;
      for (Remedy& remedy : more()) remedies.push_back(std::move(remedy));
    };
    add(parameters.explore_values, "/values", [&] { return Settings(tool, prepared); });
    add(parameters.explore_sources, "/sources",
        [&] { return Sources(tool, prepared, state.arguments, scope, depth); });
    add(parameters.explore_words, "/words",
        [&] { return Words(tool, prepared, state.arguments, error.message); });
    const auto remedy = Pick(std::move(remedies), OrderFor(tool, error_class), label + "/helper");
    if (!remedy) break;
    if (remedy->helper == nullptr) {
      if (TryValue(tool, *remedy, error_class, scope, depth, state)) return Next::kTryAgain;
      continue;
    }
    const std::size_t done = SuccessfulCalls();
    Try(*remedy, error_class + ": trying something", scope, depth);
    if (SuccessfulCalls() > done) return Next::kTryAgain;
  }
  if (!replaces) return std::nullopt;
  return ExploreInstead(tool, error_class, label, scope, depth);
}

// A learned rule is not followed this once: what happens without it shows what it is good for.
bool Episode::LeavesOut(const ActiveRule& active, const Tool& tool, const std::string& what,
                        const Scope& scope) {
  const double chance = playbook_.parameters.explore_skip;
  if (chance <= 0 || !active.learned) return false;
  const std::string label = "explore/" + scope.found->goal->id + "/" + tool.name + "/skip/";
  if (dice_.Uniform(label + active.id) >= chance) return false;
  Decide("explore", {what, kLeaveOutChoice}, kLeaveOutChoice, {},
         "is rule " + active.id + " needed?", {}, active.id);
  return true;
}

// Whether a request is better refused shows only where one was.
std::optional<std::string> Episode::ExploreRefusal(const Tool& tool, const Json& arguments,
                                                   Scope& scope) {
  if (playbook_.parameters.explore_refusal <= 0) return std::nullopt;
  const std::string label = "explore/" + scope.found->goal->id + "/" + tool.name + "/refusal";
  if (dice_.Uniform(label) >= playbook_.parameters.explore_refusal) return std::nullopt;
  trace::Step step;
  step.kind = trace::StepKind::kDecision;
  step.actor = "agent";
  step.decision = {"explore",
                   {kRefuseChoice, "go on"},
                   kRefuseChoice,
                   {},
                   tool.name + ": would it be better not done?"};
  step.extra[kNotCalledKey] = {{"tool", tool.name}, {"arguments", arguments}};
  io_.Record(std::move(step));
  return playbook_.texts.refused.Render([](const std::string&) { return std::nullopt; })
      .value_or("");
}

void Episode::ExploreAround(const Tool& tool, const Json& arguments, std::string_view when,
                            Scope& scope, int depth) {
  if (playbook_.parameters.explore <= 0) return;
  const std::string label =
      "explore/" + scope.found->goal->id + "/" + tool.name + "/" + std::string(when);
  if (dice_.Uniform(label) >= playbook_.parameters.explore) return;
  TryHelper(tool, arguments, label + "/helper",
            std::string(when) + " " + tool.name + ": trying something", scope, depth);
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
    if (!TryHelper(tool, arguments, label + "/helper",
                   "would " + tool.name + " say something else?", scope, depth)) {
      return;
    }
    if (SuccessfulCalls() > done && !same_again()) return;
  }
}

}  // namespace kedge::agent_ref
