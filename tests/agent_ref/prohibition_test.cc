// What is better not done: requests to refuse, and helpers that do harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "agent_ref/learner.h"
#include "agent_ref/prohibition_trials.h"
#include "agent_ref/reference_agent.h"
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

constexpr char kKitchen[] = "I am Ann. Please open the kitchen.";

BuildingRules NoRules() {
  BuildingRules rules;
  rules.show_badge = rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  return rules;
}

BuildingRules Visitors(double share) {
  BuildingRules rules = NoRules();
  rules.visitors = share;
  return rules;
}

BuildingRules BellJams() {
  BuildingRules rules = NoRules();
  rules.jams = "ring_bell";
  return rules;
}

Strategy Refusing(double chance) {
  return With(BuildingStrategy(), {{"set_param", "planner/parameters/explore_refusal", chance}});
}

// Rings the bell before whatever is done to a door, and forgets it now and then.
Strategy Ringing(double temperature) {
  return With(BuildingStrategy(), {{"add",
                                    "ring",
                                    {{"text", "Ring before you touch a door."},
                                     {"when", {{"effect", "write"}, {"argument", "door_id"}}},
                                     {"then", {{"call_first", "ring_bell"}}}}},
                                   {"set_param", "model/temperature", temperature}});
}

std::vector<trace::Trace> TracesOf(const Strategy& strategy, const BuildingRules& rules,
                                   std::uint64_t per_family, std::uint64_t first_seed = 1) {
  const auto agent = ReferenceAgentFactory().Make(strategy);
  std::vector<trace::Trace> traces;
  for (const std::string& family : BuildingFamilies()) {
    for (std::uint64_t i = 0; i < per_family; ++i) {
      traces.push_back(RunBuilding(*agent, family, first_seed + i, rules).trace);
    }
  }
  return traces;
}

std::vector<std::string> TargetsOf(const LearnResult& result) {
  std::vector<std::string> ids;
  for (const Operation& operation : result.operations) ids.push_back(operation.target);
  return ids;
}

/// A dev episode in which an agent that logs its decisions is asked to call `t`.
class Tape {
 public:
  explicit Tape(int number, int families = 3, int principals = 5) {
    trace_.id = std::to_string(number);
    trace_.split = "dev";
    trace_.key.family = "f" + std::to_string(number % families);
    trace_.principal = "p" + std::to_string(number % principals);
    Decide({"tool", {"t"}, "t", {}, ""});
  }
  Tape& Decide(trace::Decision decision) {
    trace::Step step;
    step.kind = trace::StepKind::kDecision;
    step.decision = std::move(decision);
    trace_.steps.push_back(std::move(step));
    return *this;
  }
  Tape& Refuse(const Json& arguments = Json::object()) {
    Decide({"explore", {kRefuseChoice, "go on"}, kRefuseChoice, {}, ""});
    trace_.steps.back().extra[kNotCalledKey] = {{"tool", "t"}, {"arguments", arguments}};
    return *this;
  }
  Tape& Asked(const std::string& helper, const char* chosen, const char* reason) {
    return Decide({"order", {"call " + helper + " first", "skip"}, chosen, {"r"}, reason});
  }
  Tape& Explored(const std::string& helper) {
    return Decide({"explore", {"call " + helper, "go on"}, "call " + helper, {}, ""}).Call(helper);
  }
  Tape& Call(const std::string& tool, const std::string& error = "",
             const Json& arguments = Json::object()) {
    trace::Step step;
    step.kind = trace::StepKind::kToolCall;
    step.call = {std::to_string(trace_.steps.size()), tool, arguments};
    trace::Step answer;
    answer.kind = trace::StepKind::kObservation;
    answer.observation = {step.call.id, !error.empty(), error, "{}"};
    trace_.steps.push_back(step);
    trace_.steps.push_back(answer);
    return *this;
  }
  trace::Trace End(bool success) {
    trace_.outcome.emplace();
    trace_.outcome->success = success;
    return trace_;
  }

 private:
  trace::Trace trace_;
};

Strategy Plain(const std::map<std::string, Json>& layers = {}) {
  return Strategy::FromLayers("plain", {}, layers);
}

Strategy WithRules(const char* guidelines) {
  return Plain({{"guidelines", {{"guidelines", ParseJson(guidelines)}}}});
}

// A wide rule that calls u before t.
Strategy CallsUFirst() {
  return WithRules(
      R"([{"id": "wide", "text": "u", "when": {"effect": "write"}, "then": {"call_first": "u"}}])");
}

TEST(Refusal, ChanceDeclinesAGoalAndSaysWhichCallItDidNotMake) {
  Building building(NoRules(), 1);
  const agent::EpisodeEnd end = Say(Refusing(1), building, kKitchen);
  EXPECT_EQ(end.final_text, "I am sorry, I cannot do that.");
  EXPECT_THAT(building.called, Not(Contains("open_door")));
  const auto decisions = building.Decisions("explore");
  ASSERT_EQ(decisions.size(), 1u);
  EXPECT_THAT(decisions[0].options, ElementsAre("refuse", "go on"));
  EXPECT_EQ(decisions[0].chosen, "refuse");
  trace::Trace trace;
  trace.steps = building.steps;
  const EpisodeView view = ViewOf(trace);
  ASSERT_EQ(view.refusals.size(), 1u);
  EXPECT_EQ(view.refusals[0].tool, "open_door");
  EXPECT_EQ(view.refusals[0].arguments,
            (Json{{"door_id", "D1"}, {"badge_id", "B0001"}, {"mode", "once"}}));
}

TEST(Refusal, IsOffByDefaultAndInTheWordsOfTheStrategy) {
  Building building(NoRules(), 1);
  Say(BuildingStrategy(), building, kKitchen);
  EXPECT_THAT(building.Decisions("explore"), IsEmpty());
  const Strategy polite = With(Refusing(1), {{"set_param", "planner/texts/refused", "Not today."}});
  EXPECT_EQ(Say(polite, building, kKitchen).final_text, "Not today.");
}

TEST(Refusal, WhatIsBetterNotDoneIsRefused) {
  const LearnResult result =
      Learn(TracesOf(Refusing(0.3), Visitors(1), 40), BuildingStrategy(), {});
  EXPECT_THAT(TargetsOf(result), ElementsAre("open_door.refuse")) << result.report.dump(1);
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.when, (Json{{"tool", "open_door"}}));
  EXPECT_EQ(rule.then, (Json{{"stop", "I am sorry, I cannot do this: open door."}}));
  Building building(Visitors(1), 1);
  EXPECT_EQ(Say(result.candidate, building, kKitchen).final_text, rule.then["stop"]);
  EXPECT_THAT(building.opened, IsEmpty());
  // Once it is a rule, it is not learned again.
  EXPECT_THAT(Learn(TracesOf(Refusing(0.3), Visitors(1), 40), result.candidate, {}).operations,
              IsEmpty());
}

// The sources show both: what came of the call, and what came of leaving it out.
TEST(Refusal, SourcesShowTheToolAtWork) {
  const auto traces = TracesOf(Refusing(0.3), Visitors(1), 40);
  const LearnResult result = Learn(traces, BuildingStrategy(), {});
  ASSERT_EQ(result.operations.size(), 1u);
  int called = 0;
  int refused = 0;
  for (const strategy::GuidelineSource& source : result.candidate.guidelines()[0].sources) {
    const auto trace = std::find_if(traces.begin(), traces.end(),
                                    [&](const auto& one) { return one.id == source.trace; });
    ASSERT_NE(trace, traces.end());
    for (const int step : source.steps) {
      const trace::Step& at = trace->steps[static_cast<std::size_t>(step)];
      if (at.kind == trace::StepKind::kToolCall) {
        EXPECT_EQ(at.call.name, "open_door");
        EXPECT_EQ(source.outcome, "failure");
        ++called;
      } else {
        EXPECT_EQ(at.decision.chosen, kRefuseChoice);
        EXPECT_EQ(source.outcome, "success");
        ++refused;
      }
    }
  }
  EXPECT_GT(called, 3);
  EXPECT_GT(refused, 3);
}

TEST(Refusal, WhatIsRightIsNotRefused) {
  const LearnResult result = Learn(TracesOf(Refusing(0.5), NoRules(), 60), BuildingStrategy(), {});
  EXPECT_THAT(TargetsOf(result), IsEmpty()) << result.report.dump(1);
}

TEST(Refusal, HoldsWhereAConditionHolds) {
  for (const double share : {0.3, 0.5, 0.7}) {
    const LearnResult result =
        Learn(TracesOf(Refusing(0.5), Visitors(share), 60), BuildingStrategy(), {});
    ASSERT_THAT(TargetsOf(result), ElementsAre("open_door.refuse.if.badge_kind_visitor"))
        << share << result.report.dump(1);
    const strategy::Guideline& rule = result.candidate.guidelines()[0];
    EXPECT_EQ(rule.when, ParseJson(R"({"tool": "open_door", "seen": {"badge_kind": "visitor"}})"));
    EXPECT_EQ(rule.then["stop"],
              "I am sorry, I cannot do this: open door if badge kind is visitor.");
    for (const trace::Trace& trace : TracesOf(result.candidate, Visitors(share), 30, 900)) {
      EXPECT_TRUE(trace.outcome->success) << trace.id;
    }
  }
}

TEST(Refusal, AnEpisodeInWhichAnotherGoalWasRefusedSaysNothing) {
  const auto view = [](Tape tape) { return ViewOf(tape.End(true)); };
  const EpisodeView once = view(Tape(1).Refuse());
  const EpisodeView twice = view(Tape(2).Refuse().Refuse());
  const EpisodeView both = view(Tape(3).Refuse().Call("t"));
  const EpisodeView other = view(Tape(4).Refuse().Decide({"tool", {"s"}, "s", {}, ""}).Call("s"));
  const auto trials = RefusalTrials({&once, &twice, &both, &other}, {"t", "s"});
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_EQ(trials[0].view, &once);
  EXPECT_TRUE(trials[0].refused);
  EXPECT_EQ(trials[1].view, &other);
  EXPECT_EQ(trials[1].tool, "t");
}

// What one principal's traces say is not believed, however many they are.
TEST(Refusal, OnePrincipalCannotTeachARefusal) {
  std::vector<trace::Trace> traces;
  for (int i = 0; i < 200; ++i) {
    const bool refused = i / 4 % 2 == 0;
    traces.push_back((refused ? Tape(i, 4, 1).Refuse() : Tape(i, 4, 1).Call("t")).End(refused));
  }
  const LearnResult alone = Learn(traces, Plain(), {});
  EXPECT_THAT(TargetsOf(alone), IsEmpty());
  ASSERT_FALSE(alone.report["refused"].empty());
  EXPECT_EQ(alone.report["refused"][0]["why"], "seen with too few principals");
  for (int i = 200; i < 260; ++i) {
    const bool refused = i / 4 % 2 == 0;
    trace::Trace honest =
        (refused ? Tape(i, 4, 1).Refuse() : Tape(i, 4, 1).Call("t")).End(!refused);
    honest.principal = "honest";
    traces.push_back(honest);
  }
  EXPECT_THAT(TargetsOf(Learn(traces, Plain(), {})), IsEmpty());
}

TEST(Harm, AHelperThatBlocksAToolIsKeptAwayFromIt) {
  const LearnResult result = Learn(TracesOf(Ringing(2), BellJams(), 60), Ringing(0), {});
  EXPECT_THAT(TargetsOf(result), ElementsAre("open_door.avoid.ring_bell")) << result.report.dump(1);
  const strategy::Guideline& rule = result.candidate.guidelines()[1];
  EXPECT_EQ(rule.when, (Json{{"tool", "open_door"}}));
  EXPECT_EQ(rule.then, (Json{{"avoid", "ring_bell"}}));
  EXPECT_THAT(rule.text, HasSubstr("open_door did not work in"));
  Building building(BellJams(), 1);
  Say(result.candidate, building, kKitchen);
  EXPECT_THAT(building.opened, ElementsAre("D1"));
  EXPECT_THAT(building.called, Not(Contains("ring_bell")));
  Building other(BellJams(), 1);
  Say(result.candidate, other, "I am Ann. Please close the kitchen.");
  EXPECT_THAT(other.called, Contains("ring_bell")) << "the wide rule holds elsewhere";
}

TEST(Harm, AHelperThatSpoilsTheOutcomeIsKeptAway) {
  BuildingRules rules = NoRules();
  rules.alarms = "ring_bell";
  const LearnResult result = Learn(TracesOf(Ringing(2), rules, 60), Ringing(0), {});
  EXPECT_THAT(TargetsOf(result), ElementsAre("open_door.avoid.ring_bell")) << result.report.dump(1);
  EXPECT_THAT(result.candidate.guidelines()[1].text, HasSubstr("episodes failed"));
}

TEST(Harm, ATaskShowsWhatKeepingItAwayIsGoodFor) {
  const LearnResult result = Learn(TracesOf(Ringing(2), BellJams(), 60), Ringing(0), {});
  ASSERT_EQ(result.operations.size(), 1u);
  const Json& probes = result.candidate.guidelines()[1].evidence["probes"];
  ASSERT_EQ(probes.size(), 3u);
  EXPECT_TRUE(probes[0]["helped"].get<bool>());
  EXPECT_TRUE(probes[2]["failed_without"].get<bool>());
}

// Where nothing calls the helper there is nothing to keep away: exploration tries it last.
TEST(Harm, WithoutAWideRuleExplorationOnlyTriesItLast) {
  const Strategy curious =
      With(BuildingStrategy(), {{"set_param", "planner/parameters/explore", 0.9}});
  Learner learner(LearnOptions{});
  for (const trace::Trace& trace : TracesOf(curious, BellJams(), 60)) learner.Add(trace);
  const LearnResult result = learner.Finish(BuildingStrategy());
  EXPECT_THAT(TargetsOf(result), IsEmpty());
  ASSERT_EQ(result.report["harms"].size(), 1u) << result.report.dump(1);
  EXPECT_EQ(result.report["harms"][0]["helper"], "ring_bell");
  EXPECT_EQ(result.report["harms"][0]["why"], "no rule calls it around the tool");
  const Json orders = learner.PlanExploration(BuildingStrategy()).operations[0].value;
  const bool last = std::any_of(orders.begin(), orders.end(), [](const Json& order) {
    return order["tool"] == "open_door" && !order.contains("error") &&
           order["last"] == Json{"ring_bell"};
  });
  EXPECT_TRUE(last) << orders;
}

// A rule for the tool itself is not contradicted but reported: it is to be looked at again.
TEST(Harm, ARuleForTheToolItselfIsNotContradicted) {
  const Strategy own = With(BuildingStrategy(), {{"add",
                                                  "own",
                                                  {{"text", "x"},
                                                   {"when", {{"tool", "open_door"}}},
                                                   {"then", {{"call_first", "ring_bell"}}}}},
                                                 {"set_param", "model/temperature", 2}});
  const LearnResult result = Learn(TracesOf(own, BellJams(), 60), own, {});
  EXPECT_THAT(TargetsOf(result), IsEmpty());
  ASSERT_EQ(result.report["harms"].size(), 1u);
  EXPECT_EQ(result.report["harms"][0]["why"], "the rule own about the tool calls it");
}

// With the badge shown one gets as far as the next error; that does not speak against badges.
TEST(Harm, WhatLeadsToTheNextErrorIsNoHarm) {
  BuildingRules rules = NoRules();
  rules.show_badge = rules.ring_bell = true;
  const Strategy curious = With(
      BuildingStrategy(),
      {{"set_param", "planner/parameters/explore", 0.9}, {"set_param", "model/temperature", 1}});
  const LearnResult result = Learn(TracesOf(curious, rules, 100), BuildingStrategy(), {});
  EXPECT_THAT(result.report["harms"], IsEmpty()) << result.report.dump(1);
}

TEST(Harm, OnlyAboutTheSameThing) {
  const Json d1 = {{"door", "D1"}};
  const Json d2 = {{"door", "D2"}};
  const EpisodeView view = ViewOf(Tape(1)
                                      .Asked("u", "call u first", "rule")
                                      .Call("u", "", d1)
                                      .Asked("v", "call v first", "rule")
                                      .Call("v", "", d2)
                                      .Asked("w", "skip", "slip: forgot w")
                                      .Asked("x", "skip", "rule: not around t")
                                      .Call("y")
                                      .Explored("z")
                                      .Call("t", "E", d1)
                                      .End(false));
  const auto trials = HarmTrials({&view}, {"t"});
  ASSERT_EQ(trials.size(), 1u) << "t did not work, so whether it was spoilt is no question";
  EXPECT_TRUE(trials[0].good);
  EXPECT_THAT(trials[0].helpers, ElementsAre("u", "z"));
  EXPECT_THAT(trials[0].asked, ElementsAre("u", "v", "w", "x"));
  EXPECT_THAT(trials[0].unclear, ElementsAre("v", "x", "y"));
}

TEST(Prohibition, DoesNotDependOnTheOrderOfTheTraces) {
  auto traces =
      TracesOf(With(Ringing(2), {{"set_param", "planner/parameters/explore_refusal", 0.2}}),
               BellJams(), 150);
  const LearnResult first = Learn(traces, Ringing(0), {});
  EXPECT_THAT(TargetsOf(first), Contains("open_door.avoid.ring_bell")) << first.report.dump(1);
  Random random(5);
  for (int i = 0; i < 5; ++i) {
    random.Shuffle(traces);
    const LearnResult again = Learn(traces, Ringing(0), {});
    EXPECT_EQ(again.candidate.hash(), first.candidate.hash());
    EXPECT_EQ(again.report, first.report);
  }
}

// An episode whose outcome has nothing to do with what was refused or called.
trace::Trace Episode(int number, Random& random, double refused_wins, double with_fails) {
  Tape tape(number, 3, 5);
  const bool refused = random.Bernoulli(0.4);
  if (refused) return tape.Refuse().End(random.Bernoulli(refused_wins));
  const bool with = random.Bernoulli(0.6);
  if (with) {
    tape.Asked("u", "call u first", "rule").Call("u");
  } else {
    tape.Asked("u", "skip", "slip: forgot u");
  }
  if (random.Bernoulli(0.3)) tape.Explored("v" + std::to_string(random.Below(4)));
  const bool blocked = random.Bernoulli(with ? with_fails : 0.2);
  return tape.Call("t", blocked ? "E" : "").End(random.Bernoulli(0.5) && !blocked);
}

int RunsThatLearn(const char* word, int runs, int episodes, double refused_wins,
                  double with_fails) {
  int learned = 0;
  for (int run = 0; run < runs; ++run) {
    Random random(static_cast<std::uint64_t>(run) + 77);
    std::vector<trace::Trace> traces;
    for (int i = 0; i < episodes; ++i) {
      traces.push_back(Episode(i, random, refused_wins, with_fails));
    }
    const LearnResult result = Learn(traces, CallsUFirst(), {});
    learned += std::any_of(result.operations.begin(), result.operations.end(),
                           [&](const Operation& operation) {
                             return operation.value["then"].contains(word);
                           })
                   ? 1
                   : 0;
  }
  return learned;
}

int MostByChance(int runs, double chance) {
  return static_cast<int>(runs * chance + 2.33 * std::sqrt(runs * chance * (1 - chance)));
}

// The called ones succeed 0.8 * 0.5 = 0.4 of the time whatever helper came, and so do the refused.
TEST(Prohibition, IsLearnedNoMoreOftenThanByChanceWhereThereIsNone) {
  constexpr int kRuns = 1000;
  EXPECT_LE(RunsThatLearn("stop", kRuns, 120, 0.4, 0.2), MostByChance(kRuns, 0.005));
  EXPECT_LE(RunsThatLearn("avoid", kRuns, 120, 0.4, 0.2), MostByChance(kRuns, 0.005));
}

TEST(Prohibition, IsLearnedWhereThereIsOne) {
  EXPECT_GE(RunsThatLearn("stop", 100, 120, 0.9, 0.2), 90);
  EXPECT_GE(RunsThatLearn("avoid", 100, 120, 0.4, 0.8), 90);
}

}  // namespace
}  // namespace kedge::agent_ref
