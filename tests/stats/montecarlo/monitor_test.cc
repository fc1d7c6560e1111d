// The production alarm: bars M1 and M2.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/stats/change_detection.h"
#include "tests/stats/montecarlo/simulation.h"

namespace kedge::stats_sim {
namespace {

constexpr double kAlarm = 5000;

std::int64_t RunLength(stats::EDetector detector, double rate, Random& random) {
  std::int64_t t = 1;
  while (!detector.Update(random.Bernoulli(rate) ? 1 : 0)) ++t;
  return t;
}

std::int64_t RunLength(stats::BernoulliCusum detector, double rate, Random& random) {
  std::int64_t t = 1;
  while (!detector.Update(random.Bernoulli(rate))) ++t;
  return t;
}

struct Length {
  double mean = 0;
  double se = 0;
};

template <typename Detector>
Length MeanRunLength(const Detector& detector, double rate, std::int64_t reps, std::uint64_t seed) {
  const auto lengths =
      Replicate(reps, seed, [&](Random& random) { return RunLength(detector, rate, random); });
  const auto n = static_cast<double>(reps);
  double sum = 0;
  double squares = 0;
  for (const std::int64_t l : lengths) {
    sum += static_cast<double>(l);
    squares += static_cast<double>(l) * static_cast<double>(l);
  }
  const double mean = sum / n;
  return {mean, std::sqrt((squares / n - mean * mean) / n)};
}

stats::EDetector Detector(double m0) {
  stats::EDetectorDesign design;
  design.m0 = m0;
  design.threshold = kAlarm;
  return stats::EDetector(design);
}

// The CUSUM that knows p1, with the smallest threshold (to 0.02) whose run length reaches kAlarm.
stats::BernoulliCusum TunedCusum(double p0, double p1) {
  double low = 0.5;
  double high = 12;
  while (high - low > .02) {
    const double middle = 0.5 * (low + high);
    const Length l = MeanRunLength(stats::BernoulliCusum(p0, p1, middle), p0, 1000, 31000);
    (l.mean < kAlarm ? low : high) = middle;
  }
  return {p0, p1, high};
}

TEST(Monitor, M1RunLengthInControl) {
  for (const double m0 : {.8, .9}) {
    const Length l = MeanRunLength(Detector(m0), m0, 1000, 30001);
    Report("M1", "in control at " + Digits(m0, 1) + ", A 5000",
           "mean run length " + Digits(l.mean, 0) + " +- " + Digits(l.se, 0));
    EXPECT_GE(l.mean - 2.33 * l.se, .95 * kAlarm);
  }
}

TEST(Monitor, M2DelayAgainstTunedCusum) {
  for (const double p0 : {.8, .9}) {
    for (const double drop : {.05, .10, .20}) {
      const Length ours = MeanRunLength(Detector(p0), p0 - drop, 4000, 32001);
      const Length best = MeanRunLength(TunedCusum(p0, p0 - drop), p0 - drop, 4000, 32002);
      Report("M2", "from " + Digits(p0, 2) + " to " + Digits(p0 - drop, 2),
             "delay " + Digits(ours.mean, 0) + "  CUSUM " + Digits(best.mean, 0) + "  ratio " +
                 Digits(ours.mean / best.mean, 2));
      EXPECT_LE(ours.mean, 1.40 * best.mean);
    }
  }
}

}  // namespace
}  // namespace kedge::stats_sim
