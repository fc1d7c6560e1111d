// What a learner must gain from 100 episodes, over 20 worlds of 400 fresh held-out tasks, in every
// suite that says how its champion learns.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "harness/loop/learning_curve.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> SuitesThatLearn() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(testing::SourcePath("tasksuites"))) {
    if (fs::exists(entry.path() / "operations/learning.yaml")) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

reports::LearningCurve Measure(const std::string& suite, bool permuted, bool strip_observations) {
  LearningCurveOptions options;
  options.suite_folder = testing::SourcePath("tasksuites/" + suite);
  options.permuted = permuted;
  options.strip_observations = strip_observations;
  reports::LearningCurve curve = MeasureLearningCurve(options, SystemClock());
  std::cout << (permuted ? "permuted " : "") << (strip_observations ? "without results " : "")
            << ToText(curve);
  return curve;
}

class LearningCurveBars : public ::testing::TestWithParam<std::string> {};

void ExpectTheBars(const reports::LearningCurve& curve) {
  for (const reports::CurveCheckpoint& point : curve.points) {
    EXPECT_GT(point.step.low, -0.02) << "after " << point.episodes << " episodes";
  }
  const reports::CurveMean& gain = curve.points.back().gain;
  EXPECT_GE(gain.mean, 0.25);
  EXPECT_GE(gain.low, 0.20);
  EXPECT_DOUBLE_EQ(curve.oracle, 1);
  EXPECT_DOUBLE_EQ(curve.impossible.mean, 0);
}

TEST_P(LearningCurveBars, QuirksAsDocumented) { ExpectTheBars(Measure(GetParam(), false, false)); }

TEST_P(LearningCurveBars, QuirksPermutedAcrossTools) {
  ExpectTheBars(Measure(GetParam(), true, false));
}

TEST_P(LearningCurveBars, ObservationsStrippedAtMostAThirdIsLearned) {
  const reports::LearningCurve whole = Measure(GetParam(), false, false);
  const reports::LearningCurve stripped = Measure(GetParam(), false, true);
  EXPECT_LE(stripped.points.back().gain.mean, whole.points.back().gain.mean / 3);
}

INSTANTIATE_TEST_SUITE_P(Suites, LearningCurveBars, ::testing::ValuesIn(SuitesThatLearn()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace kedge::loop
