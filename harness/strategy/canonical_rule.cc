#include "harness/strategy/canonical_rule.h"

#include <algorithm>

namespace kedge::strategy {
namespace {

using NameList = std::vector<std::string>;

void Normalise(NameList& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

bool Within(const NameList& few, const NameList& many) {
  return std::includes(many.begin(), many.end(), few.begin(), few.end());
}

// NameList in a condition: none means any.
bool AllowsAll(const NameList& general, const NameList& special) {
  return general.empty() || (!special.empty() && Within(special, general));
}

bool Meet(const NameList& a, const NameList& b) {
  return a.empty() || b.empty() ||
         std::any_of(a.begin(), a.end(), [&](const std::string& name) {
           return std::binary_search(b.begin(), b.end(), name);
         });
}

bool AllowsWord(const std::string& general, const std::string& special) {
  return general.empty() || general == special;
}

// The action alone: a rule with nothing in its conditions.
Rule ActionOf(const Rule& rule) {
  Rule action;
  action.action = rule.action;
  action.helpers = rule.helpers;
  action.source = rule.source;
  action.confirm = rule.confirm;
  action.text = rule.text;
  return action;
}

}  // namespace

CanonicalRule CanonicalOf(const Guideline& guideline) {
  CanonicalRule form{ParseRule(guideline), guideline.scope};
  for (NameList* names : {&form.rule.tools, &form.rule.errors, &form.rule.goals,
                       &form.rule.when_called, &form.rule.unless_called, &form.scope}) {
    Normalise(*names);
  }
  return form;
}

std::string KeyOf(const CanonicalRule& form) {
  const Rule& rule = form.rule;
  return DumpJson(Json::array(
      {rule.tools, rule.errors, rule.goals, rule.when_called, rule.effect, rule.argument,
       static_cast<int>(rule.action), rule.helpers, rule.source, rule.confirm, rule.text,
       rule.unless_called, rule.unless_known, form.scope}));
}

bool SameAction(const Rule& a, const Rule& b) { return ActionOf(a) == ActionOf(b); }

bool Covers(const CanonicalRule& general, const CanonicalRule& special) {
  const Rule& g = general.rule;
  const Rule& s = special.rule;
  // Without an error class a rule speaks before calls, with one after failures.
  return SameAction(g, s) && g.errors.empty() == s.errors.empty() && AllowsAll(g.tools, s.tools) &&
         AllowsAll(g.errors, s.errors) && AllowsAll(g.goals, s.goals) &&
         AllowsAll(g.when_called, s.when_called) && AllowsWord(g.effect, s.effect) &&
         AllowsWord(g.argument, s.argument) && AllowsAll(general.scope, special.scope) &&
         Within(g.unless_called, s.unless_called) && AllowsWord(g.unless_known, s.unless_known);
}

bool MayMeet(const CanonicalRule& a, const CanonicalRule& b) {
  const Rule& x = a.rule;
  const Rule& y = b.rule;
  return x.errors.empty() == y.errors.empty() && Meet(x.tools, y.tools) &&
         Meet(x.errors, y.errors) && Meet(x.goals, y.goals) &&
         (x.effect.empty() || AllowsWord(y.effect, x.effect));
}

Json NormalThen(const Json& then) {
  Json normal = then;
  if (!normal.is_object()) return normal;
  for (const char* key : {"call_first", "call_after"}) {
    const auto value = normal.find(key);
    if (value != normal.end() && value->is_string()) *value = Json::array({*value});
  }
  return normal;
}

}  // namespace kedge::strategy
