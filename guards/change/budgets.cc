#include <algorithm>
#include <set>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

// What the strategy document says of absent values.
constexpr std::int64_t kDefaultMaxTokens = 4096;
constexpr std::int64_t kDefaultK = 100;

bool IsListed(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void AtMost(ChangeContext& context, const std::string& what, const Json& now, const Json& limit) {
  if (now.is_number() && now <= limit) return;
  context.Report(kBudgetsRule, what,
                 what + " is " + DumpJson(now) + "; at most the champion's " + DumpJson(limit) +
                     " is allowed");
}

// A parameter that is absent has the agent's own default, which is not known here.
void CheckParameters(ChangeContext& context) {
  const Json& before = Member(context.base.layer("planner"), "parameters");
  const Json& after = Member(context.candidate.layer("planner"), "parameters");
  std::set<std::string> names;
  for (const auto& [name, value] : before.items()) names.insert(name);
  for (const auto& [name, value] : after.items()) names.insert(name);
  for (const std::string& name : names) {
    if (IsListed(context.policy.free_parameters, name)) continue;
    const Json& was = Member(before, name.c_str());
    const Json& is = Member(after, name.c_str());
    const std::string what = "planner/parameters/" + name;
    if (was == is) continue;
    if (was.is_number() && is.is_number()) {
      AtMost(context, what, is, was);
    } else {
      context.Report(kBudgetsRule, what,
                     what + " may be lowered, but not switched, added or removed");
    }
  }
}

void CheckRetries(ChangeContext& context) {
  const Json& before = Member(context.base.layer("tool_policy"), "retry");
  const Json& after = Member(context.candidate.layer("tool_policy"), "retry");
  const auto limit = [&before](const std::string& error) {
    if (!before.is_object()) return Json(0);
    return before.value(error, before.value("default", Json(0)));
  };
  for (const auto& [error, count] : after.items()) {
    AtMost(context, "tool_policy/retry/" + error, count, limit(error));
  }
  // What the champion named falls back to the candidate's default when it is no longer named.
  const Json fallback = after.is_object() ? after.value("default", Json(0)) : Json(0);
  for (const auto& [error, count] : before.items()) {
    if (after.is_object() && after.contains(error)) continue;
    AtMost(context, "tool_policy/retry/" + error, fallback, count);
  }
}

void CheckRetrieval(ChangeContext& context) {
  const Json& before = context.base.layer("retrieval");
  const Json& after = context.candidate.layer("retrieval");
  AtMost(context, "retrieval/k", after.value("k", Json(kDefaultK)),
         before.value("k", Json(kDefaultK)));
  if (before.contains("token_budget")) {
    AtMost(context, "retrieval/token_budget", Member(after, "token_budget"),
           before["token_budget"]);
  }
}

void CheckModel(ChangeContext& context) {
  const Json& before = context.base.layer("model");
  const Json& after = context.candidate.layer("model");
  const std::string alias = after.value("alias", "");
  if (alias != before.value("alias", "") && !IsListed(context.policy.allowed_models, alias)) {
    context.Report(kBudgetsRule, "model/alias",
                   "the model '" + alias + "' is not on the allow-list");
  }
  AtMost(context, "model/temperature", after.value("temperature", Json(0)),
         before.value("temperature", Json(0)));
  AtMost(context, "model/max_tokens", after.value("max_tokens", Json(kDefaultMaxTokens)),
         before.value("max_tokens", Json(kDefaultMaxTokens)));
  if (Member(before, "price") != Member(after, "price")) {
    context.Report(kBudgetsRule, "model/price", "a candidate may not change what its tokens cost");
  }
}

}  // namespace

void CheckBudgets(ChangeContext& context) {
  CheckParameters(context);
  CheckRetries(context);
  CheckRetrieval(context);
  CheckModel(context);
}

}  // namespace kedge::guards
