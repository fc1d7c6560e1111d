// What to do after an error.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/quoted_words.h"
#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

constexpr int kMaxTries = 64;  // rules, policy and exploration end long before
constexpr std::int64_t kRetriesOfARule = 3;

Json With(Json arguments, const std::map<std::string, Json>& settings) {
  for (const auto& [error, values] : settings) arguments.update(values);
  return arguments;
}

// The values of a rule that the tool can take.
Json FittingSettings(const Tool& tool, const strategy::Rule& rule) {
  Json values = Json::object();
  for (const auto& [name, value] : rule.settings.items()) {
    const Argument* argument = tool.FindArgument(name);
    Json fitting = argument == nullptr ? Json() : Fit(*argument, value);
    if (!fitting.is_null()) values[name] = std::move(fitting);
  }
  return values;
}

std::optional<Json> FirstFitting(const Argument& argument, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    Json value = Fit(argument, word);
    if (!value.is_null()) return value;
  }
  return std::nullopt;
}

}  // namespace

Attempt Episode::CallUntilDone(const Tool& tool, const Prepared& prepared, Scope& scope, Role role,
                               int depth) {
  ErrorState state;
  std::string message;
  for (int i = 0; i < kMaxTries; ++i) {
    const Json arguments = With(prepared.arguments, state.settings);
    state.arguments = arguments;
    const world::ToolResult result = CallOnce(tool, arguments);
    if (result.ok) {
      for (const Argument* argument : state.taken) {
        if (role == Role::kGoal) scope.bound[argument->type] = arguments[argument->name];
      }
      if (Explores(role)) ExploreReading(tool, arguments, result.content, scope, depth);
      return {};
    }
    message = result.message;
    std::string refusal;
    state.settings.erase(result.error_class);  // it did not help
    const Next next = AfterError(tool, prepared, result, scope, role, depth, state, refusal);
    if (next == Next::kDone) return {};
    if (next == Next::kRefuse) return {Attempt::Status::kRefused, refusal};
    if (next == Next::kGiveUp) break;
  }
  return {Attempt::Status::kFailed, message};
}

Episode::Next Episode::AfterError(const Tool& tool, const Prepared& prepared,
                                  const world::ToolResult& error, Scope& scope, Role role,
                                  int depth, ErrorState& state, std::string& refusal) {
  if (auto next = AfterErrorByRule(tool, error, scope, role, depth, state, refusal)) return *next;
  auto allowed = playbook_.retry.find(error.error_class);
  if (allowed == playbook_.retry.end()) allowed = playbook_.retry.find("default");
  std::int64_t& retries = state.retries[error.error_class];
  if (allowed != playbook_.retry.end() && retries < allowed->second) {
    ++retries;
    Decide("retry", {"retry", "stop"}, "retry", {}, error.error_class + ": policy");
    return Next::kTryAgain;
  }
  if (Explores(role)) {
    if (auto next = ExploreAfterError(tool, prepared, error, scope, depth, state)) return *next;
  }
  Decide("retry", {"retry", "stop"}, "stop", {}, error.error_class + ": no way round it is known");
  return Next::kGiveUp;
}

std::optional<Episode::Next> Episode::AfterErrorByRule(const Tool& tool,
                                                       const world::ToolResult& error, Scope& scope,
                                                       Role role, int depth, ErrorState& state,
                                                       std::string& refusal) {
  using strategy::RuleAction;
  const Json arguments = state.arguments;
  const Moment moment{&tool, scope.found->goal->id, error.error_class, nullptr, &arguments};
  const auto rules = SpeakingRules(
      playbook_,
      {RuleAction::kRecover, RuleAction::kInstead, RuleAction::kSet, RuleAction::kPrefer,
       RuleAction::kRetry, RuleAction::kGiveUp, RuleAction::kStop},
      moment, *this);
  for (const ActiveRule* active : rules) {
    const RuleAction action = active->rule.action;
    const auto decide = [&](std::string chosen) {
      Decide("retry", {"retry", "recover", "instead", "stop"}, std::move(chosen), {active->id},
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
    const bool remedy = action == RuleAction::kRecover || action == RuleAction::kSet;
    if (remedy && state.left_out.insert(active->id).second &&
        LeavesOut(*active, tool, "follow it", scope)) {
      return Next::kTryAgain;
    }
    ++used;
    if (action == RuleAction::kRetry) {
      decide("retry");
      return Next::kTryAgain;
    }
    if (action == RuleAction::kSet) {
      Json values = FittingSettings(tool, active->rule);
      if (values.empty()) continue;
      const std::string name = values.begin().key();
      if (dice_.Slips("set", scope.found->goal->id, tool.name, name)) continue;
      decide(SettingChoice(name, values[name]));
      state.settings[error.error_class] = std::move(values);
      return Next::kTryAgain;
    }
    if (action == RuleAction::kPrefer) {
      if (TryPreferred(*active, decide, tool, error, scope, depth, state)) return Next::kTryAgain;
      continue;
    }
    if (action == RuleAction::kInstead) {
      if (TryInstead(*active, decide, scope, role, depth)) return Next::kDone;
      continue;
    }
    const Tool* helper = toolbox_.Find(active->rule.helpers[0]);
    if (helper == nullptr || OnStack(*helper)) continue;
    if (NamingHelper(AvoidingRules(tool, arguments, scope), helper->name) != nullptr) continue;
    if (dice_.Slips("recover", scope.found->goal->id, tool.name, helper->name)) continue;
    decide("call " + helper->name);
    if (Perform(*helper, scope, Role::kHelper, depth + 1).status == Attempt::Status::kDone) {
      return Next::kTryAgain;
    }
  }
  return std::nullopt;
}

// The argument gets the value that the rule's source has, unless that is what failed.
bool Episode::TryPreferred(const ActiveRule& active, const std::function<void(std::string)>& decide,
                           const Tool& tool, const world::ToolResult& error, Scope& scope,
                           int depth, ErrorState& state) {
  const std::string& wanted = active.rule.argument;
  const auto meant = [&](const Argument& one) { return one.name == wanted || one.type == wanted; };
  const auto argument = std::find_if(tool.arguments.begin(), tool.arguments.end(), meant);
  if (argument == tool.arguments.end()) return false;
  if (dice_.Slips("prefer", scope.found->goal->id, tool.name, argument->name)) return false;
  const std::string& source = active.rule.source;
  decide(TakeChoice({tool.name, argument->name, source}));
  std::optional<Json> value;
  if (source == kFromMessage) {
    value = FirstFitting(*argument, QuotedWords(error.message));
  } else {
    value = ValueFrom(tool, *argument, source, scope, depth);
  }
  if (!value || state.arguments.value(argument->name, Json()) == *value) {
    decide(KeepChoice(tool.name, argument->name));
    return false;
  }
  state.settings[error.error_class] = {{argument->name, *std::move(value)}};
  state.taken.insert(&*argument);
  return true;
}

// The other tool takes the place of the one that failed: it is called for the same reason.
bool Episode::TryInstead(const ActiveRule& active, const std::function<void(std::string)>& decide,
                         Scope& scope, Role role, int depth) {
  const Tool* other = toolbox_.Find(active.rule.helpers[0]);
  if (other == nullptr || OnStack(*other)) return false;
  if (dice_.Slips("instead", scope.found->goal->id, other->name)) return false;
  decide("call " + other->name + " instead");
  return Perform(*other, scope, role, depth + 1).status == Attempt::Status::kDone;
}

}  // namespace kedge::agent_ref
