// Calling a tool, with all that policy and rules want around it.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

std::string WithSpaces(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string ConfirmQuestion(const Tool& tool, const Json& arguments) {
  std::string list;
  for (const auto& [name, value] : arguments.items()) {
    list += (list.empty() ? " (" : ", ") + WithSpaces(name) + " " + PlainText(value);
  }
  if (!list.empty()) list += ")";
  return "Shall I go ahead with \"" + WithSpaces(tool.name) + "\"" + list + "?";
}

enum class Reply { kYes, kNo, kUnclear };

// The word that comes first decides: "Yes, no problem" is a yes.
Reply ReadReply(std::string_view text) {
  const std::string folded = Folded(text);
  const auto first = [&](std::initializer_list<std::string_view> words) {
    std::size_t place = std::string::npos;
    for (const std::string_view word : words) place = std::min(place, FindWords(folded, word));
    return place;
  };
  const std::size_t yes = first({"yes", "sure", "ok", "okay", "go ahead", "please do"});
  const std::size_t no = first({"no", "don't", "do not", "stop"});
  if (yes == no) return Reply::kUnclear;
  return yes < no ? Reply::kYes : Reply::kNo;
}

bool Equal(const Json& value, const std::string& operand) {
  const std::string text = Folded(value);
  const std::string wanted = Folded(std::string_view(operand));
  if (text == wanted) return true;
  const auto a = NumberIn(text);
  const auto b = NumberIn(wanted);
  return a && b && *a == *b;
}

}  // namespace

Attempt Episode::Perform(const Tool& tool, Scope& scope, Role role, int depth) {
  stack_.push_back(&tool);
  const auto perform = [&]() -> Attempt {
    std::string missing;
    const auto prepared = ResolveArguments(tool, scope, role, depth, missing);
    if (!prepared) return {Attempt::Status::kMissing, missing};
    if (role != Role::kGoal && SucceededWith(tool, prepared->arguments)) return {};
    if (auto refusal = Refusal(tool, prepared->arguments, scope, role, depth)) {
      return {Attempt::Status::kRefused, *std::move(refusal)};
    }
    if (!Confirmed(tool, prepared->arguments, scope)) return {Attempt::Status::kDeclined, ""};
    if (role == Role::kGoal && depth == 0) {
      if (auto refusal = ExploreRefusal(tool, prepared->arguments, scope)) {
        return {Attempt::Status::kRefused, *std::move(refusal)};
      }
    }
    const Json& arguments = prepared->arguments;
    CallHelpers(strategy::RuleAction::kCallFirst, tool, arguments, scope, depth);
    if (Explores(role)) ExploreAround(tool, arguments, "before", scope, depth);
    const Attempt attempt = CallUntilDone(tool, *prepared, scope, role, depth);
    if (attempt.status != Attempt::Status::kDone) return attempt;
    CallHelpers(strategy::RuleAction::kCallAfter, tool, arguments, scope, depth);
    if (Explores(role)) ExploreAround(tool, arguments, "after", scope, depth);
    return attempt;
  };
  const Attempt attempt = perform();
  stack_.pop_back();
  return attempt;
}

std::optional<std::string> Episode::Refusal(const Tool& tool, const Json& arguments, Scope& scope,
                                            Role role, int depth) {
  const Moment moment{&tool, scope.found->goal->id, {}, nullptr, &arguments};
  const auto rules = SpeakingRules(playbook_, {strategy::RuleAction::kStop}, moment, *this);
  if (!rules.empty()) {
    Decide("stop", {"call " + tool.name, "stop"}, "stop", {rules[0]->id}, rules[0]->rule.text,
           IdsOf(rules));
    return rules[0]->rule.text;
  }
  if (role == Role::kGoal) {
    for (const Check& check : scope.found->goal->checks) {
      if (auto refusal = RefusedBy(check, scope, depth)) return refusal;
    }
  }
  for (const Check& check : playbook_.preconditions) {
    if (check.tool != tool.name) continue;
    if (auto refusal = RefusedBy(check, scope, depth)) return refusal;
  }
  return std::nullopt;
}

std::optional<std::string> Episode::RefusedBy(const Check& check, Scope& scope, int depth) {
  if (dice_.Slips("check", scope.found->goal->id, check.tool, check.type)) {
    Decide("check", {"proceed", "refuse"}, "proceed", {}, "slip: " + check.type + " not looked at");
    return std::nullopt;
  }
  Wanted wanted{check.type};
  wanted.where = &check.where;
  wanted.latest = true;
  wanted.may_ask = false;
  const auto value = Resolve(wanted, scope, depth);
  const bool holds = value ? Holds(check, *value, scope, depth) : !check.refuse_unknown;
  Decide("check", {"proceed", "refuse"}, holds ? "proceed" : "refuse", {},
         check.type + " is " + (value ? PlainText(*value) : "unknown"));
  if (holds) return std::nullopt;
  return check.refuse.Render(LookupIn(scope, depth, false, true)).value_or("I cannot do that.");
}

bool Episode::Holds(const Check& check, const Json& value, Scope& scope, int depth) {
  bool equals_any = false;
  std::optional<double> operand;
  for (const TextTemplate& text : check.operands) {
    const auto rendered = text.Render(LookupIn(scope, depth, true, false));
    if (!rendered) return !check.refuse_unknown;
    equals_any = equals_any || Equal(value, *rendered);
    operand = NumberIn(*rendered);
  }
  switch (check.test) {
    case Check::Test::kIs:
    case Check::Test::kIn:
      return equals_any;
    case Check::Test::kNot:
    case Check::Test::kNotIn:
      return !equals_any;
    default:
      break;
  }
  const auto number = NumberIn(PlainText(value));
  if (!number || !operand) return !check.refuse_unknown;
  return check.test == Check::Test::kAtMost ? *number <= *operand : *number >= *operand;
}

bool Episode::Confirmed(const Tool& tool, const Json& arguments, Scope& scope) {
  const Moment moment{&tool, scope.found->goal->id, {}, nullptr, &arguments};
  const auto rules = SpeakingRules(playbook_, {strategy::RuleAction::kConfirm}, moment, *this);
  const auto listed = [&](const std::string& word) {
    return std::find(playbook_.confirm.begin(), playbook_.confirm.end(), word) !=
           playbook_.confirm.end();
  };
  const bool wanted = !rules.empty() ? rules[0]->rule.confirm
                                     : listed(tool.name) || (tool.writes && listed("write"));
  if (!wanted && rules.empty()) return true;
  const bool ask = wanted && !scope.confirmed;
  std::vector<std::string> fired;
  if (!rules.empty()) fired.push_back(rules[0]->id);
  Decide("confirm", {"ask", "call"}, ask ? "ask" : "call", std::move(fired),
         !wanted ? "a rule says so"
         : ask   ? "policy"
                 : "the user has agreed to this goal",
         IdsOf(rules));
  if (!ask) return true;
  const std::string question = ConfirmQuestion(tool, arguments);
  for (std::int64_t i = 0; i < playbook_.parameters.asks; ++i) {
    const Reply reply = ReadReply(Ask(question));
    scope.confirmed = reply == Reply::kYes;
    if (reply != Reply::kUnclear) break;
  }
  if (!scope.confirmed) Decide("stop", {}, "stop", {}, "the user did not agree");
  return scope.confirmed;
}

std::vector<const ActiveRule*> Episode::AvoidingRules(const Tool& tool, const Json& arguments,
                                                      const Scope& scope) const {
  const Moment moment{&tool, scope.found->goal->id, {}, nullptr, &arguments};
  return SpeakingRules(playbook_, {strategy::RuleAction::kAvoid}, moment, *this);
}

// What a helper finds out may make further rules speak; each is followed once.
void Episode::CallHelpers(strategy::RuleAction action, const Tool& tool, const Json& arguments,
                          Scope& scope, int depth) {
  const Moment moment{&tool, scope.found->goal->id, {}, nullptr, &arguments};
  std::set<const ActiveRule*> followed;
  std::size_t done = 0;
  do {
    done = SuccessfulCalls();
    const auto rules = SpeakingRules(playbook_, {action}, moment, *this);
    for (const ActiveRule* active : rules) {
      if (!followed.insert(active).second) continue;
      for (const std::string& name : active->rule.helpers) {
        FollowOrder(*active, name, moment, IdsOf(rules), scope, depth);
      }
    }
  } while (SuccessfulCalls() > done);
}

void Episode::FollowOrder(const ActiveRule& active, const std::string& name, const Moment& moment,
                          std::vector<std::string> retrieved, Scope& scope, int depth) {
  const Tool& tool = *moment.tool;
  const Tool* helper = toolbox_.Find(name);
  const char* where = active.rule.action == strategy::RuleAction::kCallFirst ? " first" : " after";
  std::string chosen = "call " + name + where;
  std::string reason = active.rule.argument.empty() ? "rule for " + tool.name : "rule";
  std::vector<std::string> fired = {active.id};
  const ActiveRule* avoid = NamingHelper(AvoidingRules(tool, *moment.values, scope), name);
  if (avoid != nullptr) {
    chosen = "skip";
    reason = "rule: not around " + tool.name;
    fired = {avoid->id};
  } else if (helper == nullptr || OnStack(*helper)) {
    chosen = "skip";
    reason = helper == nullptr ? "there is no tool " + name : name + " is being called already";
  } else if (dice_.Slips("order", scope.found->goal->id, tool.name, name)) {
    chosen = "skip";
    reason = "slip: forgot " + name;
  }
  const bool call = chosen != "skip";
  if (call && LeavesOut(active, tool, chosen, scope)) return;
  Decide("order", {"call " + name + where, "skip"}, std::move(chosen), std::move(fired),
         std::move(reason), std::move(retrieved));
  if (call) Perform(*helper, scope, Role::kHelper, depth + 1);
}

bool Episode::SucceededWith(const Tool& tool, const Json& arguments) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const Call& call) {
    return call.ok && call.tool == &tool && call.arguments == arguments;
  });
}

std::size_t Episode::SuccessfulCalls() const {
  return static_cast<std::size_t>(
      std::count_if(calls_.begin(), calls_.end(), [](const Call& call) { return call.ok; }));
}

world::ToolResult Episode::CallOnce(const Tool& tool, const Json& arguments) {
  std::int64_t& count = calls_of_[tool.name];
  const auto rate = playbook_.rate.find(tool.name);
  if (static_cast<std::int64_t>(calls_.size()) >= playbook_.parameters.max_calls) {
    return world::ToolResult::Failure("call_limit", "too many steps");
  }
  if (rate != playbook_.rate.end() && count >= rate->second) {
    return world::ToolResult::Failure("rate_limit", tool.name + " may not be called again");
  }
  ++count;
  world::ToolResult result = io_.CallTool(tool.name, arguments);
  calls_.push_back({&tool, arguments, result.ok});
  output_tokens_ += EstimateTokens(tool.name) + EstimateTokens(DumpJson(arguments));
  if (result.ok) {
    input_tokens_ += EstimateTokens(DumpJson(result.content));
    board_.AddResult(tool, arguments, result.content);
    seen_.Add(arguments, result.content);
  } else {
    input_tokens_ += EstimateTokens(result.message);
  }
  return result;
}

}  // namespace kedge::agent_ref
