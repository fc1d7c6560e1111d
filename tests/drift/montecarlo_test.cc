// An agent against itself must not look changed, whatever the design of the comparison.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "harness/drift/drift.h"
#include "harness/stats/betting.h"
#include "tests/drift/drift_testing.h"

namespace kedge::drift {
namespace {

using testing::Simulated;
using Arms = std::pair<std::vector<Behaviour>, std::vector<Behaviour>>;

/// How often to draw, and with how many labellings. A p-value is as fair with few; "changed" needs
/// 1,199 or it could never be said.
struct Effort {
  int replications;
  std::int64_t resamples;
};
constexpr Effort kManyDraws{600, 199};
constexpr Effort kManyLabellings{150, 1999};

double Allowed(double p, double z, const Effort& effort) {
  return p + z * std::sqrt(p * (1 - p) / static_cast<double>(effort.replications));
}

struct Rates {
  std::map<std::string, double> small_p;  // share of p <= 0.05, by score
  double changed = 0;
};

Rates Measure(const std::function<Arms(Random&)>& draw, const Effort& effort) {
  Rates rates;
  const auto count = static_cast<std::uint64_t>(effort.replications);
  for (std::uint64_t r = 0; r < count; ++r) {
    Random random(20260, r);
    auto [champion, candidate] = draw(random);
    DriftOptions options;
    options.seed = r + 1;
    options.resamples = effort.resamples;
    const DriftReport report = MeasureDrift(std::move(champion), std::move(candidate), options);
    for (const FeatureDrift& feature : report.features) {
      rates.small_p[feature.name] += (feature.test.p <= 0.05 ? 1.0 : 0.0) / effort.replications;
    }
    rates.changed += (report.changed ? 1.0 : 0.0) / effort.replications;
  }
  return rates;
}

double Largest(const Rates& rates) {
  double largest = 0;
  for (const auto& [feature, rate] : rates.small_p) largest = std::max(largest, rate);
  return largest;
}

void ExpectFair(const char* name, const std::function<Arms(Random&)>& draw) {
  const Rates p = Measure(draw, kManyDraws);
  double mean = 0;
  for (const auto& [feature, rate] : p.small_p) {
    // Sixty rates are looked at.
    EXPECT_LE(rate, Allowed(0.05, 3.2, kManyDraws)) << name << ": " << feature;
    mean += rate / static_cast<double>(p.small_p.size());
  }
  EXPECT_LE(mean, Allowed(0.05, 2.33, kManyDraws)) << name;
  const Rates changed = Measure(draw, kManyLabellings);
  EXPECT_LE(changed.changed, Allowed(0.01, 2.33, kManyLabellings)) << name;
  std::printf("%s: P(p <= 0.05) %.3f on average over %zu scores, %.3f at most; changed %.3f\n",
              name, mean, p.small_p.size(), Largest(p), changed.changed);
}

TEST(DriftMonteCarlo, OneRunPerArmAndTask) {
  ExpectFair("k = 1, 30 tasks", [](Random& random) {
    auto champion = Simulated(30, 1, 0, random);
    return Arms(std::move(champion), Simulated(30, 1, 0, random));
  });
}

TEST(DriftMonteCarlo, TwoRunsPerArmAndTask) {
  ExpectFair("k = 2, 15 tasks", [](Random& random) {
    auto champion = Simulated(15, 2, 0, random);
    return Arms(std::move(champion), Simulated(15, 2, 0, random));
  });
}

// All tasks of a cluster share the mood of the arm's day: tasks are not independent.
TEST(DriftMonteCarlo, TasksOfAClusterDependOnEachOther) {
  ExpectFair("10 clusters of 4 tasks", [](Random& random) {
    const auto arm = [&random] {
      std::vector<Behaviour> runs;
      for (int c = 0; c < 10; ++c) {
        const double mood = random.Bernoulli(0.5) ? 0.6 : 0.0;
        for (Behaviour& run : Simulated(4, 1, mood, random)) {
          run.cluster = "c" + std::to_string(c);
          run.task = run.cluster + run.task;
          runs.push_back(run);
        }
      }
      return runs;
    };
    auto champion = arm();
    return Arms(std::move(champion), arm());
  });
}

TEST(DriftMonteCarlo, ArchivesWithoutCommonTasks) {
  ExpectFair("unpaired, 25 and 40 tasks", [](Random& random) {
    auto champion = Simulated(25, 1, 0, random);
    auto candidate = Simulated(40, 1, 0, random);
    random.Shuffle(candidate);
    for (Behaviour& run : candidate) run.task = run.cluster = "other" + run.task;
    return Arms(std::move(champion), std::move(candidate));
  });
}

// The gate stops by outcomes, and behaviour depends on them: long runs fail. The stopping time is
// not blind to the labels then, which the exactness of a permutation test assumes: p-values may be
// too small now and then. What is said of them ("changed") must not be.
TEST(DriftMonteCarlo, AtTheStoppingTimeOfASequentialGate) {
  const auto draw = [](Random& random) {
    Arms arms;
    stats::BetProcess gain({0, 0.1, 0.25, 20, 0.9});
    stats::BetProcess futile({-0.1, 0, 0.25, 20, 0.9});
    for (int t = 0; t < 150; ++t) {
      double success[2];
      for (int a = 0; a < 2; ++a) {
        Behaviour run = Simulated(1, 1, 0, random)[0];
        run.task = run.cluster = std::to_string(t);
        success[a] = random.Bernoulli(run.steps > 3 ? 0.35 : 0.85) ? 1 : 0;
        run.refusal = 1 - success[a];
        (a == 0 ? arms.first : arms.second).push_back(run);
      }
      gain.Update(success[1] - success[0]);
      futile.Update(success[0] - success[1]);
      if (gain.log_wealth() >= std::log(20) || futile.log_wealth() >= std::log(10)) {
        break;
      }
    }
    return arms;
  };
  const Rates p = Measure(draw, kManyDraws);
  const Rates changed = Measure(draw, kManyLabellings);
  EXPECT_LE(changed.changed, Allowed(0.01, 2.33, kManyLabellings));
  std::printf("stopped by outcome: P(p <= 0.05) %.3f at most, changed %.3f\n", Largest(p),
              changed.changed);
}

// The bars above mean nothing if nothing could ever be seen.
TEST(DriftMonteCarlo, AShiftIsSeen) {
  const Rates rates = Measure(
      [](Random& random) {
        auto champion = Simulated(30, 1, 0, random);
        return Arms(std::move(champion), Simulated(30, 1, 0.4, random));
      },
      kManyLabellings);
  EXPECT_GE(rates.changed, 0.95);
  EXPECT_GE(rates.small_p.at("tools"), 0.95);
}

}  // namespace
}  // namespace kedge::drift
