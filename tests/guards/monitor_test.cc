#include "guards/monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/guards/policies.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

using ::testing::HasSubstr;

constexpr char kTools[] = R"(
version: guards/v1
tools:
  verify: {effect: read, aliases: [auth.verify]}
  look: {effect: read}
  pay:
    effect: external
    group: money
    arguments:
      type: object
      properties: {to: {type: string}, amount: {type: string}}
      required: [to]
      additionalProperties: false
  drop: {effect: write, group: admin}
rules:
)";

std::string WithRule(const std::string& rule) { return kTools + rule; }

constexpr char kVerifyFirst[] = R"(
- id: verify-first
  severity: high
  match: {tool: drop}
  require: {before: {tool: verify, same: /who}}
  message: Verify the customer first
  examples:
    deny: [[{call: drop, args: {who: a}}]]
    allow: [[{result: verify, args: {who: a}}, {call: drop, args: {who: a}}]]
)";

TEST(Guards, BeforeMeansASuccessfulResultForTheSameThing) {
  LoadedPolicy loaded(WithRule(kVerifyFirst));
  Evaluator& guard = loaded.evaluator;
  const Event drop_a = MakeCall("drop", {{"who", "a"}});
  EXPECT_EQ(Summary(guard.Observe(drop_a)), "deny verify-first:deny");
  guard.Observe(MakeCall("verify", {{"who", "a"}}));  // an attempt is not enough
  EXPECT_EQ(Summary(guard.Observe(drop_a)), "deny verify-first:deny");
  guard.Observe(MakeResult("verify", {{"who", "a"}}, true));  // nor is a failure
  EXPECT_EQ(Summary(guard.Observe(drop_a)), "deny verify-first:deny");
  guard.Observe(MakeResult("auth.verify", {{"who", "b"}}));  // nor someone else
  EXPECT_EQ(Summary(guard.Observe(drop_a)), "deny verify-first:deny");
  EXPECT_EQ(Summary(guard.Observe(MakeCall("drop", {{"who", "b"}}))), "allow");  // by alias
  guard.Observe(MakeResult("verify", {{"who", "a"}}));
  EXPECT_EQ(Summary(guard.Observe(drop_a)), "allow");
  guard.Reset();
  EXPECT_EQ(Summary(guard.Observe(drop_a)), "deny verify-first:deny");
}

TEST(Guards, MessagesSayWhatWouldBeAllowed) {
  LoadedPolicy loaded(WithRule(kVerifyFirst));
  const Decision decision = loaded.evaluator.Observe(MakeCall("drop", {{"who", "a"}}));
  EXPECT_EQ(decision.findings[0].message,
            "Verify the customer first: needs a successful verify with the same who before it");
  EXPECT_EQ(decision.findings[0].severity, "high");
}

TEST(Guards, AnAbsentKeyIsAnErrorNotAPass) {
  LoadedPolicy loaded(WithRule(kVerifyFirst));
  loaded.evaluator.Observe(MakeResult("verify", Json::object()));
  const Decision decision = loaded.evaluator.Observe(MakeCall("drop", Json::object()));
  EXPECT_EQ(Summary(decision), "deny verify-first:deny!absent_argument");
  EXPECT_EQ(decision.findings[0].pointer, "/who");
  EXPECT_THAT(decision.findings[0].message, HasSubstr("error:absent_argument"));
}

TEST(Guards, ValuesOfAnotherTypeAreNotTheSame) {
  LoadedPolicy loaded(WithRule(kVerifyFirst));
  loaded.evaluator.Observe(MakeResult("verify", {{"who", 1}}));
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"who", "1"}}))),
            "deny verify-first:deny");
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"who", 1.0}}))), "allow");
}

TEST(Guards, UnknownToolsAndBrokenArgumentsAreDenied) {
  LoadedPolicy loaded(WithRule(kVerifyFirst));
  Evaluator& guard = loaded.evaluator;
  for (const char* name : {"Drop", "drop ", "mcp__x__drop", "", "dro\xCE\xA1"}) {
    EXPECT_EQ(Summary(guard.Observe(MakeCall(name, {{"who", "a"}}))), "deny unknown_tool:deny");
  }
  EXPECT_EQ(Summary(guard.Observe(MakeCall("pay", {{"to", "x"}}))), "allow");
  EXPECT_EQ(Summary(guard.Observe(MakeCall("pay", {{"to", 1}}))), "deny arguments:deny");
  EXPECT_EQ(Summary(guard.Observe(MakeCall("pay", {{"to", "x"}, {"cc", "y"}}))),
            "deny arguments:deny");
  EXPECT_EQ(Summary(guard.Observe(MakeCall("pay", Json()))), "deny arguments:deny");
}

TEST(Guards, TheStrongestVerdictWinsAndAllFindingsAreSorted) {
  LoadedPolicy loaded(WithRule(R"(
- id: b-warned
  severity: critical
  verdict: warn
  match: {tool: drop}
  require: {args: {properties: {why: {type: string}}}}
  examples: {warn: [[{call: drop}]], allow: [[{call: drop, args: {why: x}}]]}
- id: a-asked
  severity: low
  verdict: ask
  match: {tool_group: admin}
  require: {args: {properties: {why: {type: string}}}}
  examples: {ask: [[{call: drop}]], allow: [[{call: drop, args: {why: x}}]]}
- id: c-asked
  severity: critical
  verdict: ask
  match: {effect: write}
  require: {args: {properties: {why: {type: string}}}}
  examples: {ask: [[{call: drop}]], allow: [[{call: drop, args: {why: x}}]]}
- id: d-watched
  severity: high
  mode: shadow
  match: {effect: write}
  require: {args: {properties: {why: {type: string}}}}
  examples: {deny: [[{call: drop}]], allow: [[{call: drop, args: {why: x}}]]}
)"));
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {}))),
            "ask b-warned:warn c-asked:ask d-watched:warn? a-asked:ask");
}

TEST(Guards, ShadowRecordsButNeverChangesTheVerdict) {
  LoadedPolicy loaded(R"(
version: guards/v1
defaults: {mode: shadow}
tools: {drop: {effect: write}}
rules:
- id: never
  severity: critical
  match: {tool: drop}
  require: {at_most: {n: 1, per: session, same: /who}}
  examples:
    deny: [[{call: drop, args: {who: a}}, {call: drop, args: {who: a}}]]
    allow: [[{call: drop, args: {who: a}}]]
)");
  loaded.evaluator.Observe(MakeCall("drop", {{"who", "a"}}));
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"who", "a"}}))),
            "allow never:warn?");
  // Not even by an evaluation error.
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", Json::object()))),
            "allow never:warn!absent_argument?");
}

TEST(Guards, NothingComesAfterTheBarrier) {
  LoadedPolicy loaded(WithRule(R"(
- id: silence
  severity: high
  match: {event: tool_call}
  forbid: {after: {tool: drop}}
  examples:
    deny: [[{result: drop}, {call: look}]]
    allow: [[{call: drop}, {result: drop, error: true}, {call: look}]]
)"));
  Evaluator& guard = loaded.evaluator;
  EXPECT_EQ(Summary(guard.Observe(MakeCall("drop", {}))), "allow");
  guard.Observe(MakeResult("drop", {}, true));
  EXPECT_EQ(Summary(guard.Observe(MakeCall("look", {}))), "allow");
  guard.Observe(MakeResult("drop", {}));
  EXPECT_EQ(Summary(guard.Observe(MakeCall("look", {}))), "deny silence:deny");
  EXPECT_EQ(Summary(guard.Observe(MakeCall("nobody knows", {}))),
            "deny silence:deny unknown_tool:deny");
}

TEST(Guards, CountsAttemptsOrSuccesses) {
  LoadedPolicy loaded(WithRule(R"(
- id: tries
  severity: low
  match: {tool: look}
  require: {at_most: {n: 2, per: session, same: [tool, args]}}
  examples:
    deny: [[{call: look}, {call: look}, {call: look}]]
    allow: [[{call: look, args: {a: 1}}, {call: look, args: {a: 2}}, {call: look, args: {a: 3}}]]
- id: done-once
  severity: high
  match: {tool: drop}
  require: {at_most: {n: 1, per: session, of: successes}}
  examples:
    deny: [[{result: drop}, {call: drop}]]
    allow: [[{call: drop}, {result: drop, error: true}, {call: drop}]]
)"));
  Evaluator& guard = loaded.evaluator;
  const Event look = MakeCall("look", {{"b", 1}, {"a", Json::array({1, 2})}});
  EXPECT_EQ(Summary(guard.Observe(look)), "allow");
  guard.Observe(MakeResult("look", look.arguments));
  EXPECT_EQ(Summary(guard.Observe(look)), "allow");
  EXPECT_EQ(Summary(guard.Observe(look)), "deny tries:deny");
  EXPECT_EQ(Summary(guard.Observe(MakeCall("look", {{"b", 2}}))), "allow");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Summary(guard.Observe(MakeCall("drop", {}))), "allow");
  guard.Observe(MakeResult("drop", {}, true));
  EXPECT_EQ(Summary(guard.Observe(MakeCall("drop", {}))), "allow");
  guard.Observe(MakeResult("drop", {}));
  EXPECT_EQ(Summary(guard.Observe(MakeCall("drop", {}))), "deny done-once:deny");
}

constexpr char kSum[] = R"(
- id: budget
  severity: high
  match: {tool: drop}
  require: {at_most: {sum: 'args:/amount', max: '1.00', per: session}}
  examples:
    deny: [[{call: drop, args: {amount: '1.01'}}]]
    allow: [[{call: drop, args: {amount: '1.00'}}]]
)";

TEST(Guards, SumsAreExact) {
  LoadedPolicy loaded(WithRule(kSum));
  for (int i = 0; i < 10; ++i) {  // ten times 0.1 is 0.9999999999999999 in doubles
    EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"amount", 0.1}}))), "allow");
  }
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"amount", "0.000001"}}))),
            "deny budget:deny");
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"amount", 0}}))),
            "deny budget:deny");  // the attempt above counts
}

TEST(Guards, AmountsThatCannotBeAddedAreErrors) {
  LoadedPolicy loaded(WithRule(kSum));
  for (const Json& amount : {Json("-5"), Json(-1), Json("1e1"), Json("a lot"), Json(true), Json(),
                             Json("99999999999999999999"), Json(0.1234567)}) {
    EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"amount", amount}}))),
              "deny budget:deny!bad_amount")
        << amount;
  }
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", Json::object()))),
            "deny budget:deny!absent_argument");
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"amount", "1"}}))), "allow");
}

TEST(Guards, ConfirmationIsTheUsersAnswerToTheLastMessage) {
  LoadedPolicy loaded(WithRule(R"(
- id: confirmed
  severity: high
  verdict: ask
  match: {tool: drop}
  require: {latest: {event: user_message, since: last_assistant_message, matches: '(?i)^(yes|ok)\b'}}
  examples:
    ask: [[{user: 'yes'}, {assistant: 'sure?'}, {call: drop}]]
    allow: [[{assistant: 'sure?'}, {user: 'Yes.'}, {call: drop}]]
)"));
  Evaluator& guard = loaded.evaluator;
  const Event drop = MakeCall("drop", {});
  EXPECT_EQ(Summary(guard.Observe(drop)), "ask confirmed:ask");
  guard.Observe(MakeMessage(EventType::kUserMessage, "yes, and more"));
  EXPECT_EQ(Summary(guard.Observe(drop)), "allow");
  guard.Observe(MakeMessage(EventType::kUserMessage, "yesterday I said no"));
  EXPECT_EQ(Summary(guard.Observe(drop)), "ask confirmed:ask");
  guard.Observe(MakeMessage(EventType::kUserMessage, "OK"));
  EXPECT_EQ(Summary(guard.Observe(drop)), "allow");
  guard.Observe(MakeMessage(EventType::kAssistantMessage, "really?"));
  EXPECT_EQ(Summary(guard.Observe(drop)), "ask confirmed:ask");
}

TEST(Guards, RequiredArgumentsMustBeThereUnlessOptional) {
  LoadedPolicy loaded(WithRule(R"(
- id: shape
  severity: high
  match: {tool: drop}
  require:
    args:
      properties:
        table: {type: string, pattern: '^tmp_'}
        why: {type: string, maxLength: 5, optional: true}
        rows: {type: array, optional: true, items: {properties: {id: {type: integer}}}}
  examples: {deny: [[{call: drop}]], allow: [[{call: drop, args: {table: tmp_x}}]]}
)"));
  const auto verdict = [&](const char* arguments) {
    return Summary(loaded.evaluator.Observe(MakeCall("drop", Json::parse(arguments))));
  };
  EXPECT_EQ(verdict(R"({"table":"tmp_1","why":"short","extra":1})"), "allow");
  EXPECT_EQ(verdict(R"({"table":"x_tmp_1"})"), "deny shape:deny");
  EXPECT_EQ(verdict(R"({"table":"tmp_1","why":"longer"})"), "deny shape:deny");
  EXPECT_EQ(verdict(R"({"why":"short"})"), "deny shape:deny");
  EXPECT_EQ(verdict(R"({"table":"tmp_1","rows":[{"id":1}]})"), "allow");
  EXPECT_EQ(verdict(R"({"table":"tmp_1","rows":[{}]})"), "deny shape:deny");
}

TEST(Guards, LeavingAnArgumentOutDoesNotEvadeAMatch) {
  LoadedPolicy loaded(WithRule(R"(
- id: big-needs-look
  severity: high
  match: {tool: drop, args: {properties: {rows: {not: {maximum: 10}}}}}
  require: {before: {tool: look}}
  examples:
    deny: [[{call: drop, args: {rows: 11}}]]
    allow: [[{result: look}, {call: drop, args: {rows: 11}}], [{result: look}, {call: drop}]]
)"));
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"rows", 10}}))), "allow");
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"rows", 11}}))),
            "deny big-needs-look:deny");
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", Json::object()))),
            "deny big-needs-look:deny");
}

TEST(Guards, PolicyIsSharedByThreads) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("p.yaml"), WithRule(kVerifyFirst));
  const auto policy = Policy::Load(folder.File("p.yaml"));
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([&, t] {
        Monitor monitor(policy);
        for (int i = 0; i < 300; ++i) {
          monitor.Reset();
          const Json who = {{"who", std::to_string(t) + ":" + std::to_string(i)}};
          wrong[t] += monitor.Observe(MakeCall("drop", who)).verdict != Verdict::kDeny;
          monitor.Observe(MakeResult("verify", who));
          wrong[t] += monitor.Observe(MakeCall("drop", who)).verdict != Verdict::kAllow;
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Guards, DigestNamesTheRulesNotTheirSpelling) {
  const auto digest = [](const std::string& yaml) {
    return ReadPolicy(Document::FromYaml(yaml, "p.yaml"), ".")->digest;
  };
  const std::string base = WithRule(kVerifyFirst);
  std::string commented = base;
  commented.insert(0, "# a comment\n");
  std::string changed = base;
  changed.replace(changed.find("severity: high"), 14, "severity: info");
  EXPECT_EQ(digest(base), digest(commented));
  EXPECT_NE(digest(base), digest(changed));
}

TEST(Guards, RuleIdsListTheBuiltInOnesLast) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("p.yaml"), WithRule(kVerifyFirst));
  const auto policy = Policy::Load(folder.File("p.yaml"));
  EXPECT_EQ(policy->rule_ids(),
            (std::vector<std::string>{"verify-first", "arguments", "event", "unknown_tool"}));
  EXPECT_TRUE(policy->hard_rule_ids().empty());
}

TEST(Guards, ExamplesMayBeFilesBesideThePolicy) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("ex/bad.json"), R"([{"call":"drop","args":{"who":"a"}}])");
  testing::WriteFile(folder.File("ex/good.yaml"),
                     "- {result: verify, args: {who: a}}\n- {call: drop, args: {who: a}}\n");
  testing::WriteFile(folder.File("p.yaml"), WithRule(R"(
- id: verify-first
  severity: high
  match: {tool: drop}
  require: {before: {tool: verify, same: /who}}
  examples: {deny: [ex/bad.json], allow: [ex/good.yaml]}
)"));
  EXPECT_NO_THROW(Policy::Load(folder.File("p.yaml")));
  testing::WriteFile(folder.File("ex/bad.json"), R"([{"call":"drop","who":"a"}])");
  try {
    Policy::Load(folder.File("p.yaml"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("ex/bad.json"));
    EXPECT_THAT(error.what(), HasSubstr("who"));
  }
}

}  // namespace
}  // namespace kedge::guards
