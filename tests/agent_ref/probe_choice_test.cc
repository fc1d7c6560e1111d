#include "agent_ref/probe_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent_ref/learner.h"
#include "agent_ref/reference_agent.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Strategy;

const Hypothesis kHelps{Link::kRecovery, "t", "E", "u"};

EpisodeView ProbeView(const std::string& id, const std::string& family, bool success) {
  EpisodeView view;
  view.id = id;
  view.family = family;
  view.task = "task of " + id;
  view.success = success;
  return view;
}

Trial ProbeTrial(const EpisodeView& view, bool with, bool good) {
  Trial trial;
  trial.tool = "t";
  trial.error = "E";
  trial.view = &view;
  trial.good = good;
  if (with) trial.helpers = {"u"};
  return trial;
}

std::vector<std::string> TracesIn(const Json& probes) {
  std::vector<std::string> traces;
  for (const Json& probe : probes) traces.push_back(probe["trace"]);
  return traces;
}

TEST(ProbeChoice, TwoThatHelpedOfTwoFamiliesAndOneThatFailedWithout) {
  const std::vector<EpisodeView> views = {ProbeView("a", "f", false), ProbeView("b", "f", true),
                                          ProbeView("c", "f", true),  ProbeView("d", "g", false),
                                          ProbeView("e", "f", false), ProbeView("g", "h", false)};
  std::vector<Trial> trials = {
      ProbeTrial(views[0], true, true),   ProbeTrial(views[1], true, true),
      ProbeTrial(views[2], true, true),   ProbeTrial(views[3], true, true),
      ProbeTrial(views[4], false, false), ProbeTrial(views[5], true, false)};
  const Json probes = ChooseProbes(kHelps, trials);
  EXPECT_THAT(TracesIn(probes), ::testing::ElementsAre("b", "d", "e"));
  EXPECT_EQ(probes[0], (Json{{"trace", "b"},
                             {"task", "task of b"},
                             {"family", "f"},
                             {"helped", true},
                             {"failed_without", false}}));
  EXPECT_EQ(probes[2]["failed_without"], true);
  Random random(3);
  for (int i = 0; i < 20; ++i) {
    random.Shuffle(trials);
    EXPECT_EQ(ChooseProbes(kHelps, trials), probes);
  }
}

TEST(ProbeChoice, ATaskThatShowsBothIsEnough) {
  const EpisodeView view = ProbeView("a", "f", true);
  const Json probes =
      ChooseProbes(kHelps, {ProbeTrial(view, false, false), ProbeTrial(view, true, true)});
  ASSERT_EQ(probes.size(), 1u);
  EXPECT_EQ(probes[0]["helped"], true);
  EXPECT_EQ(probes[0]["failed_without"], true);
}

TEST(ProbeChoice, OneTaskIsOneProbe) {
  EpisodeView one = ProbeView("a", "f", true);
  EpisodeView again = ProbeView("b", "f", true);
  again.task = one.task;
  EXPECT_EQ(
      ChooseProbes(kHelps, {ProbeTrial(one, true, true), ProbeTrial(again, true, true)}).size(),
      1u);
}

TEST(Learner, EveryRuleNamesItsProbeTasks) {
  const Strategy explorer =
      With(BuildingStrategy(), {{"set_param", "planner/parameters/explore", 0.5},
                                {"set_param", "planner/parameters/explore_on_error", 1},
                                {"set_param", "planner/parameters/explore_tries", 8}});
  const auto agent = ReferenceAgentFactory().Make(explorer);
  std::vector<trace::Trace> traces;
  for (const std::string& family : BuildingFamilies()) {
    for (std::uint64_t seed = 0; seed < 80; ++seed) {
      traces.push_back(RunBuilding(*agent, family, seed, {}).trace);
      traces.back().key.task_id = "task " + std::to_string(seed % 40);
    }
  }
  const LearnResult result = Learn(traces, explorer, {});
  ASSERT_GE(result.operations.size(), 2u);
  for (std::size_t i = 0; i < result.operations.size(); ++i) {
    const Json& probes = result.operations[i].value["evidence"]["probes"];
    ASSERT_GE(probes.size(), 1u);
    ASSERT_LE(probes.size(), 3u);
    bool helped = false;
    bool failed_without = false;
    for (const Json& probe : probes) {
      helped = helped || probe["helped"];
      failed_without = failed_without || probe["failed_without"];
      const auto trace = std::find_if(traces.begin(), traces.end(), [&](const trace::Trace& one) {
        return one.id == probe["trace"];
      });
      ASSERT_NE(trace, traces.end());
      EXPECT_EQ(trace->key.family, probe["family"]);
      EXPECT_EQ(trace->key.task_id, probe["task"]);
    }
    EXPECT_TRUE(helped) << result.operations[i].target;
    EXPECT_TRUE(failed_without) << result.operations[i].target;
    const Json& accepted = result.report["accepted"];
    EXPECT_TRUE(std::any_of(accepted.begin(), accepted.end(), [&](const Json& entry) {
      return entry["id"] == result.operations[i].target && entry["probes"] == probes;
    }));
  }
}

}  // namespace
}  // namespace kedge::agent_ref
