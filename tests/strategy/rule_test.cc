#include "harness/strategy/rule.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::strategy {
namespace {

Rule Parse(const std::string& json) {
  return ParseRule(Document::FromJson(json, "rule.json").root());
}

std::string ErrorOf(const std::string& json) {
  try {
    Parse(json);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Rule, EveryWordIsRead) {
  const Rule rule = Parse(R"({
      "when": {"tool": ["a", "b"], "effect": "write", "argument": "badge_id", "goal": "enter"},
      "then": {"call_first": ["c", "d"]},
      "unless": {"called": "e", "known": "door_id"}})");
  Rule expected;
  expected.tools = {"a", "b"};
  expected.effect = "write";
  expected.argument = "badge_id";
  expected.goals = {"enter"};
  expected.action = RuleAction::kCallFirst;
  expected.helpers = {"c", "d"};
  expected.unless_called = {"e"};
  expected.unless_known = "door_id";
  EXPECT_EQ(rule, expected);
}

TEST(Rule, EveryActionIsRead) {
  const auto action = [](const std::string& when, const std::string& then) {
    return Parse("{\"when\": " + when + ", \"then\": " + then + "}").action;
  };
  const std::string tool = R"({"tool": "a"})";
  const std::string error = R"({"tool": "a", "error": ["x", "y"]})";
  EXPECT_EQ(action(tool, R"({"call_after": "b"})"), RuleAction::kCallAfter);
  EXPECT_EQ(action(error, R"({"recover": "b"})"), RuleAction::kRecover);
  EXPECT_EQ(action(error, R"({"on_error": "retry"})"), RuleAction::kRetry);
  EXPECT_EQ(action(error, R"({"on_error": "stop"})"), RuleAction::kGiveUp);
  EXPECT_EQ(action(R"({"argument": "t"})", R"({"prefer": "tool:b"})"), RuleAction::kPrefer);
  EXPECT_EQ(action(R"({"argument": "t", "error": "x"})", R"({"prefer": "message"})"),
            RuleAction::kPrefer);
  EXPECT_EQ(action(R"({"tool": "a", "argument": "t", "error": "x", "seen": {"f": 1}})",
                   R"({"prefer": "tool:b"})"),
            RuleAction::kPrefer);
  EXPECT_EQ(action("{}", R"({"confirm": true})"), RuleAction::kConfirm);
  EXPECT_EQ(action(error, R"({"stop": "no"})"), RuleAction::kStop);
  EXPECT_EQ(action(tool, R"({"set": {"b": "c"}})"), RuleAction::kSet);
  EXPECT_EQ(action(tool, R"({"avoid": ["b", "c"]})"), RuleAction::kAvoid);
  EXPECT_EQ(action(error, R"({"instead": "b"})"), RuleAction::kInstead);
  EXPECT_EQ(action(error, R"({"set": {"b": true, "c": 3}})"), RuleAction::kSet);
  EXPECT_EQ(Parse(R"({"when": {"tool": "a"}, "then": {"set": {"b": 1.5}}})").settings,
            (Json{{"b", 1.5}}));
}

TEST(Rule, TestsOfValuesAreRead) {
  const Rule rule = Parse(R"({
      "when": {"tool": "a", "arguments": {"n": {"at_least": 2}}, "seen": {"zone": ["x", "y"]}},
      "then": {"stop": "no"}})");
  EXPECT_TRUE(Pass(rule.arguments, Json{{"n", 2}}));
  EXPECT_FALSE(Pass(rule.arguments, Json{{"n", 1}}));
  EXPECT_TRUE(Pass(rule.seen, Json{{"zone", "y"}}));
  EXPECT_FALSE(Pass(rule.seen, Json{{"zone", "z"}}));
}

TEST(Rule, WhatIsNotUnderstoodIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"when": {"tol": "a"}, "then": {"call_first": "b"}})", "tool"},
      {R"({"when": {"tool": "a"}, "then": {"call_frist": "b"}})", "call_first"},
      {R"({"when": {"tool": "a"}, "then": {"stop": "x", "confirm": true}})", "exactly one"},
      {R"({"when": {"tool": "a"}, "then": {}})", "exactly one"},
      {R"({"when": {"tool": []}, "then": {"stop": "x"}})", "at least one"},
      {R"({"when": {"tool": 7}, "then": {"stop": "x"}})", "when.tool"},
      {R"({"when": {}, "then": {"stop": "x"}})", "always"},
      {R"({"when": {"tool": "a"}, "then": {"recover": "b"}})", "when.error"},
      {R"({"when": {"tool": "a", "error": "e"}, "then": {"call_first": "b"}})", "when.error"},
      {R"({"when": {"tool": "a"}, "then": {"prefer": "user"}})", "when.argument"},
      {R"({"when": {"argument": "a"}, "then": {"prefer": "memory"}})", "tool:NAME"},
      {R"({"when": {"argument": "a"}, "then": {"prefer": "message"}})", "when.error"},
      {R"({"when": {"effect": "delete"}, "then": {"confirm": true}})", "when.effect"},
      {R"({"when": {"tool": "a"}, "then": {"confirm": "yes"}})", "then.confirm"},
      {R"({"when": {"error": "e"}, "then": {"set": {"b": 1}}})", "when.tool"},
      {R"({"when": {"tool": "a"}, "then": {"set": {}}})", "at least one argument"},
      {R"({"when": {"tool": "a"}, "then": {"set": {"b": [1]}}})", "then.set.b"},
      {R"({"when": {"tool": "a"}, "then": {"set": {"b": null}}})", "then.set.b"},
      {R"({"when": {"tool": "a"}, "then": {"set": "b"}})", "then.set"},
      {R"({"when": {"tool": "a"}, "then": {"stop": "x"}, "unless": {"call": "b"}})", "called"},
      {R"({"when": {"effect": "write"}, "then": {"avoid": "b"}})", "when.tool"},
      {R"({"when": {"tool": "a"}, "then": {"instead": "b"}})", "when.error"},
      {R"({"when": {"error": "e"}, "then": {"instead": "b"}})", "when.tool"},
      {R"({"when": {"goal": "g", "seen": {"a": 1}}, "then": {"stop": "x"}})", "when.tool"},
      {R"({"when": {"tool": "a", "seen": {}}, "then": {"stop": "x"}})", "when.seen"},
      {R"({"when": {"tool": "a", "arguments": {"n": {"at_lest": 1}}}, "then": {"stop": "x"}})",
       "at_least"},
      {R"({"when": {"tool": "a", "argument": "b", "seen": {"c": 1}}, "then": {"prefer": "user"}})",
       "prefer"},
      {R"({"then": {"stop": "x"}})", "when"},
      {R"({"when": {"tool": "a"}})", "then"},
  };
  for (const auto& [json, expected] : cases) {
    EXPECT_NE(ErrorOf(json).find(expected), std::string::npos)
        << json << " gave: " << ErrorOf(json);
  }
}

TEST(Guideline, NotUnderstoodMeansQuarantined) {
  const auto status = [](const char* json) {
    return GuidelineFromJson(ParseJson(json), "import").status;
  };
  EXPECT_EQ(status(R"({"id": "a", "text": "t"})"), "quarantined");
  EXPECT_EQ(status(R"({"id": "a", "text": "t", "when": {"tool": "x"}, "then": {"stop": "y"}})"),
            "active");
  EXPECT_EQ(status(R"({"id": "a", "text": "t", "status": "active", "when": {"tool": "x"},
                       "then": {"delete": "y"}})"),
            "quarantined");
  EXPECT_THROW(status(R"({"id": "a", "text": "t", "trust": 1})"), Error);
}

TEST(Guideline, JsonRoundTrip) {
  const Guideline guideline = GuidelineFromJson(ParseJson(R"({
      "id": "a", "status": "retired", "text": "t", "when": {"tool": "x"}, "then": {"stop": "y"},
      "unless": {"called": "z"}, "scope": ["x"], "support": 3, "evidence": {"n": 4},
      "validation": {"gain": 0.5},
      "sources": [{"trace": "t1", "steps": [3, 1], "outcome": "failure", "trust": "untrusted",
                   "principal": "p", "family": "f"}]})"),
                                                "test");
  EXPECT_EQ(GuidelineFromJson(ToJson(guideline), "test"), guideline);
  EXPECT_EQ(guideline.sources[0].trust, "untrusted");
  EXPECT_EQ(guideline.sources[0].steps, (std::vector<int>{3, 1}));
}

}  // namespace
}  // namespace kedge::strategy
