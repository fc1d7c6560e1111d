#include "harness/strategy/rule_relations.h"

#include <algorithm>
#include <set>

#include "harness/core/json.h"

namespace kedge::strategy {
namespace {

using NameList = std::vector<std::string>;

bool Lists(const NameList& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool Share(const NameList& a, const NameList& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& name) { return Lists(b, name); });
}

// Empty lists mean "any".
bool MayMeet(const NameList& a, const NameList& b) { return a.empty() || b.empty() || Share(a, b); }

bool Within(const NameList& special, const NameList& general) {
  return std::all_of(special.begin(), special.end(),
                     [&](const std::string& name) { return Lists(general, name); });
}

bool Covers(const NameList& general, const NameList& special) {
  return general.empty() || (!special.empty() && Within(special, general));
}

Json Sorted(const NameList& names) { return std::set<std::string>(names.begin(), names.end()); }

Json ThenOf(const Rule& rule) {
  switch (rule.action) {
    case RuleAction::kCallFirst:
      return {{"call_first", rule.helpers}};
    case RuleAction::kCallAfter:
      return {{"call_after", rule.helpers}};
    case RuleAction::kRecover:
      return {{"recover", rule.helpers}};
    case RuleAction::kRetry:
      return {{"on_error", "retry"}};
    case RuleAction::kGiveUp:
      return {{"on_error", "stop"}};
    case RuleAction::kPrefer:
      return {{"prefer", rule.source}};
    case RuleAction::kConfirm:
      return {{"confirm", rule.confirm}};
    case RuleAction::kStop:
      return {{"stop", true}};
    case RuleAction::kSet:
      return {{"set", rule.settings}};
    case RuleAction::kAvoid:
      return {{"avoid", Sorted(rule.helpers)}};
    case RuleAction::kInstead:
      return {{"instead", rule.helpers}};
  }
  return nullptr;
}

// A scope names tools or goals, and which of the two is not known here.
bool ScopesMayMeet(const ScopedRule& a, const ScopedRule& b) {
  const auto excludes = [](const NameList& scope, const Rule& rule) {
    return !scope.empty() && !rule.tools.empty() && !rule.goals.empty() &&
           !Share(scope, rule.tools) && !Share(scope, rule.goals);
  };
  return !excludes(a.scope, a.rule) && !excludes(a.scope, b.rule) && !excludes(b.scope, a.rule) &&
         !excludes(b.scope, b.rule);
}

// Whether both may speak of one call, be it before it or after an error of it.
bool MeetWhereverErrors(const ScopedRule& a, const ScopedRule& b) {
  const Rule& x = a.rule;
  const Rule& y = b.rule;
  return MayMeet(x.tools, y.tools) && MayMeet(x.goals, y.goals) &&
         MayMeet(x.arguments, y.arguments) && MayMeet(x.seen, y.seen) &&
         (x.effect.empty() || y.effect.empty() || x.effect == y.effect) && ScopesMayMeet(a, b);
}

bool ConditionCovers(const ScopedRule& general, const ScopedRule& special) {
  const Rule& wide = general.rule;
  const Rule& narrow = special.rule;
  // A rule about errors speaks after them, one without never does.
  if (wide.errors.empty() != narrow.errors.empty()) return false;
  return Covers(wide.tools, narrow.tools) && Covers(wide.errors, narrow.errors) &&
         Covers(wide.goals, narrow.goals) && Covers(wide.when_called, narrow.when_called) &&
         Covers(wide.arguments, narrow.arguments) && Covers(wide.seen, narrow.seen) &&
         Covers(general.scope, special.scope) &&
         (wide.effect.empty() || wide.effect == narrow.effect) &&
         (wide.argument.empty() || wide.argument == narrow.argument);
}

// What silences the general one must silence the special one as well.
bool SilencedNoMore(const Rule& general, const Rule& special) {
  return Within(general.unless_called, special.unless_called) &&
         (general.unless_known.empty() || general.unless_known == special.unless_known);
}

bool IsAfterError(const Rule& rule) { return !rule.errors.empty(); }

bool GivesUp(const Rule& rule) {
  return rule.action == RuleAction::kGiveUp ||
         (rule.action == RuleAction::kStop && IsAfterError(rule));
}

bool GoesOn(const Rule& rule) {
  return rule.action == RuleAction::kRetry || rule.action == RuleAction::kRecover ||
         rule.action == RuleAction::kInstead ||
         ((rule.action == RuleAction::kSet || rule.action == RuleAction::kPrefer) &&
          IsAfterError(rule));
}

// The argument to which the two give different values, or empty.
std::string SetApart(const Rule& x, const Rule& y) {
  if (x.action != RuleAction::kSet || y.action != RuleAction::kSet) return "";
  for (const auto& [argument, value] : x.settings.items()) {
    const auto other = y.settings.find(argument);
    if (other != y.settings.end() && *other != value) return argument;
  }
  return "";
}

std::optional<Conflict> Opposite(const ScopedRule& a, const ScopedRule& b) {
  if (!MayMeet(a, b)) return std::nullopt;
  const Rule& x = a.rule;
  const Rule& y = b.rule;
  if (x.action == RuleAction::kConfirm && y.action == RuleAction::kConfirm &&
      x.confirm != y.confirm) {
    return Conflict{ConflictKind::kOppositeAction, "to ask and not to ask the user"};
  }
  if ((GivesUp(x) && GoesOn(y)) || (GoesOn(x) && GivesUp(y))) {
    return Conflict{ConflictKind::kOppositeAction, "to give up and to try again after an error"};
  }
  if (x.action == RuleAction::kPrefer && y.action == RuleAction::kPrefer &&
      x.argument == y.argument && x.source != y.source && !IsAfterError(x)) {
    return Conflict{ConflictKind::kOppositeAction,
                    "to take '" + x.argument + "' from " + x.source + " and from " + y.source};
  }
  if (const std::string argument = SetApart(x, y); !argument.empty() && !IsAfterError(x)) {
    return Conflict{ConflictKind::kOppositeAction, "to set '" + argument + "' to " +
                                                       DumpJson(x.settings[argument]) + " and to " +
                                                       DumpJson(y.settings[argument])};
  }
  return std::nullopt;
}

// The rules speak at calls of different tools; they meet in one episode if goals and scopes allow.
bool SameEpisode(const ScopedRule& a, const ScopedRule& b) {
  return MayMeet(a.rule.goals, b.rule.goals);
}

// `first` comes before `second`, or both ways are asked for.
bool InvertedOrder(const Rule& x, const Rule& y) {
  const bool before = x.action == RuleAction::kCallFirst;
  if (!before && x.action != RuleAction::kCallAfter) return false;
  // U before T against T before U; U after T against T after U.
  if (y.action == x.action) return Share(x.helpers, y.tools) && Share(y.helpers, x.tools);
  // U before T against U after T.
  const bool other = y.action == RuleAction::kCallFirst || y.action == RuleAction::kCallAfter;
  return other && Share(x.helpers, y.helpers) && Share(x.tools, y.tools);
}

bool Forbids(const Rule& stop, const Rule& rule) {
  return stop.arguments.empty() && stop.seen.empty() && stop.action == RuleAction::kStop &&
         !IsAfterError(stop) && stop.when_called.empty() && stop.unless_called.empty() &&
         stop.unless_known.empty() && stop.argument.empty() && Share(stop.tools, rule.helpers);
}

// An exception speaks only where the rule that it takes back speaks, and not everywhere there.
bool IsExceptionTo(const ScopedRule& wide, const ScopedRule& exception) {
  if (wide.rule.tools.empty()) return true;
  ScopedRule anywhere = wide;
  anywhere.rule.errors.clear();
  return ConditionCovers(anywhere, exception) && !ConditionCovers(exception, anywhere);
}

// One keeps away a helper that the other calls at the same moment, and is no exception to it.
bool KeepsAway(const ScopedRule& avoid, const ScopedRule& other) {
  const Rule& rule = other.rule;
  const bool calls = rule.action == RuleAction::kCallFirst ||
                     rule.action == RuleAction::kCallAfter || rule.action == RuleAction::kRecover;
  return avoid.rule.action == RuleAction::kAvoid && calls &&
         Share(avoid.rule.helpers, rule.helpers) && MeetWhereverErrors(avoid, other) &&
         !IsExceptionTo(other, avoid);
}

}  // namespace

ScopedRule ScopedRuleOf(const Guideline& guideline) {
  return {ParseRule(guideline), guideline.scope};
}

std::string SymbolicForm(const ScopedRule& scoped) {
  const Rule& rule = scoped.rule;
  return CanonicalJson({{"tools", Sorted(rule.tools)},
                        {"errors", Sorted(rule.errors)},
                        {"goals", Sorted(rule.goals)},
                        {"when_called", Sorted(rule.when_called)},
                        {"arguments", ToJson(rule.arguments)},
                        {"seen", ToJson(rule.seen)},
                        {"effect", rule.effect},
                        {"argument", rule.argument},
                        {"then", ThenOf(rule)},
                        {"called", Sorted(rule.unless_called)},
                        {"known", rule.unless_known},
                        {"scope", Sorted(scoped.scope)}});
}

std::string FullForm(const ScopedRule& scoped) { return SymbolicForm(scoped) + scoped.rule.text; }

std::string SymbolicThen(const Rule& rule) { return CanonicalJson(ThenOf(rule)); }

bool MayMeet(const ScopedRule& a, const ScopedRule& b) {
  const Rule& x = a.rule;
  const Rule& y = b.rule;
  return IsAfterError(x) == IsAfterError(y) && MayMeet(x.errors, y.errors) &&
         MeetWhereverErrors(a, b);
}

bool Implies(const ScopedRule& general, const ScopedRule& special) {
  return ConditionCovers(general, special) && SilencedNoMore(general.rule, special.rule) &&
         ThenOf(general.rule) == ThenOf(special.rule);
}

std::string_view ToString(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kOppositeAction:
      return "opposite_action";
    case ConflictKind::kInvertedOrder:
      return "inverted_order";
    case ConflictKind::kForbiddenHelper:
      return "forbidden_helper";
  }
  return "";
}

std::optional<Conflict> Contradiction(const ScopedRule& a, const ScopedRule& b) {
  if (std::optional<Conflict> opposite = Opposite(a, b)) return opposite;
  if (!SameEpisode(a, b)) return std::nullopt;
  if (InvertedOrder(a.rule, b.rule)) {
    return Conflict{ConflictKind::kInvertedOrder,
                    SymbolicThen(a.rule) + " at " + DumpJson(a.rule.tools) + " and " +
                        SymbolicThen(b.rule) + " at " + DumpJson(b.rule.tools)};
  }
  const auto takes_back = [](const ScopedRule& x, const ScopedRule& y) {
    return Forbids(x.rule, y.rule) || KeepsAway(x, y);
  };
  if (takes_back(a, b) || takes_back(b, a)) {
    const Rule& calls = takes_back(a, b) ? b.rule : a.rule;
    return Conflict{ConflictKind::kForbiddenHelper,
                    "to call and never to call " + DumpJson(calls.helpers)};
  }
  return std::nullopt;
}

}  // namespace kedge::strategy
