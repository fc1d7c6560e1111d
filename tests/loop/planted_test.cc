// Planted candidates on the retail suite: every fault that can be pointed at is stopped for the
// reason it was planted for. How often the others pass is planted_long_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/planted/classes.h"
#include "harness/loop/planted/later_alarm.h"
#include "harness/loop/planted/session.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::string kRetail = testing::SourcePath("tasksuites/retail");

PlantedSessionOptions Options(const std::string& folder) {
  PlantedSessionOptions options;
  options.suite_folder = kRetail;
  options.champion_folder = kRetail + "/strategies/champion";
  options.policy_file = kRetail + "/kedge.yaml";
  options.output_folder = folder;
  options.seeds = 1;
  return options;
}

PlantedSessionResult RunPlanted(const PlantedSessionOptions& options) {
  const agent_ref::ReferenceAgentFactory agents;
  Observer observer;
  return RunPlantedSession(options, agents, SystemClock(), observer);
}

TEST(PlantedClasses, CoverEveryFailureOfLearningOnTheJob) {
  std::set<std::string> names;
  for (const PlantedClass& planted : PlantedClasses()) {
    EXPECT_TRUE(names.insert(planted.name).second) << planted.name;
    EXPECT_EQ(planted.kind == PlantedKind::kWitness, !planted.reason.empty()) << planted.name;
    EXPECT_FALSE(planted.fault.empty()) << planted.name;
  }
  for (const char* failure : {"memorised-answers",
                              "selection-luck",
                              "context-collapse",
                              "forgetting",
                              "evaluator-tampering",
                              "metric-gaming",
                              "safety-erosion",
                              "scope-creep",
                              "poisoned-traces",
                              "contradiction",
                              "mislabelled-sources",
                              "dose",
                              "cost-blow-up",
                              "flakiness-for-gain",
                              "stale-rules",
                              "index-rot",
                              "leaked-secret",
                              "unsafe-composition",
                              "dormant-trigger",
                              "later-drift",
                              "learned-rules",
                              "one-stratum",
                              "twice-the-design-effect",
                              "saving-at-equal-quality"}) {
    EXPECT_EQ(names.count(failure), 1U) << failure;
  }
}

TEST(PlantedSession, NamesEveryWitnessAndWritesReports) {
  const testing::TempFolder folder;
  PlantedSessionOptions options = Options(folder.File("out"));
  for (const PlantedClass& planted : PlantedClasses()) {
    if (planted.kind == PlantedKind::kWitness) options.classes.push_back(planted.name);
  }
  options.classes.push_back("learned-rules");
  const PlantedSessionResult result = RunPlanted(options);
  for (const reports::PlantedRow& row : result.table.rows) {
    if (row.kind != "witness") continue;
    EXPECT_EQ(row.named, 1) << row.name;
    EXPECT_EQ(row.verdicts, (std::map<std::string, std::int64_t>{{"BLOCK", 1}})) << row.name;
    EXPECT_FALSE(row.effect) << row.name;
  }
  const reports::PlantedRow& good = result.table.rows.back();
  EXPECT_EQ(good.promoted, 1);
  ASSERT_TRUE(good.effect);
  EXPECT_GT(good.effect->low, 0.1);  // twice the policy's smallest gain, on other tasks
  EXPECT_TRUE(result.table.holds);

  const Json json = ParseJson(ReadFile(result.json));
  EXPECT_EQ(json["format"], "kedge-planted/1");
  EXPECT_EQ(json["classes"].size(), options.classes.size());
  EXPECT_EQ(json["classes"][0]["named_interval"][1], 1.0);
  EXPECT_THAT(ReadFile(result.markdown), HasSubstr("| contradiction | "));
  EXPECT_THAT(ReadFile(result.html), HasSubstr("change_guard:S17-contradiction"));
}

TEST(PlantedSession, RefusesWhatItCannotDo) {
  const testing::TempFolder folder;
  PlantedSessionOptions options = Options(folder.File("out"));
  options.seeds = 0;
  EXPECT_THROW(RunPlanted(options), Error);
  options.seeds = 1;
  options.classes = {"leaked-secret", "no-such-class"};
  try {
    RunPlanted(options);
    FAIL() << "an unknown class was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("index-rot"));
  }
  EXPECT_FALSE(fs::exists(folder.File("out/planted.json")));
}

// The tuned CUSUM of the published tables, average run length 5000.
TEST(BestDelay, IsThatOfTheTunedCusum) {
  for (const auto& [p0, p1, delay] :
       {std::tuple{0.8, 0.7, 140.0}, {0.8, 0.6, 48.0}, {0.9, 0.8, 97.0}, {0.9, 0.7, 35.0}}) {
    EXPECT_NEAR(BestDelay(p0, p1, 5000), delay, 0.12 * delay) << p0 << " to " << p1;
  }
}

}  // namespace
}  // namespace kedge::loop
