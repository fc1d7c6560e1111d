// Where values come from, words that an error's message quotes, and other tools in place of one
// that fails: rules that say so, exploration that tries it, and what a learner makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent_ref/learner.h"
#include "agent_ref/quoted_words.h"
#include "agent_ref/reference_agent.h"
#include "agent_ref/source_findings.h"
#include "agent_ref/value_source.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kOpenTheLab[] = "I am Ann. Please open the chemistry lab.";

Operation NewRule(const std::string& id, const char* when, const char* then) {
  return {"add", id, {{"text", id}, {"when", ParseJson(when)}, {"then", ParseJson(then)}}};
}

BuildingRules PlainRules() {
  BuildingRules rules;
  rules.show_badge = rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  return rules;
}

BuildingRules MovedDoors(bool found_everywhere = true) {
  BuildingRules rules = PlainRules();
  rules.moved_doors = true;
  rules.found_everywhere = found_everywhere;
  return rules;
}

BuildingRules Reasons(const std::string& reason) {
  BuildingRules rules = PlainRules();
  rules.reason = reason;
  return rules;
}

BuildingRules StuckDoors() {
  BuildingRules rules = PlainRules();
  rules.stuck_doors = true;
  return rules;
}

Strategy TryingAll(const Strategy& parent) {
  return With(parent, {{"set_param", "planner/parameters/explore_on_error", 1},
                       {"set_param", "planner/parameters/explore_tries", 14},
                       {"set_param", "planner/parameters/explore_retries", 1},
                       {"set_param", "planner/parameters/explore_sources", 1},
                       {"set_param", "planner/parameters/explore_words", 1},
                       {"set_param", "planner/parameters/explore_instead", 1}});
}

// The values of one argument in the calls of open_door; "-" where it was left out.
std::vector<std::string> Sent(const std::vector<trace::Step>& steps, const std::string& argument) {
  std::vector<std::string> values;
  for (const trace::Step& step : steps) {
    if (step.kind == trace::StepKind::kToolCall && step.call.name == "open_door") {
      values.push_back(step.call.arguments.value(argument, "-"));
    }
  }
  return values;
}

std::vector<std::string> Chosen(const Building& building, const std::string& point) {
  std::vector<std::string> chosen;
  for (const trace::Decision& decision : building.Decisions(point)) {
    chosen.push_back(decision.chosen);
  }
  return chosen;
}

TEST(QuotedWords, AreWhatStandsInQuotesAndNumbersThatStandAlone) {
  EXPECT_THAT(QuotedWords(R"(Say "a b", 'c' or `d` 3 times, at most 2.5.)"),
              ElementsAre("a b", "c", "d", "3", "2.5"));
  EXPECT_THAT(QuotedWords("It's Ann's; don't 'go on'"), ElementsAre("go on"));
  EXPECT_THAT(QuotedWords("PAR-12345, v2, 12:30 and 2026-01-02 are names"), IsEmpty());
  EXPECT_THAT(QuotedWords(R"("x" and "x" again, "open)"), ElementsAre("x"));
}

TEST(QuotedWords, AreDataOfABoundedSize) {
  EXPECT_THAT(QuotedWords("'" + std::string(65, 'a') + "' \"a\nb\" \"\xff\" \"\""), IsEmpty());
  EXPECT_THAT(QuotedWords("'" + std::string(64, 'a') + "'"), ElementsAre(std::string(64, 'a')));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "'w" + std::to_string(i) + "' ";
  EXPECT_EQ(QuotedWords(many).size(), 16u);
}

TEST(ValueSource, AChoiceIsReadAsItWasWritten) {
  const auto taken = TakenIn(TakeChoice({"t", "a", "tool:u"}));
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->tool, "t");
  EXPECT_EQ(taken->argument, "a");
  EXPECT_EQ(taken->source, "tool:u");
  EXPECT_FALSE(TakenIn("call u").has_value());
  EXPECT_FALSE(TakenIn("take a of t").has_value());
  EXPECT_TRUE(IsKept(KeepChoice("t", "a")));
  EXPECT_EQ(ToolOfSource("tool:u"), "u");
  EXPECT_EQ(ToolOfSource("user"), "");
}

TEST(Sources, ARuleTakesAnArgumentFromElsewhereAfterAnError) {
  Building building(MovedDoors(), 1);
  const auto end =
      Say(With(BuildingStrategy(), {NewRule("find", R"({"tool": "open_door", "argument": "door_id",
                                    "error": "no_such_door"})",
                                            R"({"prefer": "tool:find_door"})")}),
          building, kOpenTheLab);
  EXPECT_THAT(Sent(building.steps, "door_id"), ElementsAre("O2", "D2"));
  EXPECT_THAT(Chosen(building, "retry"),
              ElementsAre("take door_id of open_door from tool:find_door"));
  EXPECT_THAT(building.Decisions("retry")[0].fired_rules, ElementsAre("find"));
  EXPECT_THAT(end.final_text, HasSubstr("Door D2 is open")) << "what was opened is told";
}

TEST(Sources, AValueFromElsewhereThatDoesNotHelpIsTakenBack) {
  Building building(MovedDoors(), 1);
  Say(With(BuildingStrategy(),
           {NewRule("plan",
                    R"({"tool": "open_door", "argument": "door_id", "error": "no_such_door"})",
                    R"({"prefer": "tool:draw_plan"})"),
            NewRule("badge", R"({"argument": "badge_id", "error": "no_such_door"})",
                    R"({"prefer": "tool:get_badge"})"),
            NewRule("find", R"({"argument": "door_id", "error": "no_such_door"})",
                    R"({"prefer": "tool:find_door"})")}),
      building, kOpenTheLab);
  EXPECT_THAT(Sent(building.steps, "door_id"), ElementsAre("O2", "O7", "D2"));
  EXPECT_THAT(Sent(building.steps, "badge_id"), ElementsAre("B0001", "B0001", "B0001"));
  EXPECT_THAT(Chosen(building, "retry"), Contains("keep badge_id of open_door"))
      << "the same value again is nothing to try";
}

TEST(Sources, ARuleTakesWhatTheMessageQuotes) {
  Building building(Reasons("visit #"), 7);
  Say(With(BuildingStrategy(), {NewRule("say", R"({"tool": "open_door", "argument": "reason",
                                                   "error": "reason_missing"})",
                                        R"({"prefer": "message"})")}),
      building, kOpenTheLab);
  EXPECT_THAT(Sent(building.steps, "reason"), ElementsAre("-", "visit 7"));
  EXPECT_THAT(building.opened, ElementsAre("D2"));
}

TEST(Sources, NothingIsTriedUnlessTheStrategyAsksForIt) {
  const Strategy quiet = With(TryingAll(BuildingStrategy()),
                              {{"set_param", "planner/parameters/explore_sources", nullptr},
                               {"set_param", "planner/parameters/explore_words", 0},
                               {"set_param", "planner/parameters/explore_instead", 0}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const BuildingRules& rules : {MovedDoors(), Reasons("visit"), StuckDoors()}) {
      Building building(rules, seed);
      Say(quiet, building, kOpenTheLab, seed);
      for (const std::string& chosen : Chosen(building, "explore")) {
        EXPECT_FALSE(TakenIn(chosen).has_value()) << chosen;
        EXPECT_THAT(chosen, Not(HasSubstr("instead")));
      }
    }
  }
}

TEST(Sources, TheBoundsOfTheParametersAreChecked) {
  for (const char* name : {"explore_sources", "explore_words", "explore_instead"}) {
    const Strategy strategy =
        With(BuildingStrategy(), {{"set_param", "planner/parameters/" + std::string(name), 1.5}});
    EXPECT_THROW(ReferenceAgentFactory().Make(strategy), Error) << name;
  }
}

// What the user said is never taken from elsewhere, nor what the strategy lays down.
TEST(Sources, WhatTheUserSaidIsNotTakenFromElsewhere) {
  std::set<std::string> tried;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    for (const bool says : {true, false}) {
      Building building(MovedDoors(), seed);
      Say(TryingAll(BuildingStrategy()), building,
          says ? "I am Ann, with badge B0001. Please open the chemistry lab." : kOpenTheLab, seed);
      for (const std::string& chosen : Chosen(building, "explore")) {
        const auto taken = TakenIn(chosen);
        if (taken) tried.insert((says ? "said " : "found ") + taken->argument);
      }
    }
  }
  EXPECT_THAT(tried, ElementsAre("found badge_id", "found door_id", "said door_id"));
}

TEST(Sources, AReplacementIsAToolWithTheSameArguments) {
  int replaced = 0;
  int without = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Building building(StuckDoors(), seed);
    Say(TryingAll(BuildingStrategy()), building, kOpenTheLab, seed);
    std::vector<std::string> instead;
    for (const std::string& chosen : Chosen(building, "explore")) {
      if (chosen.ends_with(" instead")) instead.push_back(chosen);
    }
    EXPECT_LE(instead.size(), 1u) << "the first that works is enough";
    if (instead.empty()) {
      ++without;
      EXPECT_THAT(building.called, Not(Contains("push_door"))) << "it is kept for the end";
    } else {
      ++replaced;
      EXPECT_THAT(instead[0],
                  ::testing::AnyOf("call push_door instead", "call knock_door instead"));
      EXPECT_EQ("call " + building.called.back() + " instead", instead[0]);
    }
  }
  EXPECT_GT(replaced, 15);
  EXPECT_GT(without, 15);
}

TEST(Sources, AToolThatARuleCallsAsAHelperIsNoReplacement) {
  const Strategy strategy =
      With(TryingAll(BuildingStrategy()),
           {NewRule("knock", R"({"tool": "close_door"})", R"({"call_first": "knock_door"})")});
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Building building(StuckDoors(), seed);
    Say(strategy, building, kOpenTheLab, seed);
    EXPECT_THAT(Chosen(building, "explore"), Not(Contains("call knock_door instead")));
  }
}

trace::Step DecisionStep(const std::string& point, const std::string& chosen) {
  trace::Step step;
  step.kind = trace::StepKind::kDecision;
  step.decision = {point, {}, chosen, {}, ""};
  return step;
}

/// A dev trace that is written down by hand.
class WrittenTrace {
 public:
  explicit WrittenTrace(int number, int families = 4) {
    trace_.id = std::to_string(number);
    trace_.split = "dev";
    trace_.key.family = "f" + std::to_string(number % families);
    trace_.principal = "p" + std::to_string(number / 4 % 3);
    trace_.steps.push_back(DecisionStep("tool", "t"));
  }
  WrittenTrace& Explores(const std::string& chosen) {
    trace_.steps.push_back(DecisionStep("explore", chosen));
    return *this;
  }
  WrittenTrace& Calls(const std::string& tool, Json arguments, const std::string& error = "") {
    trace::Step step;
    step.kind = trace::StepKind::kToolCall;
    step.call = {std::to_string(trace_.steps.size()), tool, std::move(arguments)};
    trace::Step answer;
    answer.kind = trace::StepKind::kObservation;
    answer.observation = {step.call.id, !error.empty(), error, "x"};
    trace_.steps.push_back(step);
    trace_.steps.push_back(answer);
    return *this;
  }
  const trace::Trace& Ends(bool success) {
    trace_.outcome.emplace();
    trace_.outcome->success = success;
    return trace_;
  }

 private:
  trace::Trace trace_;
};

TEST(SourceTrials, SayFromWhereAndNotWhoHelped) {
  const EpisodeView view = ViewOf(WrittenTrace(0)
                                      .Calls("t", {{"a", "1"}}, "E")
                                      .Explores("take a of t from tool:u")
                                      .Calls("v", Json::object())
                                      .Calls("u", Json::object())
                                      .Calls("t", {{"a", "2"}}, "E")
                                      .Explores("take a of t from tool:w")
                                      .Calls("w", Json::object())
                                      .Explores("keep a of t")
                                      .Explores("take b of t from message")
                                      .Calls("t", {{"a", "1"}, {"b", "word"}})
                                      .Ends(true));
  const auto trials = RecoveryTrials({&view});
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_EQ(trials[0].sources, (std::map<std::string, std::string>{{"a", "tool:u"}}));
  EXPECT_THAT(trials[0].helpers, ElementsAre("v"));
  EXPECT_THAT(trials[0].words, IsEmpty());
  EXPECT_FALSE(trials[0].good);
  EXPECT_EQ(trials[1].sources, (std::map<std::string, std::string>{{"b", "message"}}));
  EXPECT_EQ(trials[1].words, (std::map<std::string, std::string>{{"b", "\"word\""}}));
  EXPECT_THAT(trials[1].settings, IsEmpty());
  EXPECT_TRUE(trials[1].good);
}

TEST(InsteadTrials, AreEpisodesInWhichAToolFailedForGood) {
  const auto view = [](bool worked) {
    WrittenTrace trace(0);
    trace.Calls("t", Json::object(), "F").Calls("t", Json::object(), "E");
    trace.Calls("reason_of_its_own", Json::object());
    trace.Explores("call v").Calls("v", Json::object()).Calls("t", Json::object(), "E");
    if (worked) trace.Calls("t", Json::object());
    return ViewOf(trace.Explores("call u instead").Calls("u", Json::object()).Ends(true));
  };
  const EpisodeView failed = view(false);
  const auto trials = InsteadTrials({&failed});
  ASSERT_EQ(trials.size(), 1u);
  EXPECT_EQ(trials[0].error, "E");
  EXPECT_TRUE(trials[0].good);
  EXPECT_THAT(trials[0].helpers, ElementsAre("u", "v"));
  EXPECT_THAT(trials[0].replacements, ElementsAre("u"));
  EXPECT_THAT(trials[0].unclear, ElementsAre("reason_of_its_own"));
  const EpisodeView worked = view(true);
  EXPECT_THAT(InsteadTrials({&worked}), IsEmpty());
}

std::vector<trace::Trace> Explored(const Strategy& parent, const BuildingRules& rules,
                                   std::uint64_t first, int count) {
  const auto agent = ReferenceAgentFactory().Make(TryingAll(parent));
  std::vector<trace::Trace> traces;
  for (const std::string& family : BuildingFamilies()) {
    for (int i = 0; i < count; ++i) {
      traces.push_back(
          RunBuilding(*agent, family, first + static_cast<std::uint64_t>(i), rules).trace);
    }
  }
  return traces;
}

std::vector<std::string> Targets(const LearnResult& result) {
  std::vector<std::string> ids;
  for (const Operation& operation : result.operations) ids.push_back(operation.target);
  return ids;
}

// The one rule that was learned does on fresh tasks what it is for, and is not learned twice.
void ExpectItPays(const LearnResult& result, const BuildingRules& rules) {
  const auto agent = ReferenceAgentFactory().Make(result.candidate);
  for (const char* family : {"open.kitchen", "open.chemistry lab", "open.vault"}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      ASSERT_TRUE(RunBuilding(*agent, family, seed, rules).success) << family;
    }
  }
  EXPECT_THAT(Targets(Learn(Explored(BuildingStrategy(), rules, 100, 25), result.candidate, {})),
              IsEmpty());
}

// Every step that a rule names is a call, and the probes are among the tasks that were seen.
void ExpectItsRecordHolds(const strategy::Guideline& rule, const std::vector<trace::Trace>& traces,
                          const std::string& call) {
  bool shown = false;
  ASSERT_GE(rule.sources.size(), 3u);
  for (const auto& source : rule.sources) {
    const auto found = std::find_if(traces.begin(), traces.end(),
                                    [&](const auto& trace) { return trace.id == source.trace; });
    ASSERT_NE(found, traces.end());
    for (const int index : source.steps) {
      const trace::Step& step = found->steps[static_cast<std::size_t>(index)];
      ASSERT_EQ(step.kind, trace::StepKind::kToolCall);
      shown = shown || step.call.name == call;
    }
  }
  EXPECT_TRUE(shown) << "no source shows the call of " << call;
  ASSERT_FALSE(rule.evidence["probes"].empty());
  EXPECT_TRUE(rule.evidence["probes"][0]["helped"].get<bool>());
}

TEST(Learner, LearnsWhereAValueIsToBeTakenFrom) {
  const auto traces = Explored(BuildingStrategy(), MovedDoors(), 100, 25);
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  ASSERT_THAT(Targets(result), ElementsAre("open_door.prefer.door_id.tool_find_door"))
      << result.report.dump(1);
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.when, (Json{{"tool", "open_door"}, {"argument", "door_id"}}));
  EXPECT_EQ(rule.then, (Json{{"prefer", "tool:find_door"}}));
  ExpectItsRecordHolds(rule, traces, "find_door");
  ExpectItPays(result, MovedDoors());
}

TEST(Learner, ASourceThatIsRightInSomeCasesOnlyIsAskedAfterTheError) {
  const auto traces = Explored(BuildingStrategy(), MovedDoors(false), 100, 25);
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  ASSERT_THAT(Targets(result),
              Contains("open_door.prefer_after.no_such_door.door_id.tool_find_door"))
      << result.report.dump(1);
  for (const auto& rule : result.candidate.guidelines()) {
    EXPECT_EQ(rule.when["error"], "no_such_door") << rule.text;
  }
  ExpectItPays(result, MovedDoors(false));
}

TEST(Learner, AWordThatMessagesRepeatIsLearnedAsAValue) {
  const auto traces = Explored(BuildingStrategy(), Reasons("inspection"), 100, 25);
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  ASSERT_THAT(Targets(result), ElementsAre("open_door.set_after.reason_missing.reason_inspection"))
      << result.report.dump(1);
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.then, (Json{{"set", {{"reason", "inspection"}}}}));
  ExpectItsRecordHolds(rule, traces, "open_door");
  ExpectItPays(result, Reasons("inspection"));
}

TEST(Learner, WordsThatDifferFromEpisodeToEpisodeAreTakenFromTheMessage) {
  const auto traces = Explored(BuildingStrategy(), Reasons("visit #"), 100, 25);
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  ASSERT_THAT(Targets(result), ElementsAre("open_door.prefer_after.reason_missing.reason.message"))
      << result.report.dump(1);
  EXPECT_EQ(result.candidate.guidelines()[0].then, (Json{{"prefer", "message"}}));
  ExpectItPays(result, Reasons("visit #"));
}

TEST(Learner, LearnsWhichToolDoesInsteadOfOneThatFails) {
  const auto traces = Explored(BuildingStrategy(), StuckDoors(), 100, 60);
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  ASSERT_THAT(Targets(result), ElementsAre("open_door.instead.stuck.push_door"))
      << result.report.dump(1) << " (and nothing gives up)";
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.when, (Json{{"tool", "open_door"}, {"error", "stuck"}}));
  EXPECT_EQ(rule.then, (Json{{"instead", "push_door"}}));
  ExpectItsRecordHolds(rule, traces, "push_door");
  ExpectItPays(result, StuckDoors());
}

TEST(Learner, SourcesDoNotDependOnTheOrderOfTheTraces) {
  Random random(3);
  for (const BuildingRules& rules : {MovedDoors(false), Reasons("visit #"), StuckDoors()}) {
    auto traces = Explored(BuildingStrategy(), rules, 100, 25);
    const LearnResult first = Learn(traces, BuildingStrategy(), {});
    ASSERT_FALSE(first.operations.empty());
    for (int i = 0; i < 3; ++i) {
      random.Shuffle(traces);
      const LearnResult again = Learn(traces, BuildingStrategy(), {});
      EXPECT_EQ(again.candidate.hash(), first.candidate.hash());
      EXPECT_EQ(again.report, first.report);
    }
  }
}

TEST(Learner, FindsSourcesAndReplacementsInFewEpisodes) {
  const std::pair<BuildingRules, const char*> worlds[] = {
      {MovedDoors(false), "open_door.prefer_after.no_such_door.door_id.tool_find_door"},
      {Reasons("visit #"), "open_door.prefer_after.reason_missing.reason.message"},
      {StuckDoors(), "open_door.instead.stuck.push_door"}};
  for (const auto& [rules, id] : worlds) {
    int found = 0;
    for (std::uint64_t run = 0; run < 20; ++run) {
      const auto traces = Explored(BuildingStrategy(), rules, 1000 * (run + 1), 15);
      const auto targets = Targets(Learn(traces, BuildingStrategy(), {}));
      found += static_cast<int>(std::count(targets.begin(), targets.end(), id));
    }
    EXPECT_GE(found, 16) << id << ": of 20, with 15 episodes of each of its two families";
  }
}

TEST(Learner, ASourceThatMakesAnotherThingWorkIsRefused) {
  auto traces = Explored(BuildingStrategy(), MovedDoors(false), 100, 25);
  for (trace::Trace& trace : traces) trace.outcome->success = false;
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  EXPECT_THAT(result.operations, IsEmpty()) << result.report.dump(1);
  EXPECT_THAT(result.report["refused"].dump(), HasSubstr("the changed result is not seen"));
}

TEST(Learner, ASourceThatHelpsNoMoreIsRetired) {
  const LearnResult taught =
      Learn(Explored(BuildingStrategy(), MovedDoors(false), 100, 25), BuildingStrategy(), {});
  const std::string id = "open_door.prefer_after.no_such_door.door_id.tool_find_door";
  ASSERT_THAT(Targets(taught), ElementsAre(id));
  std::vector<trace::Trace> traces;
  for (int i = 0; i < 30; ++i) {
    WrittenTrace trace(i);
    trace.Calls("open_door", {{"door_id", "O2"}}, "no_such_door");
    trace.Explores("take door_id of open_door from tool:find_door");
    trace.Calls("find_door", Json::object());
    traces.push_back(trace.Calls("open_door", {{"door_id", "D2"}}, "no_such_door").Ends(false));
  }
  const LearnResult result = Learn(traces, taught.candidate, {});
  ASSERT_EQ(result.operations.size(), 1u) << result.report.dump(1);
  EXPECT_EQ(result.operations[0].op, "retire");
  EXPECT_EQ(result.operations[0].target, id);
}

// Tries that go through or not by chance alone, and outcomes that hang on nothing.
trace::Trace ByChance(int number, Random& random) {
  WrittenTrace trace(number);
  trace.Calls("t", {{"a", "1"}}, "E");
  bool through = false;
  for (const char* from : {"tool:u", "tool:w", "message"}) {
    if (through || random.Bernoulli(0.3)) continue;
    trace.Explores(TakeChoice({"t", "a", from}));
    const std::string value = from == std::string("message") && random.Bernoulli(0.5) ? "2" : "3";
    through = random.Bernoulli(0.3);
    trace.Calls("t", {{"a", value}}, through ? "" : "E");
  }
  if (!through) {
    through = random.Bernoulli(0.3);
    trace.Calls("t", {{"a", "1"}}, through ? "" : "E");
  }
  if (!through && random.Bernoulli(0.5)) {
    const std::string other = random.Bernoulli(0.5) ? "x" : "y";
    trace.Explores("call " + other + " instead").Calls(other, Json::object());
  }
  return trace.Ends(random.Bernoulli(0.6));
}

TEST(Learner, ChanceAloneSeldomMakesASource) {
  const Strategy nobody = Strategy::FromLayers("empty", {}, std::map<std::string, Json>{});
  int wrong = 0;
  for (std::uint64_t run = 0; run < 300; ++run) {
    Random random(run);
    Learner learner(LearnOptions{});
    for (int i = 0; i < 120; ++i) learner.Add(ByChance(i, random));
    bool any = false;
    for (const Operation& operation : learner.Finish(nobody).operations) {
      const Json& then = operation.value["then"];
      any = any || then.contains("prefer") || then.contains("set") || then.contains("instead");
    }
    wrong += any ? 1 : 0;
  }
  EXPECT_LE(wrong, 5) << "of 300 at 0.5 %: more than 5 has a chance of 0.5 %";
}

// The bar for what was looked for before is where it was.
TEST(Learner, LookingForSourcesTakesNothingFromHelpers) {
  const Strategy nobody = Strategy::FromLayers("empty", {}, std::map<std::string, Json>{});
  const auto p_of_helper = [&](bool sources) {
    Learner learner(LearnOptions{});
    for (int i = 0; i < 60; ++i) {
      WrittenTrace trace(i);
      trace.Calls("t", {{"a", "1"}}, "E");
      const int kind = (i / 3) % 3;  // of every principal
      if (kind == 0) {
        trace.Explores("call h").Calls("h", Json::object()).Calls("t", {{"a", "1"}});
      } else {
        if (sources) trace.Explores("take a of t from tool:u" + std::to_string(i % 20));
        trace.Calls("t", {{"a", kind == 1 && sources ? "2" : "1"}}, "E");
      }
      learner.Add(trace.Ends(true));
    }
    const LearnResult result = learner.Finish(nobody);
    EXPECT_THAT(Targets(result), ElementsAre("t.first.h")) << sources << result.report.dump(1);
    if (result.operations.empty()) return 1.0;
    return result.candidate.guidelines()[0].evidence["p_adjusted"].get<double>();
  };
  EXPECT_DOUBLE_EQ(p_of_helper(true), p_of_helper(false));
}

}  // namespace
}  // namespace kedge::agent_ref
