// Error over many candidates: bars L1 and L2.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/stats/e_lond.h"
#include "harness/stats/sample_size.h"
#include "tests/stats/montecarlo/simulation.h"

namespace kedge::stats_sim {
namespace {

constexpr std::int64_t kCandidates = 20;
constexpr double kDeltaStar = .10;
constexpr double kAlphaCap = .05;

struct Season {
  double false_share = 0;  // of its promotions
  double wrongful = 0;
  double found = 0;
  double worthy = 0;
  double pairs = 0;
};

// A smaller alpha needs a larger cap for the same power.
std::int64_t CapFor(double alpha) {
  const double psi = Correlated(.6, .6 + kDeltaStar, .5).psi();
  return 2 * stats::RequiredPairs({psi, kDeltaStar, 0, alpha, .10});
}

Season RunSeason(double share_true, bool with_ledger, Random& random) {
  stats::ELond ledger = stats::ELond::Even(.10, kCandidates);
  Season season;
  double promoted = 0;
  for (std::int64_t i = 0; i < kCandidates; ++i) {
    const bool worthy = random.Bernoulli(share_true);
    const double effect = worthy ? kDeltaStar : (random.Bernoulli(.5) ? 0 : -.05);
    const double alpha = with_ledger ? std::min(kAlphaCap, ledger.NextAlpha()) : kAlphaCap;
    auto design = SingleSuite(kDeltaStar, .35, CapFor(alpha));
    design.alpha = alpha;
    const GateRun run = RunGate(design, {Correlated(.6, .6 + effect, .5)}, random);
    const bool promote = run.verdict == stats::Verdict::kPromote;
    // What passed at a level capped below the ledger's counts as a rejection there too.
    ledger.Test(promote ? 1 / std::min(alpha, ledger.NextAlpha()) : 0);
    promoted += promote;
    season.wrongful += promote && !worthy;
    season.found += promote && worthy;
    season.worthy += worthy;
    season.pairs += static_cast<double>(run.pairs);
  }
  season.false_share = season.wrongful / std::max(1.0, promoted);
  return season;
}

Season MeanSeason(double share_true, bool with_ledger, std::uint64_t seed) {
  constexpr std::int64_t kSeasons = 1500;
  Season total;
  for (const Season& s : Replicate(kSeasons, seed, [&](Random& random) {
         return RunSeason(share_true, with_ledger, random);
       })) {
    total.false_share += s.false_share / kSeasons;
    total.wrongful += s.wrongful / kSeasons;
    total.found += s.found / kSeasons;
    total.worthy += s.worthy / kSeasons;
    total.pairs += s.pairs / kSeasons / kCandidates;
  }
  return total;
}

TEST(Ledger, L1SeasonOfTwentyCandidates) {
  for (const double share : {.05, .20}) {
    const Season without = MeanSeason(share, false, 40001);
    const Season with = MeanSeason(share, true, 40002);
    const auto text = [](const Season& s) {
      return "FDR " + Digits(s.false_share) + "  wrongful/season " + Digits(s.wrongful) +
             "  power " + Digits(s.found / s.worthy, 2) + "  pairs " + Digits(s.pairs, 0);
    };
    Report("L1", Digits(100 * share, 0) + " % worthy, alpha .05 each", text(without));
    Report("L1", Digits(100 * share, 0) + " % worthy, ledger", text(with));
    EXPECT_LE(with.false_share, .10);
    EXPECT_LE(with.wrongful, .10);
    EXPECT_LE(with.pairs, 1.12 * without.pairs);
    EXPECT_GE(with.found / with.worthy, .86);
    EXPECT_GT(without.wrongful, 2 * with.wrongful);
  }
}

constexpr int kTries = 500;

// A learner that keeps what was promoted, on one suite of a deterministic agent. A candidate draws
// the outcome of a fifth of the tasks anew; its true rate is always the champion's. `season` = how
// many candidates the ledger plans for on the same tasks; 0: accept whatever looks better.
double SpuriousGain(int season, Random& random) {
  constexpr std::size_t kTasks = 200;
  constexpr double kRate = .6;
  std::vector<int> best(kTasks);
  for (int& b : best) b = random.Bernoulli(kRate) ? 1 : 0;
  const auto start = static_cast<double>(std::count(best.begin(), best.end(), 1));
  std::optional<stats::ELond> ledger;
  std::vector<int> candidate(kTasks);
  std::vector<std::size_t> order(kTasks);
  for (std::size_t i = 0; i < kTasks; ++i) order[i] = i;
  for (int k = 0; k < kTries; ++k) {
    for (std::size_t i = 0; i < kTasks; ++i) {
      candidate[i] = random.Bernoulli(.8) ? best[i] : (random.Bernoulli(kRate) ? 1 : 0);
    }
    if (season == 0) {
      if (std::count(candidate.begin(), candidate.end(), 1) >
          std::count(best.begin(), best.end(), 1)) {
        best = candidate;
      }
      continue;
    }
    if (!ledger || ledger->exhausted()) ledger = stats::ELond::Even(.10, season);
    auto design = SingleSuite(kDeltaStar, .35, static_cast<std::int64_t>(kTasks));
    design.alpha = std::min(kAlphaCap, ledger->NextAlpha());
    random.Shuffle(order);
    std::size_t next = 0;
    const GateRun run = RunGate(design, [&](int) {
      const std::size_t i = order[next++];
      return static_cast<double>(candidate[i] - best[i]);
    });
    const bool promote = run.verdict == stats::Verdict::kPromote;
    ledger->Test(promote ? 1 / std::min(design.alpha, ledger->NextAlpha()) : 0);
    if (promote) best = candidate;
  }
  return (static_cast<double>(std::count(best.begin(), best.end(), 1)) - start) / kTasks;
}

double MeanSpuriousGain(int season, std::uint64_t seed) {
  constexpr std::int64_t kLearners = 64;
  double sum = 0;
  for (const double gain : Replicate(
           kLearners, seed, [season](Random& random) { return SpuriousGain(season, random); })) {
    sum += gain;
  }
  return sum / kLearners;
}

TEST(Ledger, L2FiveHundredAdaptiveNullCandidates) {
  const double naive = MeanSpuriousGain(0, 41001);
  const double ledger = MeanSpuriousGain(kTries, 41002);
  const double renewed = MeanSpuriousGain(kCandidates, 41003);
  Report("L2", "500 null candidates, 200 tasks",
         "spurious gain: accept-if-better " + Digits(naive) + "  ledger for 500 " + Digits(ledger) +
             "  seasons of 20, tasks never renewed " + Digits(renewed));
  EXPECT_GE(naive, .15);
  EXPECT_LE(ledger, .02);
}

}  // namespace
}  // namespace kedge::stats_sim
