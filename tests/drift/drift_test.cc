#include "harness/drift/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "harness/core/error.h"
#include "harness/stats/distribution_distance.h"
#include "harness/stats/ratio.h"
#include "tests/drift/drift_testing.h"
#include "tests/testing/needs.h"

namespace kedge::drift {
namespace {

using testing::RunOf;
using testing::Simulated;

// The enumeration of the statistics room is checked against an independent oracle; ours, which
// labels runs instead of swapping vectors, must find the same.
TEST(DriftTest, ToolsScoreEqualsTheExactPermutationTest) {
  Random random(11);
  const std::vector<Behaviour> champion = Simulated(9, 1, 0.0, random);
  const std::vector<Behaviour> candidate = Simulated(9, 1, 0.3, random);
  std::vector<std::string> tools = {"extra"};
  for (int i = 0; i < 7; ++i) tools.push_back("tool" + std::to_string(i));
  const auto features = [&](const std::vector<Behaviour>& runs) {
    stats::TaskFeatures rows;
    for (const Behaviour& run : runs) {
      std::vector<double> counts;
      for (const std::string& tool : tools) {
        counts.push_back(
            static_cast<double>(std::count(run.actions.begin(), run.actions.end(), tool)));
      }
      rows.push_back(stats::Normalised(counts));
    }
    return rows;
  };
  const stats::DriftPermutation truth =
      stats::DriftPermutationExact(features(champion), features(candidate),
                                   [](std::span<const double> p, std::span<const double> q) {
                                     return stats::JensenShannonBits(p, q);
                                   });
  const DriftReport report = MeasureDrift(champion, candidate, {});
  EXPECT_TRUE(report.exact);
  EXPECT_TRUE(report.paired);
  const stats::DriftPermutation& found = report.Find("tools")->test;
  EXPECT_NEAR(found.observed, truth.observed, 1e-12);
  EXPECT_NEAR(found.mean, truth.mean, 1e-12);
  EXPECT_NEAR(found.sd, truth.sd, 1e-12);
  EXPECT_EQ(found.hits, truth.hits);
  EXPECT_EQ(found.labellings, 512);
}

TEST(DriftTest, AnUnchangedAgentIsNotChangedAndAShiftedOneIs) {
  Random random(12);
  const std::vector<Behaviour> champion = Simulated(150, 1, 0.0, random);
  const std::vector<Behaviour> same = Simulated(150, 1, 0.0, random);
  EXPECT_FALSE(MeasureDrift(champion, same, {}).changed);
  const DriftReport report = MeasureDrift(champion, Simulated(150, 1, 0.35, random), {});
  EXPECT_TRUE(report.changed);
  EXPECT_TRUE(report.Find("tools")->changed);
  EXPECT_EQ(report.Find("tools")->moved.front().name, "extra");
  EXPECT_EQ(report.Find("tools")->examples.size(), 3U);
  EXPECT_GE(report.index, 1);
  ASSERT_EQ(report.new_scopes.size(), 1U);
  EXPECT_EQ(report.new_scopes[0].scope.tool, "extra");
}

TEST(DriftTest, TheOrderOfAnArchiveDoesNotMatter) {
  Random random(13);
  std::vector<Behaviour> champion = Simulated(40, 2, 0.0, random);
  std::vector<Behaviour> candidate = Simulated(40, 2, 0.1, random);
  const std::string before = DumpJson(ToJson(MeasureDrift(champion, candidate, {})));
  random.Shuffle(champion);
  random.Shuffle(candidate);
  EXPECT_EQ(DumpJson(ToJson(MeasureDrift(champion, candidate, {}))), before);
}

// Significance alone never decides: a tiny shift over many tasks is significant and not a change.
TEST(DriftTest, ATinyShiftOfManyTasksIsNoChange) {
  std::vector<Behaviour> champion, candidate;
  for (int i = 0; i < 2000; ++i) {
    const std::string task = std::to_string(i);
    champion.push_back(RunOf(task, {"a", "b", "c"}));
    candidate.push_back(i % 40 == 0 ? RunOf(task, {"a", "b", "b", "c"})
                                    : RunOf(task, {"a", "b", "c"}));
  }
  const DriftReport report = MeasureDrift(champion, candidate, {});
  EXPECT_LE(report.Find("steps")->p_holm, 0.01);
  EXPECT_FALSE(report.Find("steps")->changed);
  EXPECT_FALSE(report.Find("tools")->changed);
}

// Magnitude alone never decides either.
TEST(DriftTest, AFewWildRunsAreNoChange) {
  std::vector<Behaviour> champion, candidate;
  for (int i = 0; i < 4; ++i) {
    champion.push_back(RunOf(std::to_string(i), {"a"}));
    candidate.push_back(RunOf(std::to_string(i), {"b", "b", "b", "b"}));
  }
  const DriftReport report = MeasureDrift(champion, candidate, {});
  EXPECT_GT(report.Find("tools")->test.excess, report.Find("tools")->threshold);
  EXPECT_DOUBLE_EQ(report.Find("tools")->test.p, 2.0 / 16);
  EXPECT_FALSE(report.changed);
}

TEST(DriftTest, FloorsRaiseThresholdsAndNeverLowerThem) {
  Random random(14);
  const std::vector<Behaviour> champion = Simulated(80, 1, 0.0, random);
  const std::vector<Behaviour> candidate = Simulated(80, 1, 0.35, random);
  DriftOptions options;
  options.floors = {{"tools", 0.9}, {"path", 0.0001}, {"vector", 0.7}};
  const DriftReport report = MeasureDrift(champion, candidate, options);
  EXPECT_DOUBLE_EQ(report.Find("tools")->threshold, 0.9);
  EXPECT_FALSE(report.Find("tools")->changed);
  EXPECT_DOUBLE_EQ(report.Find("path")->threshold, 0.10);
  EXPECT_DOUBLE_EQ(report.Find("vector")->threshold, 1.4);
  const Floors floors = FloorsFrom(report);
  EXPECT_DOUBLE_EQ(floors.at("tools"), report.Find("tools")->test.excess);
  EXPECT_GE(floors.at("steps"), report.Find("steps")->null_q95);
}

TEST(DriftTest, FloorsSurviveTheirFileAndBrokenOnesAreRefused) {
  const ::kedge::testing::TempFolder folder;
  const std::string path = folder.File("floors.json");
  const Floors floors = {{"tools", 0.0125}, {"vector", 0.5}};
  ::kedge::testing::WriteFile(path, DumpJson(FloorsToJson(floors)));
  EXPECT_EQ(LoadFloors(path), floors);
  for (const char* broken : {"{", "{}", R"({"format":"kedge-drift-floors/2","floors":{}})",
                             R"({"format":"kedge-drift-floors/1"})",
                             R"({"format":"kedge-drift-floors/1","floors":{"tool":1}})",
                             R"({"format":"kedge-drift-floors/1","floors":{"tools":-1}})",
                             R"({"format":"kedge-drift-floors/1","floors":{"tools":"0.1"}})",
                             R"({"format":"kedge-drift-floors/1","floors":{},"more":1})"}) {
    ::kedge::testing::WriteFile(path, broken);
    EXPECT_THROW((void)LoadFloors(path), Error) << broken;
  }
}

TEST(DriftTest, APrivilegedToolIsNamedUnlessAllowed) {
  std::vector<Behaviour> champion, candidate;
  for (int i = 0; i < 30; ++i) {
    champion.push_back(RunOf(std::to_string(i), {"read", "read"}));
    candidate.push_back(i == 3 ? RunOf(std::to_string(i), {"read", "wipe"})
                               : RunOf(std::to_string(i), {"read", "read"}));
  }
  DriftOptions options;
  options.privileged = {"wipe"};
  const DriftReport report = MeasureDrift(champion, candidate, options);
  EXPECT_EQ(report.privileged_calls, 1);
  ASSERT_EQ(report.new_scopes.size(), 1U);
  EXPECT_TRUE(report.new_scopes[0].privileged);
  EXPECT_EQ(report.new_scopes[0].example, "3/0");
  options.allow = {"wipe"};
  EXPECT_EQ(MeasureDrift(champion, candidate, options).privileged_calls, 0);
}

TEST(DriftTest, ArchivesOfDifferentTasksAreComparedUnpaired) {
  Random random(15);
  std::vector<Behaviour> champion = Simulated(60, 1, 0.0, random);
  std::vector<Behaviour> other = Simulated(60, 1, 0.0, random);
  for (Behaviour& run : other) run.task = run.cluster = "other" + run.task;
  const DriftReport same = MeasureDrift(champion, other, {});
  EXPECT_FALSE(same.paired);
  EXPECT_FALSE(same.changed);
  std::vector<Behaviour> shifted = Simulated(60, 1, 0.5, random);
  for (Behaviour& run : shifted) run.task = run.cluster = "other" + run.task;
  EXPECT_TRUE(MeasureDrift(champion, shifted, {}).changed);
  EXPECT_THROW((void)MeasureDrift({}, other, {}), Error);
}

TEST(DriftTest, AScoreThatARunLacksIsLeftOut) {
  Random random(16);
  std::vector<Behaviour> champion = Simulated(20, 1, 0.0, random);
  const std::vector<Behaviour> candidate = Simulated(20, 1, 0.0, random);
  champion[3].cost.reset();
  champion[4].judge_gap.reset();
  const DriftReport report = MeasureDrift(champion, candidate, {});
  EXPECT_EQ(report.Find("cost"), nullptr);
  EXPECT_EQ(report.Find("judge"), nullptr);
  EXPECT_NE(report.Find("latency"), nullptr);
}

TEST(DriftTest, WallTimeIsShownAndNothingRestsOnItWhenAsked) {
  Random random(17);
  const std::vector<Behaviour> champion = Simulated(60, 1, 0.0, random);
  std::vector<Behaviour> candidate = champion;
  for (Behaviour& run : candidate) run.latency_seconds = *run.latency_seconds * 5;
  EXPECT_TRUE(MeasureDrift(champion, candidate, {}).changed);
  DriftOptions options;
  options.latency_counts = false;
  const DriftReport report = MeasureDrift(champion, candidate, options);
  EXPECT_FALSE(report.changed);
  EXPECT_NEAR(report.Find("latency")->ratio.value(), 5, 1e-9);
  EXPECT_LT(report.index, 1);
  EXPECT_EQ(DumpJson(ToJson(report, false)).find("latency"), std::string::npos);
}

TEST(DriftTest, AThousandTasksTakeWellUnderASecond) {
  if (::kedge::testing::IsSlowBuild()) GTEST_SKIP() << "not an optimised build";
  Random random(18);
  const std::vector<Behaviour> champion = Simulated(1000, 1, 0.0, random);
  const std::vector<Behaviour> candidate = Simulated(1000, 1, 0.1, random);
  DriftOptions options;
  options.resamples = 999;
  const auto start = std::chrono::steady_clock::now();
  const DriftReport report = MeasureDrift(champion, candidate, options);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(report.features.size(), 12U);
  std::printf("1,000 tasks x 999 labellings x 12 scores: %.3f s\n", seconds.count());
  EXPECT_LT(seconds.count(), 1.0);
}

}  // namespace
}  // namespace kedge::drift
