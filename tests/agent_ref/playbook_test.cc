#include "agent_ref/playbook.h"

#include <gtest/gtest.h>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "tests/agent_ref/building.h"
#include "tests/testing/needs.h"

namespace kedge::agent_ref {
namespace {

TEST(Playbook, ReadsParametersAndDefaults) {
  const Playbook defaults = Playbook::FromStrategy(strategy::Strategy::FromLayers("e", {}, {}));
  EXPECT_EQ(defaults.parameters.max_calls, 30);
  EXPECT_EQ(defaults.parameters.explore, 0);
  EXPECT_EQ(defaults.slip_rate, 0);
  const Playbook set = Playbook::FromStrategy(
      With(BuildingStrategy(), {{"set_param", "planner/parameters/explore", 0.25},
                                {"set_param", "model/temperature", 0.5},
                                {"set_param", "retrieval/k", 3}}));
  EXPECT_EQ(set.parameters.explore, 0.25);
  EXPECT_DOUBLE_EQ(set.slip_rate, 0.03);
  EXPECT_EQ(set.retrieval.k, 3);
}

TEST(Playbook, MinSupportSparesRulesThatPeopleLaidDown) {
  const Json rule =
      ParseJson(R"({"text": "t", "when": {"tool": "a"}, "then": {"call_first": "b"}})");
  Json learned = rule;
  learned["sources"] = Json::array({{{"trace", "t1"}}});
  learned["support"] = 2;
  const Playbook playbook =
      Playbook::FromStrategy(With(BuildingStrategy(), {{"add", "hand", rule},
                                                       {"add", "learned", learned},
                                                       {"set_param", "retrieval/min_support", 3}}));
  ASSERT_EQ(playbook.rules.size(), 1u);
  EXPECT_EQ(playbook.rules[0].id, "hand");
}

struct Broken {
  const char* layer;
  const char* yaml;
  const char* expected[2];
};

TEST(Playbook, EveryMistakeNamesFileLineAndField) {
  const Broken cases[] = {
      {"planner", "parameters:\n  explor: 0.1\n", {"planner.yaml:2", "explore"}},
      {"planner", "parameters:\n  explore: 1.5\n", {"planner.yaml:2", "parameters.explore"}},
      {"planner", "parameters: {max_depth: 9}\n", {"planner.yaml:1", "max_depth"}},
      {"planner", "parameters: {asks: 1.5}\n", {"planner.yaml:1", "asks"}},
      {"planner", "types:\n  a: {patern: x}\n", {"planner.yaml:2", "pattern"}},
      {"planner", "types:\n  a: {pattern: '('}\n", {"planner.yaml:2", "types.a.pattern"}},
      {"planner", "types: {a: {}}\n", {"planner.yaml:1", "pattern"}},
      {"planner", "types: {a: {ask: x, fold: title}}\n", {"planner.yaml:1", "lower"}},
      {"planner", "goals:\n- {id: a, tool: t}\n", {"planner.yaml:2", "patterns"}},
      {"planner", "goals:\n- {id: a, patterns: [], tool: t}\n", {"planner.yaml:2", "patterns"}},
      {"planner", "goals:\n- {id: a, patterns: ['['], tool: t}\n", {"goals[0].patterns[0]", ":2"}},
      {"planner", "goals:\n- {id: a, patterns: [x]}\n", {"planner.yaml:2", "tool"}},
      {"planner", "goals:\n- {id: a, patterns: [x], tol: t}\n", {"planner.yaml:2", "tool"}},
      {"planner", "goals:\n- {id: a, patterns: [x], answer: 'x {y'}\n", {"goals[0].answer", "{{"}},
      {"planner",
       "goals:\n- {id: a, patterns: [x], answer: y, arguments: {b: c}}\n",
       {"goals[0].arguments", "tool"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  arguments: {b: {}}\n",
       {"planner.yaml:5", "one of"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  arguments: {b: {value: 1, all: true}}\n",
       {"planner.yaml:5", "type"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  arguments: {b: {choose: []}}\n",
       {"planner.yaml:5", "choice"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  checks: [{require: {type: s}, refuse: "
       "no}]\n",
       {"planner.yaml:5", "exactly one of"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  checks: [{require: {type: s, is: 1, not: "
       "2}, refuse: no}]\n",
       {"planner.yaml:5", "exactly one of"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  checks: [{require: {type: s, in: []}, "
       "refuse: no}]\n",
       {"planner.yaml:5", "at least one"}},
      {"planner",
       "goals:\n- id: a\n  patterns: [x]\n  tool: t\n  checks: [{require: {type: s, is: 1}}]\n",
       {"planner.yaml:5", "refuse"}},
      {"planner", "texts: {failed: '{message'}\n", {"planner.yaml:1", "texts.failed"}},
      {"planner", "texts: {falback: x}\n", {"planner.yaml:1", "fallback"}},
      {"tool_policy", "retry: {unavailable: 11}\n", {"tool_policy.yaml:1", "retry.unavailable"}},
      {"tool_policy", "rate: {t: 0}\n", {"tool_policy.yaml:1", "rate.t"}},
      {"tool_policy", "confirm: write\n", {"tool_policy.yaml:1", "confirm"}},
      {"tool_policy",
       "preconditions:\n- {require: {type: s, is: 1}, refuse: no}\n",
       {"tool_policy.yaml:2", "tool"}},
      {"tool_policy", "argument_sources: {t: {a: {tpye: x}}}\n", {"tool_policy.yaml:1", "type"}},
  };
  for (const Broken& broken : cases) {
    SCOPED_TRACE(broken.yaml);
    kedge::testing::TempFolder folder;
    const std::string file = std::string(broken.layer) + ".yaml";
    kedge::testing::WriteFile(folder.File("strategy.yaml"),
                              "format: kedge-strategy/1\nname: s\nlayers: {" +
                                  std::string(broken.layer) + ": " + file + "}\n");
    kedge::testing::WriteFile(folder.File(file), broken.yaml);
    const strategy::Strategy strategy = strategy::Strategy::Load(folder.path());
    try {
      CheckStrategy(strategy);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      for (const char* expected : broken.expected) {
        EXPECT_NE(std::string(error.what()).find(expected), std::string::npos)
            << "no \"" << expected << "\" in: " << error.what();
      }
    }
  }
}

}  // namespace
}  // namespace kedge::agent_ref
