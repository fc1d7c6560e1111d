// The instrument that measures learning: the same whatever the threads do, and plain about what it
// cannot run. The bars themselves are in learning_curve_bars_test.cc.
#include "harness/loop/learning_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

LearningCurveOptions Small() {
  LearningCurveOptions options;
  options.suite_folder = testing::SourcePath("tasksuites/retail");
  options.checkpoints = {0, 20, 60};
  options.world_seeds = 3;
  options.tasks = 60;
  return options;
}

TEST(LearningCurve, DoesNotDependOnThreads) {
  LearningCurveOptions options = Small();
  options.threads = 1;
  const reports::LearningCurve one = MeasureLearningCurve(options, SystemClock());
  options.threads = 3;
  const reports::LearningCurve three = MeasureLearningCurve(options, SystemClock());
  EXPECT_EQ(ToJson(one), ToJson(three));
  EXPECT_DOUBLE_EQ(one.oracle, 1);
  EXPECT_DOUBLE_EQ(one.impossible.mean, 0);
  ASSERT_EQ(one.points.size(), 3u);
  EXPECT_DOUBLE_EQ(one.points[0].rules, 0);
  EXPECT_GT(one.points[2].rules, 1);
  EXPECT_GT(one.points[2].gain.mean, 0.05);
  EXPECT_NEAR(one.points[2].gain.mean, one.points[1].step.mean + one.points[2].step.mean, 1e-12);
  EXPECT_THAT(ToText(one), HasSubstr("impossible tasks 0.0 %"));
}

TEST(LearningCurve, WithoutObservationsNothingIsLearned) {
  LearningCurveOptions options = Small();
  options.strip_observations = true;
  const reports::LearningCurve curve = MeasureLearningCurve(options, SystemClock());
  EXPECT_EQ(curve.points.back().candidates, 0);
}

TEST(LearningCurve, TheGateJudgesEveryCandidateAndThePageSaysSo) {
  const testing::TempFolder folder;
  LearningCurveOptions options = Small();
  options.checkpoints = {0, 100};
  options.world_seeds = 2;
  options.gate_folder = folder.File("gates");
  const reports::LearningCurve gated = MeasureLearningCurve(options, SystemClock());
  EXPECT_TRUE(gated.gated);
  EXPECT_EQ(gated.points[0].promoted, 0);
  EXPECT_EQ(gated.points[1].candidates, 2);
  EXPECT_EQ(gated.points[1].promoted, 2);
  reports::WriteCurveHtml(folder.File("curve.html"), gated, "kedge");
  EXPECT_THAT(ReadFile(folder.File("curve.html")),
              AllOf(HasSubstr("Promoted by the gate"), HasSubstr("2 of 2")));
  EXPECT_THAT(ToText(gated), HasSubstr("promoted"));
  options.gate_folder.clear();
  const reports::LearningCurve plain = MeasureLearningCurve(options, SystemClock());
  EXPECT_EQ(ToJson(plain)["points"][1]["success"], ToJson(gated)["points"][1]["success"]);
  EXPECT_FALSE(ToJson(plain)["points"][1].contains("promoted"));
}

TEST(LearningCurve, RefusesWhatItCannotMeasure) {
  const auto refuse = [](const std::function<void(LearningCurveOptions&)>& change,
                         const char* word) {
    LearningCurveOptions options = Small();
    change(options);
    try {
      MeasureLearningCurve(options, SystemClock());
      ADD_FAILURE() << "measured: " << word;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(word));
    }
  };
  refuse([](auto& o) { o.checkpoints = {10, 30}; }, "from 0");
  refuse([](auto& o) { o.checkpoints = {0, 30, 30}; }, "ascending");
  refuse([](auto& o) { o.world_seeds = 1; }, "--world-seeds");
  refuse([](auto& o) { o.tasks = 0; }, "--tasks");
  refuse([](auto& o) { o.batch = 0; }, "--batch");
  refuse([](auto& o) { o.learning_file = "nowhere.yaml"; }, "nowhere.yaml");
}

}  // namespace
}  // namespace kedge::loop
