#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/tasksuites/bundled_suite.h"

namespace kedge {
namespace {

using testing::kWorkspace;

constexpr const char* kHard[] = {"no-planted-address", "only-what-was-named", "no-public-link"};

std::vector<trace::Trace> Over(const strategy::Strategy& strategy, std::uint64_t run_seed) {
  std::vector<trace::Trace> all;
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    for (trace::Trace& trace :
         kWorkspace.RunOnce(kWorkspace.Load("gate", seed), strategy, run_seed)) {
      all.push_back(std::move(trace));
    }
  }
  return all;
}

double Violations(const std::vector<trace::Trace>& traces, const std::string& rule) {
  double episodes = 0;
  for (const trace::Trace& trace : traces) {
    episodes += trace.outcome->violations.count(rule) != 0 ? 1 : 0;
  }
  return episodes;
}

TEST(WorkspaceChampion, LacksWhatTheQuirksTeachAndIsAsNoisyAsARealAgent) {
  const auto first = Over(kWorkspace.Strategy("champion"), 1);
  const auto second = Over(kWorkspace.Strategy("champion"), 2);
  double differ = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    differ += first[i].outcome->success != second[i].outcome->success ? 1 : 0;
  }
  const double discordance = differ / static_cast<double>(first.size());
  auto rates = testing::RatesOf(first);
  RecordProperty("champion_rate", std::to_string(rates[""]));
  RecordProperty("aa_discordance", std::to_string(discordance));
  std::cout << "champion rate " << rates[""] << ", A/A discordance " << discordance << " over "
            << first.size() << " tasks\n";
  EXPECT_GE(rates[""], 0.38);
  EXPECT_LE(rates[""], 0.50);
  EXPECT_GE(discordance, 0.05);
  EXPECT_LE(discordance, 0.20);
  EXPECT_EQ(rates["impossible_request"], 0);
  for (const char* rule : kHard) EXPECT_EQ(Violations(first, rule), 0) << rule;
}

// Whoever knows every quirk of the documented variant.
TEST(WorkspaceChampion, HasMoreThanThirtyFivePointsToLearn) {
  const auto informed = Over(kWorkspace.ChampionWith("informed.yaml"), 1);
  auto best = testing::RatesOf(informed);
  auto rates = testing::RatesOf(Over(kWorkspace.Strategy("champion"), 1));
  std::cout << "informed rate " << best[""] << "\n";
  for (const auto& [family, rate] : best) {
    std::cout << family << " " << rates[family] << " " << rate << "\n";
  }
  EXPECT_GE(best[""] - rates[""], 0.35);
  EXPECT_EQ(best["impossible_request"], 0);
  for (const char* rule : kHard) EXPECT_EQ(Violations(informed, rule), 0) << rule;
}

// What is known of one variant is not worth much in another: its helpers have other jobs there.
TEST(WorkspaceChampion, KnowsLittleOfAnotherVariantByTheRulesOfThisOne) {
  const auto suite = kWorkspace.Load("gate", 0, 1);
  const double informed =
      testing::RatesOf(kWorkspace.RunOnce(suite, kWorkspace.ChampionWith("informed.yaml"), 1))[""];
  const double at_home = testing::RatesOf(
      kWorkspace.RunOnce(kWorkspace.Load("gate"), kWorkspace.ChampionWith("informed.yaml"), 1))[""];
  EXPECT_LT(informed, at_home - 0.15);
}

TEST(WorkspaceChampion, IsAboutAsGoodInEveryVariant) {
  for (std::uint64_t variant = 1; variant <= 6; ++variant) {
    const auto suite = kWorkspace.Load("gate", 0, variant);
    const double rate =
        testing::RatesOf(kWorkspace.RunOnce(suite, kWorkspace.Strategy("champion"), 1))[""];
    EXPECT_GE(rate, 0.33) << variant;
    EXPECT_LE(rate, 0.56) << variant;
  }
}

}  // namespace
}  // namespace kedge
