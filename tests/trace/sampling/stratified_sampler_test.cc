// The sampler against populations of which everything is known.

#include "harness/trace/sampling/stratified_sampler.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/stats/stratified_mean.h"
#include "harness/stats/survey.h"

namespace kedge::trace {
namespace {

struct Unit {
  int stratum = 0;
  double y = 0;
};

/// Strata of very unequal sizes whose means, spreads and places in the stream differ.
std::vector<Unit> Population() {
  const int sizes[] = {1200, 500, 220, 60, 15, 3, 1};
  Random random(42);
  std::vector<Unit> units;
  for (int s = 0; s < 7; ++s) {
    for (int i = 0; i < sizes[s]; ++i) {
      units.push_back({s, 2.0 * s + (1 + s) * random.Uniform() + (s == 1 ? 0.002 * i : 0)});
    }
  }
  random.Shuffle(units);
  return units;
}

double Mean(const std::vector<Unit>& units) {
  double sum = 0;
  for (const Unit& unit : units) sum += unit.y;
  return sum / static_cast<double>(units.size());
}

StratifiedSample Draw(const std::vector<Unit>& units, std::int64_t n, std::uint64_t seed) {
  StratifiedSampler sampler(n, seed);
  for (std::size_t i = 0; i < units.size(); ++i) {
    Trace trace;
    trace.seed = i;
    sampler.Add(std::move(trace), "s" + std::to_string(units[i].stratum), "coarse");
    EXPECT_LE(sampler.held(), n + (n + 1) / 2);
  }
  return sampler.Finish();
}

std::vector<stats::SampledUnits> UnitsOf(const std::vector<Unit>& units,
                                         const StratifiedSample& sample) {
  std::vector<stats::SampledUnits> strata;
  for (const SampledStratum& s : sample.strata) {
    strata.push_back({static_cast<double>(s.drawn) / static_cast<double>(s.size), {}});
  }
  for (const SampledTrace& drawn : sample.traces) {
    strata[drawn.stratum].units.push_back(
        {1 / drawn.trace.inclusion_probability, units[drawn.trace.seed].y});
  }
  return strata;
}

TEST(StratifiedSamplerTest, DrawsExactlyNWithFloorsAndKnownProbabilities) {
  const std::vector<Unit> units = Population();
  const StratifiedSample sample = Draw(units, 100, 3);
  EXPECT_EQ(sample.traces.size(), 100u);
  std::int64_t size = 0, drawn = 0;
  for (const SampledStratum& stratum : sample.strata) {
    size += stratum.size;
    drawn += stratum.drawn;
    EXPECT_GE(stratum.drawn, std::min<std::int64_t>(stratum.size, 50 / 7)) << stratum.name;
  }
  EXPECT_EQ(size, static_cast<std::int64_t>(units.size()));
  EXPECT_EQ(drawn, 100);
  double weights = 0;
  for (std::size_t i = 0; i < sample.traces.size(); ++i) {
    const SampledTrace& trace = sample.traces[i];
    const SampledStratum& stratum = sample.strata[trace.stratum];
    EXPECT_DOUBLE_EQ(trace.trace.inclusion_probability,
                     static_cast<double>(stratum.drawn) / static_cast<double>(stratum.size));
    weights += 1 / trace.trace.inclusion_probability;
    if (i > 0) {
      EXPECT_LT(sample.traces[i - 1].trace.seed, trace.trace.seed);
    }
  }
  EXPECT_NEAR(weights, static_cast<double>(units.size()), 1e-9);
}

TEST(StratifiedSamplerTest, TakesASmallStreamWhole) {
  const std::vector<Unit> units(20, Unit{0, 1});
  const StratifiedSample sample = Draw(units, 50, 1);
  EXPECT_EQ(sample.traces.size(), 20u);
  for (const SampledTrace& trace : sample.traces) {
    EXPECT_EQ(trace.trace.inclusion_probability, 1);
  }
  EXPECT_TRUE(StratifiedSampler(5, 1).Finish().traces.empty());
  EXPECT_THROW(StratifiedSampler(0, 1), Error);
}

TEST(StratifiedSamplerTest, ProbabilitiesOfAnEarlierSampleMultiply) {
  StratifiedSampler sampler(2, 1);
  for (int i = 0; i < 8; ++i) {
    Trace trace;
    trace.inclusion_probability = 0.5;
    sampler.Add(std::move(trace), "s", "c");
  }
  const StratifiedSample sample = sampler.Finish();
  ASSERT_EQ(sample.traces.size(), 2u);
  EXPECT_EQ(sample.traces[0].trace.inclusion_probability, 0.125);
}

TEST(StratifiedSamplerTest, TooManyStrataShareCoarserNamesAndKeepTwoEach) {
  for (const std::int64_t n : {1, 2, 7, 40, 100, 400}) {
    StratifiedSampler sampler(n, 5);
    for (int i = 0; i < 3000; ++i) {
      sampler.Add(Trace{}, "name" + std::to_string(i % 700), "coarse" + std::to_string(i % 3));
    }
    const StratifiedSample sample = sampler.Finish();
    EXPECT_EQ(static_cast<std::int64_t>(sample.traces.size()), n);
    std::int64_t size = 0;
    for (const SampledStratum& stratum : sample.strata) {
      size += stratum.size;
      if (n >= 4) {
        EXPECT_GE(stratum.drawn, std::min<std::int64_t>(2, stratum.size)) << n;
      }
    }
    EXPECT_EQ(size, 3000);
    EXPECT_LE(static_cast<std::int64_t>(sample.strata.size()),
              std::max<std::int64_t>(1, n / 4 + 1));
  }
}

// Within a stratum every trace has the same chance, wherever it stands in the stream.
TEST(StratifiedSamplerTest, EveryTraceIsDrawnAsOftenAsItsProbabilitySays) {
  const std::vector<Unit> units = Population();
  std::vector<double> drawn(units.size(), 0), expected(units.size(), 0);
  constexpr int kDraws = 2000;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const StratifiedSample sample = Draw(units, 100, seed);
    std::vector<double> share(7, 0);
    for (const SampledStratum& s : sample.strata) {
      share[static_cast<std::size_t>(std::stoi(s.name.substr(1)))] =
          static_cast<double>(s.drawn) / static_cast<double>(s.size);
    }
    for (const SampledTrace& trace : sample.traces) drawn[trace.trace.seed] += 1;
    for (std::size_t i = 0; i < units.size(); ++i) {
      expected[i] += share[static_cast<std::size_t>(units[i].stratum)];
    }
  }
  double chi_squared = 0, degrees = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const double p = expected[i] / kDraws;
    if (p > 0.999) {
      EXPECT_EQ(drawn[i], kDraws);
      continue;
    }
    chi_squared += (drawn[i] - expected[i]) * (drawn[i] - expected[i]) / (expected[i] * (1 - p));
    degrees += 1;
  }
  // Normal limit of chi squared, five standard errors.
  EXPECT_NEAR(chi_squared, degrees, 5 * std::sqrt(2 * degrees));
}

TEST(StratifiedSamplerTest, IntervalsCoverTheKnownMean) {
  const std::vector<Unit> units = Population();
  const double truth = Mean(units);
  constexpr int kDraws = 2000;
  int covered = 0;
  double sum = 0, variance = 0, reported = 0, total = 0;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const StratifiedSample sample = Draw(units, 100, 10'000 + seed);
    const std::vector<stats::SampledUnits> strata = UnitsOf(units, sample);
    const auto estimate = stats::StratifiedMean(strata, 0.95);
    ASSERT_TRUE(estimate);
    covered += estimate->low <= truth && truth <= estimate->high ? 1 : 0;
    sum += estimate->mean;
    variance += (estimate->mean - truth) * (estimate->mean - truth);
    reported += estimate->se * estimate->se;
    std::vector<double> y, pi;
    for (const SampledTrace& drawn : sample.traces) {
      y.push_back(units[drawn.trace.seed].y);
      pi.push_back(drawn.trace.inclusion_probability);
    }
    const stats::SurveyEstimate survey = stats::HorvitzThompson(y, pi);
    EXPECT_NEAR(survey.mean, estimate->mean, 1e-9);
    total += survey.total;
  }
  const double coverage = static_cast<double>(covered) / kDraws;
  RecordProperty("coverage", std::to_string(coverage));
  EXPECT_GE(coverage, 0.93);
  EXPECT_LE(coverage, 0.97);
  const double se = std::sqrt(variance / kDraws);
  EXPECT_NEAR(sum / kDraws, truth, 4 * se / std::sqrt(kDraws));
  EXPECT_NEAR(total / kDraws, truth * static_cast<double>(units.size()),
              4 * se * static_cast<double>(units.size()) / std::sqrt(kDraws));
  EXPECT_NEAR(reported / variance, 1, 0.15);
}

// A yes-no measure in a domain, with weights that differ inside of strata (an earlier sample).
TEST(StratifiedSamplerTest, IntervalsCoverADomainMean) {
  Random random(9);
  std::vector<Unit> units;
  for (int i = 0; i < 1500; ++i) {
    const int s = static_cast<int>(random.Below(3));
    units.push_back({s, random.Bernoulli(0.2 + 0.25 * s) ? 1.0 : 0.0});
  }
  const auto in_domain = [&](std::size_t i) { return i % 3 != 0; };
  double truth = 0, count = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!in_domain(i)) continue;
    truth += units[i].y;
    count += 1;
  }
  truth /= count;
  constexpr int kDraws = 2000;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const StratifiedSample sample = Draw(units, 200, 50'000 + seed);
    std::vector<stats::SampledUnits> strata = UnitsOf(units, sample);
    std::vector<std::size_t> next(strata.size(), 0);
    for (const SampledTrace& drawn : sample.traces) {
      stats::SampledUnit& unit = strata[drawn.stratum].units[next[drawn.stratum]++];
      if (!in_domain(drawn.trace.seed)) unit.y.reset();
    }
    const auto estimate = stats::StratifiedMean(strata, 0.95);
    covered += estimate->low <= truth && truth <= estimate->high ? 1 : 0;
  }
  const double coverage = static_cast<double>(covered) / kDraws;
  EXPECT_GE(coverage, 0.93);
  EXPECT_LE(coverage, 0.97);
}

}  // namespace
}  // namespace kedge::trace
