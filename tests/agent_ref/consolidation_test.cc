#include "agent_ref/consolidation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "agent_ref/reference_agent.h"
#include "agent_ref/text_duplicates.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Guideline;
using strategy::Operation;
using strategy::Strategy;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Json Record(const std::string& id, const std::string& when, const std::string& then,
            std::vector<std::string> traces = {}) {
  Json record = {{"id", id},
                 {"text", "Text of " + id + "."},
                 {"when", ParseJson(when)},
                 {"then", ParseJson(then)}};
  for (const std::string& trace : traces) {
    record["sources"].push_back({{"trace", trace}, {"outcome", "success"}});
  }
  if (!traces.empty()) record["support"] = traces.size();
  return record;
}

Json Text(const std::string& id, const std::string& text) { return {{"id", id}, {"text", text}}; }

Strategy Make(const std::vector<Json>& records, const Json& retrieval = Json::object()) {
  auto layers = BuildingLayers();
  layers["guidelines"] = {{"guidelines", records}};
  layers["retrieval"] = retrieval;
  return Strategy::FromLayers("s", {}, layers);
}

Strategy Applied(const Strategy& strategy) {
  return strategy::Apply(strategy, strategy.hash(), Consolidate(strategy).operations, "c", {});
}

const char kDoor[] = R"({"tool": "open_door"})";
const char kBadge[] = R"({"call_first": "show_badge"})";

TEST(Consolidate, EqualFormsBecomeOneWithAllSources) {
  const Strategy strategy = Make(
      {Record("b", kDoor, kBadge, {"t1"}),
       Record("a", R"({"tool": ["open_door"]})", R"({"call_first": ["show_badge"]})", {"t2", "t3"}),
       Record("c", R"({"tool": "close_door"})", kBadge, {"t4"})});
  const Consolidation found = Consolidate(strategy);
  ASSERT_THAT(found.merges, SizeIs(1));
  EXPECT_EQ(found.merges[0].kept, "a") << "the best supported";
  EXPECT_THAT(found.merges[0].merged, ElementsAre("b"));
  EXPECT_EQ(found.merges[0].by, "rule");
  const Strategy candidate = Applied(strategy);
  EXPECT_EQ(candidate.guidelines()[0].id, "a") << "speaks from where the first one spoke";
  EXPECT_THAT(candidate.guidelines()[0].sources, SizeIs(3));
  EXPECT_EQ(candidate.guidelines()[0].support, 3);
  EXPECT_EQ(candidate.guidelines()[1].status, "retired");
  EXPECT_EQ(candidate.guidelines()[1].evidence["retired"], "merged into a");
}

TEST(Consolidate, AWiderRuleTakesInTheNarrower) {
  const Strategy strategy =
      Make({Record("narrow", R"({"tool": "open_door", "goal": "open"})", kBadge, {"t1"}),
            Record("wide", kDoor, kBadge, {"t2"})});
  const Consolidation found = Consolidate(strategy);
  ASSERT_THAT(found.merges, SizeIs(1));
  EXPECT_EQ(found.merges[0].kept, "wide");
  EXPECT_EQ(found.merges[0].by, "subsumption");
}

TEST(Consolidate, NotWhereTheOrderTellsThemApart) {
  const Strategy strategy =
      Make({Record("narrow", R"({"tool": "open_door", "goal": "open"})", R"({"confirm": false})"),
            Record("between", R"({"goal": "open"})", R"({"confirm": true})"),
            Record("wide", kDoor, R"({"confirm": false})")});
  const Consolidation found = Consolidate(strategy);
  EXPECT_THAT(found.merges, IsEmpty());
  ASSERT_THAT(found.kept_apart, SizeIs(1));
  EXPECT_EQ(found.kept_apart[0].apart, "narrow");
  EXPECT_THAT(found.conflicts, SizeIs(2));
}

TEST(Consolidate, AHandWrittenRuleDoesNotFallSilent) {
  const Strategy strategy =
      Make({Record("laid-down", kDoor, kBadge), Record("seen-once", kDoor, kBadge, {"t1"})},
           {{"min_support", 3}});
  EXPECT_THAT(Consolidate(strategy).merges, IsEmpty());
  EXPECT_THAT(Consolidate(strategy).kept_apart, SizeIs(1));
}

TEST(Consolidate, StatusesAreNotMixedAndTombstonesStay) {
  Json quarantined = Record("q", kDoor, kBadge, {"t1"});
  quarantined["status"] = "quarantined";
  Json retired = Record("r", kDoor, kBadge, {"t2"});
  retired["status"] = "retired";
  const Strategy strategy = Make({quarantined, retired, Record("a", kDoor, kBadge, {"t3"})});
  EXPECT_THAT(Consolidate(strategy).operations, IsEmpty());
}

TEST(Consolidate, NearlyEqualTextsBecomeOne) {
  const Strategy strategy = Make(
      {Text("one", "Look at the order before you talk to the customer about the money."),
       Text("two", "Look at the order, before you talk to the customer about the money!"),
       Text("three", "Look at the order after you talk to the customer about the money."),
       Text("four", "Never look at the order before you talk to the customer about the money."),
       Text("five", "Wait 5 minutes for the warehouse to answer before you ask again."),
       Text("six", "Wait 9 minutes for the warehouse to answer before you ask again.")});
  const Consolidation found = Consolidate(strategy);
  ASSERT_THAT(found.merges, SizeIs(1));
  EXPECT_EQ(found.merges[0].kept, "one");
  EXPECT_THAT(found.merges[0].merged, ElementsAre("two"));
  EXPECT_EQ(found.merges[0].by, "text");
}

std::vector<RuleConflict> ConflictsOf(const std::vector<Json>& records) {
  return Consolidate(Make(records)).conflicts;
}

TEST(FindConflicts, InvertedOrders) {
  const auto both =
      ConflictsOf({Record("x", kDoor, kBadge),
                   Record("y", R"({"tool": "show_badge"})", R"({"call_first": "open_door"})")});
  ASSERT_THAT(both, SizeIs(1));
  EXPECT_EQ(both[0].kind, "inverted_order");
  EXPECT_THAT(ConflictsOf({Record("x", kDoor, kBadge),
                           Record("y", kDoor, R"({"call_after": "show_badge"})")}),
              SizeIs(1));
  EXPECT_THAT(ConflictsOf({Record("x", kDoor, kBadge), Record("y", R"({"tool": "show_badge"})",
                                                              R"({"call_after": "open_door"})")}),
              IsEmpty())
      << "both want the badge first";
}

TEST(FindConflicts, Contradictions) {
  std::string kind = "opposite_action";
  const auto one = [&](const std::string& when_a, const std::string& then_a,
                       const std::string& when_b, const std::string& then_b) {
    const auto found = ConflictsOf({Record("a", when_a, then_a), Record("b", when_b, then_b)});
    const auto turned = ConflictsOf({Record("b", when_b, then_b), Record("a", when_a, then_a)});
    EXPECT_EQ(found, turned);
    return found.size() == 1 && found[0].kind == kind;
  };
  EXPECT_TRUE(
      one(kDoor, R"({"confirm": true})", R"({"effect": "write"})", R"({"confirm": false})"));
  EXPECT_TRUE(one(R"({"tool": "open_door", "error": "e"})", R"({"on_error": "retry"})",
                  R"({"error": ["e", "f"]})", R"({"on_error": "stop"})"));
  EXPECT_TRUE(one(R"({"argument": "badge_id"})", R"({"prefer": "user"})",
                  R"({"argument": "badge_id", "tool": "open_door"})", R"({"prefer": "tool"})"));
  kind = "forbidden_helper";
  EXPECT_TRUE(one(kDoor, kBadge, R"({"tool": "show_badge"})", R"({"stop": "No badges."})"));
  EXPECT_FALSE(one(R"({"tool": "open_door", "error": "e"})", R"({"on_error": "retry"})",
                   R"({"tool": "open_door", "error": "f"})", R"({"on_error": "stop"})"));
  EXPECT_FALSE(one(R"({"tool": "open_door", "goal": "open"})", kBadge,
                   R"({"tool": "open_door", "goal": "close"})", R"({"stop": "No."})"));
  EXPECT_FALSE(one(kDoor, kBadge, R"({"tool": "show_badge", "called": "sync_log"})",
                   R"({"stop": "Not after the log."})"))
      << "a prohibition with a condition leaves room";
}

/// Random guidelines of which many repeat, widen or oppose others.
std::vector<Json> RandomRecords(std::uint64_t seed) {
  Random random(seed);
  const auto pick = [&](std::initializer_list<const char*> words) {
    return std::string(*(words.begin() + random.Below(words.size())));
  };
  std::vector<Json> records;
  for (std::size_t i = 0; i < 14; ++i) {
    const std::string id = "g" + std::to_string(i);
    if (random.Bernoulli(0.2)) {
      records.push_back(
          Text(id, pick({"Be polite to everybody who comes to the door today.",
                         "Be polite to everybody who comes to the doors today.", "Be quick."})));
      continue;
    }
    Json when = {{"tool", pick({"open_door", "close_door"})}};
    if (random.Bernoulli(0.3)) when["goal"] = pick({"open", "close"});
    Json then = {{"call_first", pick({"show_badge", "sync_log"})}};
    if (random.Bernoulli(0.3)) then = {{"confirm", random.Bernoulli(0.5)}};
    std::vector<std::string> traces;
    for (std::size_t n = random.Below(3); n > 0; --n) {
      traces.push_back("t" + std::to_string(random.Below(9)));
    }
    records.push_back(Record(id, DumpJson(when), DumpJson(then), traces));
    if (random.Bernoulli(0.2)) records.back()["status"] = "quarantined";
  }
  return records;
}

std::set<strategy::GuidelineSource> SourcesInForce(const Strategy& strategy) {
  std::set<strategy::GuidelineSource> sources;
  for (const Guideline& guideline : strategy.guidelines()) {
    if (guideline.status == "retired") continue;
    sources.insert(guideline.sources.begin(), guideline.sources.end());
  }
  return sources;
}

TEST(ConsolidateProperty, IdempotentWhateverTheOrderAndNothingIsLost) {
  std::size_t merged = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<Json> records = RandomRecords(seed);
    const Strategy strategy = Make(records);
    const Consolidation found = Consolidate(strategy);
    merged += found.merges.size();
    const Strategy candidate = Applied(strategy);
    EXPECT_THAT(Consolidate(candidate).operations, IsEmpty());
    EXPECT_EQ(SourcesInForce(candidate), SourcesInForce(strategy));
    EXPECT_EQ(candidate.guidelines().size(), strategy.guidelines().size()) << "tombstones stay";
    for (const char* unchanged : {"instructions", "tool_policy", "planner", "retrieval", "model"}) {
      EXPECT_EQ(candidate.layer(unchanged), strategy.layer(unchanged));
    }
    Random random(seed);
    random.Shuffle(records);
    const Consolidation again = Consolidate(Make(records));
    EXPECT_EQ(again.operations, found.operations);
    EXPECT_EQ(again.conflicts, found.conflicts);
  }
  EXPECT_GT(merged, 300U) << "most strategies must have something to merge";
}

std::string Actions(const BuildingRun& run) {
  std::string actions;
  for (const trace::Step& step : run.trace.steps) {
    if (step.kind == trace::StepKind::kToolCall) {
      actions += step.call.name + DumpJson(step.call.arguments) + "\n";
    } else {
      actions += step.text + "|" + step.decision.chosen + "\n";
    }
  }
  return actions;
}

// Merging what is equal in form changes no action, however flaky the world and the agent are.
TEST(ConsolidateProperty, EqualFormsMergeWithoutATrace) {
  BuildingRules flaky;
  flaky.transient = 0.2;
  std::size_t merged = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Strategy strategy = With(Make(RandomRecords(seed)),
                                   {{"set_param", "model/temperature", 2},
                                    {"set_param", "planner/parameters/explore", 0.5},
                                    {"set_param", "planner/parameters/explore_on_error", 0.5}});
    std::vector<Operation> equal;
    for (const MergedGuidelines& merge : Consolidate(strategy).merges) {
      if (merge.by == "rule") equal.push_back({"merge", merge.kept, Json(merge.merged)});
    }
    merged += equal.size();
    const auto before = ReferenceAgentFactory().Make(strategy);
    const auto after = ReferenceAgentFactory().Make(With(strategy, equal));
    for (const std::string& family : BuildingFamilies()) {
      for (std::uint64_t episode = 0; episode < 4; ++episode) {
        EXPECT_EQ(Actions(RunBuilding(*before, family, episode, flaky)),
                  Actions(RunBuilding(*after, family, episode, flaky)))
            << seed << " " << family << " " << episode;
      }
    }
  }
  EXPECT_GT(merged, 40U);
}

TEST(TextDuplicates, LeadersComeFirst) {
  EXPECT_THAT(TextDuplicateLeaders({}), IsEmpty());
  EXPECT_THAT(TextDuplicateLeaders({"a", "A.", "b"}), ElementsAre(0, 0, 2));
}

}  // namespace
}  // namespace kedge::agent_ref
