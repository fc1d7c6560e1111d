// Rules that hold in one part only: what a condition is, and when one is found.
#include "agent_ref/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "agent_ref/code_length.h"
#include "agent_ref/condition_fields.h"
#include "agent_ref/learner.h"
#include "agent_ref/reference_agent.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Condition On(const char* arguments, const char* seen) {
  const auto tests = [](const char* text) {
    const Document document = Document::FromValue(ParseJson(text), "test");
    return document.root().json().empty() ? strategy::ValueTests()
                                          : strategy::ParseValueTests(document.root());
  };
  return {tests(arguments), tests(seen)};
}

/// A dev episode: what is known of a thing, then calls about it.
class Desk {
 public:
  Desk(int number, const Json& row) {
    trace_.id = std::to_string(1000 + number);
    trace_.split = "dev";
    trace_.key.family = "f" + std::to_string(number % 4);
    trace_.principal = "p" + std::to_string(number % 5);
    thing_ = {{"key", row["key"]}};
    Decide("tool", "t");
    Answer("look", {{"row", row}}, "");
  }
  Desk& Call(const std::string& tool, const std::string& error = "") {
    return Answer(tool, Json::object(), error);
  }
  Desk& Explore(const std::string& tool) {
    Decide("explore", "call " + tool);
    return Call(tool);
  }
  trace::Trace End(bool success) {
    trace_.outcome.emplace();
    trace_.outcome->success = success;
    return trace_;
  }

 private:
  void Decide(const std::string& point, const std::string& chosen) {
    trace::Step step;
    step.kind = trace::StepKind::kDecision;
    step.decision = {point, {}, chosen, {}, ""};
    trace_.steps.push_back(step);
  }
  Desk& Answer(const std::string& tool, const Json& result, const std::string& error) {
    trace::Step step;
    step.kind = trace::StepKind::kToolCall;
    step.call = {std::to_string(trace_.steps.size()), tool, thing_};
    trace::Step answer;
    answer.kind = trace::StepKind::kObservation;
    answer.observation = {step.call.id, !error.empty(), error, DumpJson(result)};
    trace_.steps.push_back(step);
    trace_.steps.push_back(answer);
    return *this;
  }

  trace::Trace trace_;
  Json thing_;
};

const std::vector<std::string> kKinds = {"a", "b", "c", "d", "e"};
const std::vector<std::string> kZones = {"north", "south", "west"};

Json Row(int number, Random& random) {
  return {{"key", "K" + std::to_string(number)},
          {"serial", 5000 + 7 * number},
          {"kind", kKinds[random.Below(kKinds.size())]},
          {"zone", kZones[random.Below(kZones.size())]},
          {"size", static_cast<int>(random.Below(40)) + 1},
          {"open", random.Bernoulli(0.5)}};
}

bool IsOneOf(const Json& value, const std::string& letters) {
  return letters.find(value.get<std::string>()) != std::string::npos;
}

// After E one of three helpers is tried, and t again: it works with the chance that `works` says.
template <typename Works>
std::vector<trace::Trace> Loud(int count, std::uint64_t seed, Works works) {
  Random random(seed);
  std::vector<trace::Trace> traces;
  for (int i = 0; i < count; ++i) {
    const Json row = Row(i, random);
    const std::string helper = std::vector<std::string>{"u", "v", "w"}[random.Below(3)];
    Desk desk(i, row);
    desk.Call("t", "E");
    desk.Explore(helper);
    const bool good = random.Bernoulli(works(row, helper));
    traces.push_back(desk.Call("t", good ? "" : "E").End(good));
  }
  return traces;
}

// u comes before t by chance; the episode succeeds with the chance that `works` says.
template <typename Works>
std::vector<trace::Trace> Silent(int count, std::uint64_t seed, Works works) {
  Random random(seed);
  std::vector<trace::Trace> traces;
  for (int i = 0; i < count; ++i) {
    const Json row = Row(i, random);
    const bool with = random.Bernoulli(0.4);
    Desk desk(i, row);
    if (with) desk.Explore("u");
    traces.push_back(desk.Call("t").End(random.Bernoulli(works(row, with))));
  }
  return traces;
}

Strategy Untaught() { return Strategy::FromLayers("nobody", {}, std::map<std::string, Json>{}); }

std::vector<std::string> IdsLearned(const std::vector<trace::Trace>& traces,
                                    const LearnOptions& options = {},
                                    const Strategy& parent = Untaught()) {
  std::vector<std::string> ids;
  for (const auto& operation : Learn(traces, parent, options).operations) {
    ids.push_back(operation.target);
  }
  return ids;
}

bool HasCondition(const std::string& id) { return id.find(".if.") != std::string::npos; }

int Conditions(const std::vector<std::string>& ids) {
  return static_cast<int>(std::count_if(ids.begin(), ids.end(), HasCondition));
}

TEST(Condition, SaysWhereARuleHolds) {
  const Condition condition = On(R"({"mode": "fast"})", R"({"size": {"at_least": 20}})");
  EXPECT_TRUE(condition.Holds({{"arguments", {{"mode", "fast"}}}, {"seen", {{"size", 20}}}}));
  EXPECT_FALSE(condition.Holds({{"arguments", {{"mode", "fast"}}}, {"seen", {{"size", 19}}}}));
  EXPECT_FALSE(condition.Holds({{"arguments", {{"mode", "fast"}}}, {"seen", Json::object()}}));
  EXPECT_FALSE(condition.Holds(nullptr));
  EXPECT_TRUE(Condition().Holds(nullptr));
  EXPECT_EQ(condition.InWords(), "mode is fast and size is at least 20");
  EXPECT_EQ(condition.Name(), "mode=fast.size.from20");
  Json when = Json::object();
  condition.AddTo(when);
  EXPECT_EQ(when,
            ParseJson(R"({"arguments": {"mode": "fast"}, "seen": {"size": {"at_least": 20}}})"));
}

TEST(Condition, CoversWhatIsNarrower) {
  const Condition wide = On("{}", R"({"kind": ["a", "b"]})");
  const Condition narrow = On("{}", R"({"kind": "a"})");
  EXPECT_TRUE(wide.Covers(narrow));
  EXPECT_FALSE(narrow.Covers(wide));
  EXPECT_TRUE(Condition().Covers(wide));
  EXPECT_FALSE(wide.Covers(Condition()));
  EXPECT_FALSE(narrow.MayMeet(On("{}", R"({"kind": "b"})")));
  EXPECT_EQ(On("{}", R"({"kind": ["b", "a"]})"), wide);
  EXPECT_EQ(narrow.And(On(R"({"mode": "m"})", "{}")), On(R"({"mode": "m"})", R"({"kind": "a"})"));
}

TEST(CodeLength, IsThatOfKrichevskyAndTrofimov) {
  EXPECT_NEAR(OutcomeBits(0, 1), 1, 1e-12);
  EXPECT_NEAR(OutcomeBits(1, 2), 3, 1e-12) << "1/2 times 1/4";
  EXPECT_NEAR(OutcomeBits(2, 2), -std::log2(3.0 / 8), 1e-12) << "1/2 times 3/4";
  EXPECT_EQ(OutcomeBits(0, 0), 0);
  EXPECT_NEAR(SubsetBits(2, 5), std::log2(5.0) + std::log2(10.0), 1e-12);
  EXPECT_LT(SplitBits({20, 20, 0, 20}), PooledBits({20, 20, 0, 20}));
  EXPECT_GT(SplitBits({10, 20, 10, 20}), PooledBits({10, 20, 10, 20}));
}

TEST(Fields, AreWhatIsNotAName) {
  std::vector<EpisodeView> views;
  for (const trace::Trace& trace :
       Loud(80, 1, [](const Json&, const std::string&) { return 0.5; })) {
    views.push_back(ViewOf(trace));
  }
  std::vector<const EpisodeView*> all;
  for (const EpisodeView& view : views) all.push_back(&view);
  std::vector<Trial> trials = RecoveryTrials(all);
  for (Trial& trial : trials) {
    trial.situation = {{"arguments", {{"key", trial.view->id}}},
                       {"seen",
                        {{"kind", kKinds[trial.view->id.back() % 5]},
                         {"size", trial.view->id.back() % 7},
                         {"serial", std::stoi(trial.view->id)},
                         {"text_serial", trial.view->id},
                         {"rare", trial.view->id == "1000"}}}};
  }
  std::vector<const Trial*> place;
  for (const Trial& trial : trials) place.push_back(&trial);
  ASSERT_GT(place.size(), 40u);
  std::vector<std::string> names;
  const auto fields = FieldsOf(place, 3, 2);
  for (const Field& field : fields) names.push_back(field.name);
  EXPECT_THAT(names, ElementsAre("kind", "rare", "size"));
  EXPECT_EQ(fields[0].literals.size(), 5u);
  EXPECT_EQ(fields[0].Tests(), 31);
  EXPECT_THAT(fields[1].literals, ElementsAre(false)) << "the other value was seen once";
  EXPECT_EQ(fields[2].cuts.size(), 6u);
}

// Loud, with helpers that spoil everything in the wrong place: a decision list.
std::vector<trace::Trace> KindDoors(std::uint64_t first) {
  BuildingRules rules;
  rules.show_badge = rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  rules.badge_kinds = true;
  const auto agent = ReferenceAgentFactory().Make(
      With(BuildingStrategy(), {{"set_param", "planner/parameters/explore_on_error", 1},
                                {"set_param", "planner/parameters/explore_tries", 14},
                                {"set_param", "planner/parameters/explore_retries", 1}}));
  std::vector<trace::Trace> traces;
  for (const std::string& family : BuildingFamilies()) {
    for (std::uint64_t seed = first; seed < first + 60; ++seed) {
      traces.push_back(RunBuilding(*agent, family, seed, rules).trace);
    }
  }
  return traces;
}

TEST(ConditionSearch, FindsWhichRemedyBelongsWhere) {
  const LearnResult result = Learn(KindDoors(0), BuildingStrategy(), {});
  std::vector<std::string> ids;
  for (const auto& operation : result.operations) ids.push_back(operation.target);
  ASSERT_THAT(ids, ElementsAre("open_door.first.show_badge.if.badge_kind_a.b",
                               "open_door.first.sync_log.if.badge_kind_c.d"))
      << result.report.dump(1);
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.status, "active");
  EXPECT_EQ(rule.when, ParseJson(R"({"tool": "open_door", "seen": {"badge_kind": ["a", "b"]}})"));
  EXPECT_THAT(rule.text, HasSubstr("if badge_kind is one of a, b"));
  EXPECT_GE(rule.evidence["condition"]["bits_saved"], 8);
  EXPECT_EQ(rule.evidence["condition"]["outside"]["with"]["good"], 0);

  BuildingRules rules;
  rules.show_badge = rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  rules.badge_kinds = true;
  const auto agent = ReferenceAgentFactory().Make(result.candidate);
  for (std::uint64_t seed = 500; seed < 540; ++seed) {
    EXPECT_TRUE(RunBuilding(*agent, "open.kitchen", seed, rules).success) << seed;
  }
}

TEST(ConditionSearch, DoesNotDependOnTheOrderOfTheTraces) {
  auto traces = KindDoors(0);
  const LearnResult first = Learn(traces, BuildingStrategy(), {});
  ASSERT_FALSE(first.operations.empty());
  Random random(3);
  for (int i = 0; i < 3; ++i) {
    random.Shuffle(traces);
    const LearnResult again = Learn(traces, BuildingStrategy(), {});
    EXPECT_EQ(again.candidate.hash(), first.candidate.hash());
    EXPECT_EQ(again.report, first.report);
  }
}

TEST(ConditionSearch, WhatIsLearnedWithAConditionIsKnown) {
  const auto traces = KindDoors(0);
  const Strategy taught = Learn(traces, BuildingStrategy(), {}).candidate;
  EXPECT_THAT(IdsLearned(traces, {}, taught), IsEmpty());
}

// Overall u makes no difference: only the condition shows it.
TEST(ConditionSearch, FindsALimitThatHidesASilentEffect) {
  const auto works = [](const Json& row, bool with) {
    return (row["size"].get<int>() > 20) == with ? 0.95 : 0.1;
  };
  int found = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto ids = IdsLearned(Silent(160, seed, works));
    found += ids == std::vector<std::string>{"t.first.u.if.size.from21"} ? 1 : 0;
    EXPECT_THAT(ids, Each(HasSubstr("t.first.u.if.size.from"))) << "seed " << seed;
  }
  EXPECT_GE(found, 14) << "the limit itself";
}

TEST(ConditionSearch, HasThePowerToFindAPartWhereARemedyHelps) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto ids = IdsLearned(Loud(200, seed, [](const Json& row, const std::string& helper) {
      return helper == "u" && IsOneOf(row["kind"], "ab") ? 0.95 : 0.05;
    }));
    found += std::count(ids.begin(), ids.end(), "t.recover.E.u.if.kind_a.b") != 0 ||
             std::count(ids.begin(), ids.end(), "t.first.u.if.kind_a.b") != 0;
  }
  EXPECT_GE(found, 36);
}

TEST(ConditionSearch, FindsTwoFieldsWhereBothMatter) {
  const auto ids = IdsLearned(Loud(900, 1, [](const Json& row, const std::string& helper) {
    return helper == "u" && IsOneOf(row["kind"], "ab") && row["open"] == true ? 0.95 : 0.05;
  }));
  EXPECT_THAT(ids, ElementsAre(HasSubstr("u.if.kind_a.b.open_true")));
}

TEST(ConditionSearch, WhatHelpsEverywhereGetsNoCondition) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto ids = IdsLearned(Loud(200, seed, [](const Json&, const std::string& helper) {
      return helper == "u" ? 0.9 : 0.1;
    }));
    ASSERT_EQ(ids.size(), 1u);
    EXPECT_FALSE(HasCondition(ids[0])) << ids[0];
  }
}

// The field matters, and so does the remedy, but the one does not hang on the other.
TEST(ConditionSearch, AFieldThatMattersByItselfIsNoCondition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto ids = IdsLearned(Silent(240, seed, [](const Json& row, bool with) {
      return (IsOneOf(row["kind"], "ab") ? 0.45 : 0.05) + (with ? 0.45 : 0);
    }));
    EXPECT_THAT(ids, Each(Not(HasSubstr(".if.")))) << "seed " << seed;
  }
}

TEST(ConditionSearch, ChanceAloneSeldomMakesACondition) {
  int loud = 0;
  int silent = 0;
  for (std::uint64_t run = 0; run < 300; ++run) {
    loud += Conditions(IdsLearned(
                Loud(150, run, [](const Json&, const std::string&) { return 0.4; }))) != 0;
    silent += Conditions(IdsLearned(Silent(150, run, [](const Json& row, bool) {
                return IsOneOf(row["kind"], "ab") ? 0.8 : 0.3;
              }))) != 0;
  }
  EXPECT_LE(loud, 5) << "of 300 at 0.5 %: more than 5 has a chance of 0.5 %";
  EXPECT_LE(silent, 5);
}

// u helps with every other thing, whatever it is like: each thing comes in eight episodes of all
// families, so that its names are seen often.
TEST(ConditionSearch, ANameIsNeverACondition) {
  Random random(8);
  std::vector<trace::Trace> traces;
  for (int i = 0; i < 400; ++i) {
    const int thing = i / 8;
    Random attributes(static_cast<std::uint64_t>(thing));
    const Json row = Row(thing, attributes);
    const std::string helper = random.Bernoulli(0.5) ? "u" : "v";
    const bool good = helper == "u" && thing % 2 == 0;
    Desk desk(i, row);
    traces.push_back(desk.Call("t", "E").Explore(helper).Call("t", good ? "" : "E").End(good));
  }
  for (const std::string& id : IdsLearned(traces)) {
    EXPECT_THAT(id, Not(HasSubstr("key"))) << id;
    EXPECT_THAT(id, Not(HasSubstr("serial"))) << id;
  }
}

// t answers E at first with the chance that `fails` says; then u always helps, and nothing else.
template <typename Fails>
std::vector<trace::Trace> FirstCalls(int count, std::uint64_t seed, Fails fails) {
  Random random(seed);
  std::vector<trace::Trace> traces;
  for (int i = 0; i < count; ++i) {
    const Json row = Row(i, random);
    Desk desk(i, row);
    if (random.Bernoulli(fails(row))) {
      const bool helped = random.Bernoulli(0.5);
      desk.Call("t", "E").Explore(helped ? "u" : "v").Call("t", helped ? "" : "E");
      traces.push_back(desk.End(helped));
    } else {
      traces.push_back(desk.Call("t").End(true));
    }
  }
  return traces;
}

TEST(Foresight, AnErrorThatCanBeSeenComingIsNotWaitedFor) {
  const auto traces =
      FirstCalls(160, 4, [](const Json& row) { return row["size"].get<int>() > 20 ? 1.0 : 0.0; });
  const LearnResult result = Learn(traces, Untaught(), {});
  ASSERT_EQ(result.operations.size(), 2u) << result.report.dump(1);
  EXPECT_EQ(result.operations[0].target, "t.first.u.if.size.from21");
  EXPECT_EQ(result.operations[1].target, "t.recover.E.u");
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.when, ParseJson(R"({"tool": "t", "seen": {"size": {"at_least": 21}}})"));
  EXPECT_EQ(rule.then, ParseJson(R"({"call_first": "u"})"));
  EXPECT_EQ(rule.evidence["without"]["good"], 0);
  EXPECT_THAT(rule.text, HasSubstr("if size is at least 21"));
  EXPECT_GE(rule.support, 3);
  EXPECT_THAT(IdsLearned(traces, {}, result.candidate), IsEmpty());
}

TEST(Foresight, ChanceAloneSeldomMakesARule) {
  int foreseen = 0;
  for (std::uint64_t run = 0; run < 300; ++run) {
    foreseen += Conditions(IdsLearned(FirstCalls(150, run, [](const Json&) { return 0.6; }))) != 0;
  }
  EXPECT_LE(foreseen, 5) << "of 300 at 0.5 %: more than 5 has a chance of 0.5 %";
}

// Where u would be called in vain every third time, it is better to wait for the error.
TEST(Foresight, WhatOftenWorksAtFirstIsTriedFirst) {
  for (std::uint64_t run = 0; run < 20; ++run) {
    EXPECT_EQ(Conditions(IdsLearned(FirstCalls(
                  200, run, [](const Json& row) { return row["open"] == true ? 0.67 : 0.1; }))),
              0);
  }
}

TEST(ConditionSearch, TheUnfilteredLearnerLooksForNone) {
  LearnOptions options;
  options.require_significance = false;
  EXPECT_EQ(Conditions(IdsLearned(KindDoors(0), options)), 0);
}

// The rule was right for a and b; now u helps with a, b no more. What is tried elsewhere is no
// reason to retire it.
TEST(ConditionSearch, ARuleIsRevisedByWhatHappensWhereItHolds) {
  const Json record = {{"text", "u for a and b"},
                       {"when", {{"tool", "t"}, {"error", "E"}, {"seen", {{"kind", {"a", "b"}}}}}},
                       {"then", {{"recover", "u"}}},
                       {"sources", {{{"trace", "old"}, {"steps", {1}}}}},
                       {"evidence", {{"error", "E"}, {"with", {{"good", 40}, {"all", 40}}}}}};
  const Strategy parent = With(Untaught(), {{"add", "r", record}});
  const auto operations = [&](const std::string& kinds) {
    const auto traces = Loud(200, 5, [&](const Json& row, const std::string& helper) {
      return helper == "u" && IsOneOf(row["kind"], kinds) ? 1.0 : 0.0;
    });
    return Learn(traces, parent, {}).operations;
  };
  for (const Operation& operation : operations("ab")) EXPECT_NE(operation.target, "r");
  const auto changed = operations("cde");
  EXPECT_TRUE(std::any_of(changed.begin(), changed.end(), [](const Operation& operation) {
    return operation.op == "retire" && operation.target == "r";
  }));
}

}  // namespace
}  // namespace kedge::agent_ref
