// An unchanged agent judged many times over its own runs, and the certificate that says so.

#include "harness/gate/certificate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/stats/proportion_intervals.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000'000;
constexpr std::int64_t kNow = 20'000 * kDay;

class CertificateTest : public ::testing::Test {
 protected:
  CertificateTest() {
    policy_.smallest_gain = 0.10;
    policy_.overall_margin = 0.10;
    policy_.stratum_margin = 0.15;
  }

  GateInputs Inputs() const {
    return {suite_, champion_, champion_, agents_, policy_, nullptr, policy_.alpha,
            {},     1,         2,         {},      clock_,  nullptr};
  }

  // Tasks of different difficulty, `runs` runs of each.
  ChampionBank Bank(std::size_t runs) const {
    Random random(9);
    ChampionBank bank;
    for (std::size_t i = 0; i < suite_->tasks().size(); ++i) {
      const double rate = random.Uniform();
      bank.runs.emplace_back();
      for (std::size_t k = 0; k < runs; ++k) {
        trace::Outcome outcome;
        outcome.success = random.Uniform() < rate;
        outcome.score = outcome.success ? 1 : 0;
        bank.runs.back().push_back(outcome);
      }
    }
    return bank;
  }

  Certificate Sample() const {
    Certificate c;
    c.subject = SubjectOf(Inputs());
    c.suite = "fixture";
    c.champion = "champion";
    c.created_unix_nanos = kNow - 3 * kDay;
    c.fits = true;
    return c;
  }

  std::string Save(const Json& json) const {
    testing::WriteFile(folder_.File("certificate.json"), PrettyJson(json));
    return folder_.File("certificate.json");
  }

  std::string Problem(const Json& json, std::int64_t days = 7) const {
    const auto problem = FindCertificateProblem(Save(json), days, SubjectOf(Inputs()), kNow);
    if (!problem) return "";
    EXPECT_EQ(problem->code, "uncertified");
    return problem->text;
  }

  const testing::TempFolder folder_;
  const std::shared_ptr<const suite::Suite> suite_ = run::FixtureSuite(folder_.path(), 40);
  const strategy::Strategy champion_ = run::NamedStrategy("champion");
  const run::FakeAgents agents_{[](const std::string&, const agent::EpisodeStart&,
                                   agent::EpisodeIo&) { return run::Answered("yes"); }};
  const run::ManualClock clock_{};
  GatePolicy policy_;
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(CertificateTest, AnUnchangedAgentIsRarelyPromotedOrBlocked) {
  const UnchangedAgent found = JudgeUnchanged(Inputs(), Bank(4), 400, 5);
  EXPECT_EQ(found.gates, 400);
  EXPECT_EQ(found.promoted.count + found.blocked.count + found.no_difference + found.inconclusive,
            400);
  EXPECT_LE(found.promoted.rate, 0.05 + 2.33 * std::sqrt(0.05 * 0.95 / 400));
  EXPECT_LE(found.blocked.rate, 0.05 + 2.33 * std::sqrt(0.05 * 0.95 / 400));
  EXPECT_GT(found.promoted.count + found.blocked.count, 0) << "chance finds something now and then";
  EXPECT_TRUE(found.Fits(policy_));
  const stats::Interval exact = stats::ClopperPearsonInterval(found.promoted.count, 400, 0.95);
  EXPECT_EQ(found.promoted.low, exact.low);
  EXPECT_EQ(found.promoted.high, exact.high);
}

TEST_F(CertificateTest, TheNumberOfThreadsChangesNothing) {
  GateInputs one = Inputs(), many = Inputs();
  one.threads = 1;
  many.threads = 7;
  const ChampionBank bank = Bank(3);
  const UnchangedAgent a = JudgeUnchanged(one, bank, 50, 5), b = JudgeUnchanged(many, bank, 50, 5);
  EXPECT_EQ(a.promoted.count, b.promoted.count);
  EXPECT_EQ(a.blocked.count, b.blocked.count);
  EXPECT_EQ(a.mean_pairs, b.mean_pairs);
  EXPECT_NE(JudgeUnchanged(one, bank, 50, 6).mean_pairs, a.mean_pairs);
}

TEST_F(CertificateTest, OneRunOfATaskIsNoRepeat) {
  EXPECT_THROW(JudgeUnchanged(Inputs(), Bank(1), 10, 5), Error);
}

TEST_F(CertificateTest, ARateAboveItsLevelDoesNotFit) {
  UnchangedAgent found;
  found.promoted = MeasureRate(30, 400);  // 7.5 %, lower limit 5.1 %
  found.blocked = MeasureRate(0, 400);
  EXPECT_FALSE(found.Fits(policy_));
  found.promoted = MeasureRate(24, 400);  // 6 %: chance explains it
  EXPECT_TRUE(found.Fits(policy_));
  found.blocked = MeasureRate(40, 400);
  EXPECT_FALSE(found.Fits(policy_));
}

TEST_F(CertificateTest, AnAgentThatBreaksItsOwnHardGuardIsNotCertified) {
  policy_.hard_guards = {"never"};
  ChampionBank bank = Bank(2);
  for (auto& runs : bank.runs) runs[0].violations["never"] = 1;
  const UnchangedAgent found = JudgeUnchanged(Inputs(), bank, 100, 5);
  EXPECT_GT(found.blocked.count, 90);
  EXPECT_FALSE(found.Fits(policy_));
}

TEST_F(CertificateTest, NoiseByHand) {
  // Task a: 1 0, task b: 1 1. Within: MSW = 0.25, two runs differ by 2 MSW = 0.5.
  const Noise noise = MeasureNoise({{"a", "f", "s", {1, 0}}, {"b", "f", "s", {1, 1}}});
  EXPECT_EQ(noise.runs, 4);
  EXPECT_NEAR(noise.mean, 0.75, 1e-15);
  EXPECT_NEAR(*noise.sigma_within, 0.5, 1e-12);
  EXPECT_NEAR(*noise.aa_discordance, 0.5, 1e-12);
  ASSERT_EQ(noise.flaky.size(), 1U);
  EXPECT_EQ(noise.flaky[0].task_id, "a");
  EXPECT_FALSE(MeasureNoise({{"a", "f", "s", {1}}, {"b", "f", "s", {0}}}).aa_discordance);
  EXPECT_FALSE(MeasureNoise({{"a", "f", "s", {1, 1}}, {"b", "f", "s", {1, 1}}}).icc);
}

TEST_F(CertificateTest, AGoodOneIsTaken) {
  EXPECT_EQ(Problem(ToJson(Sample())), "");
  EXPECT_EQ(Problem(ToJson(Sample()), 3), "") << "three days old, three allowed";
}

TEST_F(CertificateTest, WhatIsWrongIsSaid) {
  EXPECT_TRUE(Has(Problem(ToJson(Sample()), 2), "3 days old, the policy allows 2"));
  Certificate future = Sample();
  future.created_unix_nanos = kNow + kDay;
  EXPECT_TRUE(Has(Problem(ToJson(future)), "future"));
  Certificate unfit = Sample();
  unfit.fits = false;
  EXPECT_TRUE(Has(Problem(ToJson(unfit)), "above their levels"));
  const auto about = [&](auto change) {
    Certificate other = Sample();
    change(other.subject);
    return Problem(ToJson(other));
  };
  EXPECT_TRUE(Has(about([](auto& s) { s.suite_digest = "x"; }), "another suite"));
  EXPECT_TRUE(Has(about([](auto& s) { s.champion_hash = "x"; }), "another champion"));
  EXPECT_TRUE(Has(about([](auto& s) { s.rules_digest = "x"; }), "other rules"));
  EXPECT_TRUE(Has(about([](auto& s) { s.agent = "x"; }), "another agent"));
  Json edited = ToJson(unfit);
  edited["fits"] = true;
  EXPECT_TRUE(Has(Problem(edited), "changed after it was made"));
  EXPECT_TRUE(
      Has(FindCertificateProblem(folder_.File("none.json"), 7, SubjectOf(Inputs()), kNow)->text,
          "there is none"));
}

TEST_F(CertificateTest, WhatIsNoCertificateIsAnError) {
  for (const std::string text : {"", "{", "[]", "{}", R"({"format": "kedge-verdict/1"})",
                                 R"({"format": "kedge-certificate/1"})",
                                 R"({"format": "kedge-certificate/1", "digest": 7})"}) {
    testing::WriteFile(folder_.File("c.json"), text);
    EXPECT_THROW(FindCertificateProblem(folder_.File("c.json"), 7, SubjectOf(Inputs()), kNow),
                 Error)
        << text;
  }
}

TEST_F(CertificateTest, OnlyWhatDecidesIsPartOfTheRules) {
  const std::string rules = RulesDigest(policy_, nullptr);
  GatePolicy same = policy_;
  same.certificate = {"elsewhere.json", 9};
  same.ledger = LedgerPolicy{};
  same.change.max_added_bytes = 1;
  EXPECT_EQ(RulesDigest(same, nullptr), rules);
  GatePolicy other = policy_;
  other.stratum_margin = 0.16;
  EXPECT_NE(RulesDigest(other, nullptr), rules);
}

}  // namespace
}  // namespace kedge::gate
