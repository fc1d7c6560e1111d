#include "harness/strategy/rule_relations.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/core/random.h"

namespace kedge::strategy {
namespace {

ScopedRule Scoped(const std::string& json, std::vector<std::string> scope = {}) {
  return {ParseRule(Document::FromJson(json, "rule.json").root()), std::move(scope)};
}

std::string KindOf(const std::string& a, const std::string& b) {
  const auto conflict = Contradiction(Scoped(a), Scoped(b));
  const auto turned = Contradiction(Scoped(b), Scoped(a));
  EXPECT_EQ(conflict.has_value(), turned.has_value()) << a << " " << b;
  if (!conflict) return "";
  EXPECT_EQ(conflict->kind, turned->kind);
  EXPECT_FALSE(conflict->about.empty());
  return std::string(ToString(conflict->kind));
}

TEST(RuleRelations, WhatContradicts) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {R"({"when": {"tool": "pay"}, "then": {"confirm": true}})",
       R"({"when": {"effect": "write"}, "then": {"confirm": false}})", "opposite_action"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"on_error": "stop"}})",
       R"({"when": {"tool": ["pay", "sell"], "error": ["busy", "late"]}, "then": {"recover": "wait"}})",
       "opposite_action"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"stop": "No."}})",
       R"({"when": {"error": "busy"}, "then": {"on_error": "retry"}})", "opposite_action"},
      {R"({"when": {"tool": "pay", "argument": "to"}, "then": {"prefer": "user"}})",
       R"({"when": {"argument": "to"}, "then": {"prefer": "tool:find"}})", "opposite_action"},
      {R"({"when": {"tool": "pay"}, "then": {"call_first": "look"}})",
       R"({"when": {"tool": "look"}, "then": {"call_first": "pay"}})", "inverted_order"},
      {R"({"when": {"tool": "pay"}, "then": {"call_after": "look"}})",
       R"({"when": {"tool": "look"}, "then": {"call_after": ["rest", "pay"]}})", "inverted_order"},
      {R"({"when": {"tool": "pay"}, "then": {"call_first": "look"}})",
       R"({"when": {"tool": "pay"}, "then": {"call_after": "look"}})", "inverted_order"},
      {R"({"when": {"tool": "pay"}, "then": {"call_first": "look"}})",
       R"({"when": {"tool": "look"}, "then": {"stop": "Never look."}})", "forbidden_helper"},
      {R"({"when": {"tool": "pay"}, "then": {"set": {"way": "cash"}}})",
       R"({"when": {"tool": "pay"}, "then": {"set": {"way": "card", "fast": true}}})",
       "opposite_action"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"set": {"way": "cash"}}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"on_error": "stop"}})",
       "opposite_action"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"instead": "sell"}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"on_error": "stop"}})",
       "opposite_action"},
      {R"({"when": {"tool": "pay"}, "then": {"avoid": "look"}})",
       R"({"when": {"tool": "pay"}, "then": {"call_first": "look"}})", "forbidden_helper"},
      {R"({"when": {"tool": "pay"}, "then": {"avoid": "look"}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"recover": "look"}})",
       "forbidden_helper"},
      {R"({"when": {"tool": "pay", "seen": {"n": {"at_least": 3}}}, "then": {"set": {"way": "cash"}}})",
       R"({"when": {"tool": "pay", "seen": {"n": {"at_most": 3}}}, "then": {"set": {"way": "card"}}})",
       "opposite_action"},
  };
  for (const auto& [a, b, kind] : cases) EXPECT_EQ(KindOf(a, b), kind) << a << " " << b;
}

TEST(RuleRelations, WhatCanBothBeFollowed) {
  const std::pair<const char*, const char*> cases[] = {
      // other tools, errors, goals, effects
      {R"({"when": {"tool": "pay"}, "then": {"confirm": true}})",
       R"({"when": {"tool": "look"}, "then": {"confirm": false}})"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"on_error": "stop"}})",
       R"({"when": {"tool": "pay", "error": "late"}, "then": {"on_error": "retry"}})"},
      {R"({"when": {"effect": "read"}, "then": {"confirm": true}})",
       R"({"when": {"effect": "write"}, "then": {"confirm": false}})"},
      {R"({"when": {"tool": "pay", "goal": "a"}, "then": {"call_first": "look"}})",
       R"({"when": {"tool": "look", "goal": "b"}, "then": {"call_first": "pay"}})"},
      // two ways out are tried in turn, and so are two values
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"set": {"way": "cash"}}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"set": {"way": "card"}}})"},
      {R"({"when": {"tool": "pay"}, "then": {"set": {"way": "cash"}}})",
       R"({"when": {"tool": "pay"}, "then": {"set": {"fast": true}}})"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"recover": "wait"}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"recover": "look"}})"},
      {R"({"when": {"tool": "pay", "error": "busy"}, "then": {"on_error": "retry"}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"recover": "look"}})"},
      // one order said twice
      {R"({"when": {"tool": "pay"}, "then": {"call_first": "look"}})",
       R"({"when": {"tool": "look"}, "then": {"call_after": "pay"}})"},
      {R"({"when": {"tool": "pay"}, "then": {"call_first": "look"}})",
       R"({"when": {"tool": "pay"}, "then": {"call_first": "ask"}})"},
      // an exception to a wider rule, and cases that exclude each other
      {R"({"when": {"tool": "pay"}, "then": {"avoid": "look"}})",
       R"({"when": {"effect": "write"}, "then": {"call_first": "look"}})"},
      {R"({"when": {"tool": "pay", "seen": {"kind": "a"}}, "then": {"avoid": "look"}})",
       R"({"when": {"tool": "pay", "error": "busy"}, "then": {"recover": "look"}})"},
      {R"({"when": {"tool": "pay"}, "then": {"avoid": "look"}})",
       R"({"when": {"tool": "pay"}, "then": {"call_first": "ask"}})"},
      {R"({"when": {"tool": "pay", "seen": {"n": {"at_least": 3}}}, "then": {"set": {"way": "cash"}}})",
       R"({"when": {"tool": "pay", "seen": {"n": {"at_most": 2}}}, "then": {"set": {"way": "card"}}})"},
      {R"({"when": {"tool": "pay", "seen": {"kind": "a"}}, "then": {"stop": "Never."}})",
       R"({"when": {"tool": "sell"}, "then": {"call_first": "pay"}})"},
      // a prohibition until something was done, and its remedy
      {R"({"when": {"tool": "pay"}, "then": {"stop": "Not yet."}, "unless": {"called": "look"}})",
       R"({"when": {"tool": "sell"}, "then": {"call_first": "pay"}})"},
      {R"({"when": {"tool": "pay", "argument": "to"}, "then": {"prefer": "user"}})",
       R"({"when": {"tool": "pay", "argument": "sum"}, "then": {"prefer": "ask"}})"},
      {R"({"when": {"tool": "pay", "argument": "to", "error": "e"}, "then": {"prefer": "user"}})",
       R"({"when": {"argument": "to", "error": "e"}, "then": {"prefer": "tool:find"}})"},
  };
  for (const auto& [a, b] : cases) EXPECT_EQ(KindOf(a, b), "") << a << " " << b;
}

TEST(RuleRelations, ScopesKeepRulesApart) {
  const auto rule = [](const char* goal, std::vector<std::string> scope, const char* confirm) {
    return Scoped(std::string(R"({"when": {"tool": "pay", "goal": ")") + goal +
                      R"("}, "then": {"confirm": )" + confirm + "}}",
                  std::move(scope));
  };
  EXPECT_TRUE(Contradiction(rule("a", {}, "true"), rule("a", {"pay"}, "false")));
  EXPECT_FALSE(Contradiction(rule("a", {"b"}, "true"), rule("a", {}, "false")));
}

TEST(RuleRelations, TheSymbolicFormLeavesOutOrderAndWords) {
  EXPECT_EQ(SymbolicForm(Scoped(R"({"when": {"tool": ["b", "a", "b"]}, "then": {"stop": "No."}})")),
            SymbolicForm(Scoped(R"({"when": {"tool": ["a", "b"]}, "then": {"stop": "Never!"}})")));
  EXPECT_NE(SymbolicForm(Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": ["b", "c"]}})")),
            SymbolicForm(Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": ["c", "b"]}})")));
  EXPECT_NE(SymbolicForm(Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": "b"}})", {"a"})),
            SymbolicForm(Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": "b"}})")));
}

TEST(RuleRelations, ACaseIsImpliedByAWiderCase) {
  const auto wide =
      Scoped(R"({"when": {"tool": "a", "seen": {"k": ["x", "y"]}}, "then": {"call_first": "c"}})");
  const auto narrow = Scoped(
      R"({"when": {"tool": "a", "seen": {"k": "x", "n": {"at_most": 2}}}, "then": {"call_first": "c"}})");
  const auto always = Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": "c"}})");
  EXPECT_TRUE(Implies(wide, narrow));
  EXPECT_TRUE(Implies(always, wide));
  EXPECT_FALSE(Implies(narrow, wide));
  EXPECT_FALSE(Implies(wide, always));
  EXPECT_NE(SymbolicForm(wide), SymbolicForm(always));
}

TEST(RuleRelations, TheGeneralRuleImpliesTheSpecialOne) {
  const auto general = Scoped(R"({"when": {"tool": ["a", "b"]}, "then": {"call_first": "c"}})");
  const auto special = Scoped(
      R"({"when": {"tool": "a", "goal": "g"}, "then": {"call_first": "c"}, "unless": {"called": "d"}})");
  EXPECT_TRUE(Implies(general, special));
  EXPECT_FALSE(Implies(special, general));
  EXPECT_FALSE(Implies(general, Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": "d"}})")));
  // An `unless` of its own makes the general rule silent where the special one speaks.
  EXPECT_FALSE(Implies(
      Scoped(R"({"when": {"tool": "a"}, "then": {"call_first": "c"}, "unless": {"known": "x"}})"),
      special));
  // One speaks after an error, the other never does.
  EXPECT_FALSE(
      Implies(Scoped(R"({"when": {"tool": "a"}, "then": {"stop": "No."}})"),
              Scoped(R"({"when": {"tool": "a", "error": "e"}, "then": {"stop": "No."}})")));
}

std::string Drawn(Random& random, const std::vector<std::string>& choices) {
  return choices[random.Below(choices.size())];
}

ScopedRule DrawRule(Random& random) {
  static const std::vector<std::string> kTools = {"a", "b", "c"};
  Json when = {{"tool", Drawn(random, kTools)}};
  Json then;
  switch (random.Below(6)) {
    case 0:
      then = {{"call_first", Drawn(random, kTools)}};
      break;
    case 1:
      then = {{"call_after", Drawn(random, kTools)}};
      break;
    case 2:
      when["error"] = Drawn(random, {"e", "f"});
      then = {{"recover", Drawn(random, kTools)}};
      break;
    case 3:
      when["error"] = Drawn(random, {"e", "f"});
      then = {{"on_error", Drawn(random, {"retry", "stop"})}};
      break;
    case 4:
      then = {{"confirm", random.Below(2) == 0}};
      break;
    default:
      then = {{"stop", "No."}};
  }
  if (random.Below(3) == 0) when["goal"] = Drawn(random, {"g", "h"});
  Json rule = {{"when", when}, {"then", then}};
  if (random.Below(4) == 0) rule["unless"] = {{"called", Drawn(random, kTools)}};
  return Scoped(DumpJson(rule));
}

TEST(RuleRelations, HoldOnRandomRules) {
  Random random(5);
  std::set<ConflictKind> seen;
  for (int i = 0; i < 20'000; ++i) {
    const ScopedRule a = DrawRule(random);
    const ScopedRule b = DrawRule(random);
    const ScopedRule c = DrawRule(random);
    EXPECT_TRUE(Implies(a, a));
    EXPECT_EQ(MayMeet(a, b), MayMeet(b, a));
    const auto conflict = Contradiction(a, b);
    EXPECT_EQ(conflict.has_value(), Contradiction(b, a).has_value());
    if (conflict) seen.insert(conflict->kind);
    // Each speaks where the other does, and alike: then they are one rule.
    const bool same = Implies(a, b) && Implies(b, a);
    EXPECT_EQ(same, SymbolicForm(a) == SymbolicForm(b));
    if (Implies(a, b)) {
      EXPECT_TRUE(MayMeet(a, b));
      EXPECT_EQ(SymbolicThen(a.rule), SymbolicThen(b.rule));
      if (Implies(b, c)) {
        EXPECT_TRUE(Implies(a, c));
      }
    }
  }
  EXPECT_EQ(seen.size(), 3U);
}

}  // namespace
}  // namespace kedge::strategy
