#include "harness/drift/watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/stats/proportion_intervals.h"

namespace kedge::drift {
namespace {

WatchDesign TwoMetrics(double threshold) {
  WatchDesign design;
  design.metrics = {{"success", 1, {{"easy", 0.9}, {"hard", 0.6}}},
                    {"no_violation", 1, {{"easy", 0.95}, {"hard", 0.95}}}};
  design.threshold = threshold;
  return design;
}

GradedTrace Draw(const WatchDesign& design, double easy, double drop, Random& random) {
  GradedTrace trace;
  trace.stratum = random.Bernoulli(easy) ? "easy" : "hard";
  for (const WatchMetric& metric : design.metrics) {
    const double loss = metric.name == "success" ? drop : 0;
    trace.values[metric.name] = random.Bernoulli(metric.m0.at(trace.stratum) - loss) ? 1 : 0;
  }
  return trace;
}

std::int64_t RunLength(const WatchDesign& design, double easy, double drop, Random& random) {
  Watch watch(design);
  while (!watch.Observe(Draw(design, easy, drop, random)).alarm) {
    if (watch.status().traces >= 100'000) break;
  }
  return watch.status().traces;
}

TEST(WatchTest, ThisManyTracesPassBeforeAFalseAlarmOnAverage) {
  constexpr double kThreshold = 300;
  constexpr int kRuns = 400;
  const WatchDesign design = TwoMetrics(kThreshold);
  double sum = 0, squares = 0;
  for (std::uint64_t r = 0; r < kRuns; ++r) {
    Random random(31, r);
    const auto length = static_cast<double>(RunLength(design, 0.5, 0, random));
    sum += length / kRuns;
    squares += length * length / kRuns;
  }
  const double se = std::sqrt((squares - sum * sum) / kRuns);
  std::printf("two metrics, two strata: average run length %.0f, A = %.0f\n", sum, kThreshold);
  EXPECT_GE(sum - 2.33 * se, 0.95 * kThreshold);
}

TEST(WatchTest, ADropIsFoundAndItsMetricNamed) {
  const WatchDesign design = TwoMetrics(5000);
  double delay = 0;
  for (std::uint64_t r = 0; r < 50; ++r) {
    Random random(32, r);
    Watch watch(design);
    while (!watch.Observe(Draw(design, 0.5, 0.2, random)).alarm) {
      ASSERT_LT(watch.status().traces, 5000);
    }
    EXPECT_EQ(watch.status().metric, "success");
    EXPECT_GT(watch.status().share, 0.5);
    delay += static_cast<double>(watch.status().traces) / 50;
  }
  std::printf("drop of 0.20 at the start: mean delay %.0f traces at A = 5000\n", delay);
  EXPECT_LT(delay, 120);
}

TEST(WatchTest, ADropInOneStratumNamesIt) {
  const WatchDesign design = TwoMetrics(5000);
  Random random(33);
  Watch watch(design);
  while (!watch.status().alarm) {
    GradedTrace trace = Draw(design, 0.5, 0, random);
    if (trace.stratum == "easy") trace.values["success"] = random.Bernoulli(0.5) ? 1 : 0;
    watch.Observe(trace);
    ASSERT_LT(watch.status().traces, 2000);
  }
  EXPECT_EQ(watch.status().metric, "success");
  EXPECT_EQ(watch.status().stratum, "easy");
}

// Nearly all traffic becomes hard: the plain success rate falls from 0.75 to 0.615, and nothing is
// wrong.
TEST(WatchTest, AChangeOfMixIsNoAlarm) {
  const WatchDesign design = TwoMetrics(10'000);
  int alarms = 0;
  for (std::uint64_t r = 0; r < 20; ++r) {
    Random random(34, r);
    Watch watch(design);
    for (int i = 0; i < 1000; ++i) watch.Observe(Draw(design, 0.05, 0, random));
    alarms += watch.status().alarm ? 1 : 0;
  }
  EXPECT_LE(alarms, 3);
  // Without strata the same traffic raises the alarm every time.
  WatchDesign plain;
  plain.metrics = {{"success", 1, {{kOtherStrata, 0.75}}}};
  plain.threshold = 10'000;
  Random random(35);
  Watch watch(plain);
  for (int i = 0; i < 1000; ++i) watch.Observe(Draw(design, 0.05, 0, random));
  EXPECT_TRUE(watch.status().alarm);
}

// Failures are graded always, successes one time in ten: weights undo that.
TEST(WatchTest, InclusionProbabilitiesUndoARiskBasedSample) {
  WatchDesign design;
  design.metrics = {{"success", 1, {{kOtherStrata, 0.78}}}};
  design.min_inclusion = 0.1;
  const auto observe = [&](Watch& watch, bool weighted) {
    Random random(36);
    for (int i = 0; i < 20'000 && !watch.status().alarm; ++i) {
      const bool risky = random.Bernoulli(0.3);
      const bool success = random.Bernoulli(risky ? 0.5 : 0.92571);  // 0.798 overall
      const double inclusion = risky ? 1.0 : 0.1;
      if (!random.Bernoulli(inclusion)) continue;
      watch.Observe({"", "", {{"success", success ? 1.0 : 0.0}}, weighted ? inclusion : 0.1});
    }
  };
  Watch weighted(design), unweighted(design);
  observe(weighted, true);
  observe(unweighted, false);
  EXPECT_FALSE(weighted.status().alarm);
  EXPECT_TRUE(unweighted.status().alarm);
}

TEST(WatchTest, OneMetricWithOneStratumIsThePlainDetector) {
  WatchDesign design;
  design.metrics = {{"success", 1, {{"all", 0.8}}}};
  design.threshold = 200;
  Watch watch(design);
  stats::EDetectorDesign plain_design;
  plain_design.m0 = 0.8;
  plain_design.threshold = 200;
  stats::EDetector plain(plain_design);
  Random random(37);
  for (int i = 0; i < 300; ++i) {
    const double x = random.Bernoulli(0.7) ? 1 : 0;
    watch.Observe({"", "all", {{"success", x}}, 1});
    plain.Update(x);
    ASSERT_NEAR(watch.status().log_statistic, plain.log_statistic(), 1e-9);
  }
}

TEST(WatchTest, SavedAndRestoredItGoesOnAsIfNothingHappened) {
  const WatchDesign design = TwoMetrics(1000);
  Random random(38);
  Watch watch(design), twin = Watch::Restore(Watch(design).Save(), "state");
  for (int i = 0; i < 200; ++i) {
    const GradedTrace trace = Draw(design, 0.5, 0.1, random);
    watch.Observe(trace);
    twin.Observe(trace);
    twin = Watch::Restore(ParseJson(DumpJson(twin.Save())), "state");
    ASSERT_EQ(DumpJson(twin.Save()), DumpJson(watch.Save()));
    ASSERT_EQ(twin.status().alarm, watch.status().alarm);
    ASSERT_EQ(twin.status().log_statistic, watch.status().log_statistic);
  }
  EXPECT_TRUE(watch.status().alarm);
  watch.Reset();
  EXPECT_FALSE(watch.status().alarm);
  EXPECT_EQ(watch.status().traces, 0);
}

TEST(WatchTest, BrokenStatesAndTracesAreRefused) {
  const Json good = Watch(TwoMetrics(1000)).Save();
  const auto broken = [&](const char* pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    return json;
  };
  for (const Json& state :
       {Json(nullptr), Json::object(), broken("/format", "kedge-watch/2"), broken("/more", 1),
        broken("/traces", -1), broken("/alarm", "no"), broken("/log_components", Json::array()),
        broken("/log_components/0", {1, 2}), broken("/log_components/0/0", "x"),
        broken("/design/threshold", 5), broken("/design/shifts", Json::array()),
        broken("/design/metrics", Json::array()), broken("/design/metrics/0/weight", 0),
        broken("/design/metrics/0/m0/easy", 1), broken("/design/min_inclusion", 0)}) {
    EXPECT_THROW((void)Watch::Restore(state, "state"), Error) << state.dump();
  }
  Watch watch(TwoMetrics(1000));
  EXPECT_THROW(watch.Observe({"", "easy", {{"success", 1.5}}, 1}), Error);
  EXPECT_THROW(watch.Observe({"", "easy", {{"success", 1}}, 0.5}), Error);
  EXPECT_THROW(watch.Observe({"", "easy", {{"success", std::nan("")}}, 1}), Error);
  watch.Observe({"", "unheard of", {{"success", 1}}, 1});
  EXPECT_EQ(watch.unwatched(), 1);
}

TEST(BaselineTest, IsTheLowerLimitLessTheTolerance) {
  std::vector<GradedTrace> window;
  for (int i = 0; i < 200; ++i) {
    window.push_back({"", i % 2 == 0 ? "a" : "b", {{"success", i % 10 == 0 ? 0.0 : 1.0}}, 1});
  }
  for (int i = 0; i < 5; ++i) window.push_back({"", "rare", {{"success", 1.0}}, 1});
  const WatchDesign design = BaselineDesign(window, {});
  ASSERT_EQ(design.metrics.size(), 1U);
  const auto& m0 = design.metrics[0].m0;
  EXPECT_NEAR(m0.at("a"), stats::WilsonInterval(80, 100, 0.90).low - 0.02, 1e-9);
  EXPECT_NEAR(m0.at("b"), std::min(0.99, stats::WilsonInterval(100, 100, 0.90).low - 0.02), 1e-9);
  EXPECT_TRUE(m0.contains(kOtherStrata));
  EXPECT_FALSE(m0.contains("rare"));
  EXPECT_THROW((void)BaselineDesign({}, {}), Error);
}

TEST(BaselineTest, GradesAreHighWhenGood) {
  trace::Trace trace;
  EXPECT_FALSE(Grade(trace, {}));
  trace.outcome.emplace();
  trace.outcome->success = true;
  trace.outcome->cost = 3;
  trace.outcome->has_cost = true;
  trace.outcome->latency_seconds = 50;
  trace.outcome->violations["a"] = 1;
  const GradedTrace graded = Grade(trace, {4, 10}).value();
  EXPECT_EQ(graded.values,
            (std::map<std::string, double>{
                {"success", 1}, {"no_violation", 0}, {"cost", 0.25}, {"latency", 0}}));
  EXPECT_EQ(Grade(trace, {}).value().values.size(), 2U);
}

}  // namespace
}  // namespace kedge::drift
