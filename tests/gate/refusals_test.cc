// What is refused before an episode is paid for, and what each message says would be accepted.

#include "harness/gate/refusals.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/gate/gate.h"
#include "harness/stats/vault.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

class RefusalsTest : public ::testing::Test {
 protected:
  GatePolicy Policy(const std::string& lines) {
    testing::WriteFile(folder_.File("kedge.yaml"), "format: kedge-policy/1\n" + lines);
    return LoadGatePolicy(folder_.File("kedge.yaml"));
  }

  stats::GatePlan Plan(const std::string& lines, int tasks_per_family = 10) {
    const run::FakeAgents agents([](const std::string&, const agent::EpisodeStart&,
                                    agent::EpisodeIo&) { return run::Answered("yes"); });
    const strategy::Strategy a = run::NamedStrategy("a"), b = run::NamedStrategy("b");
    const GatePolicy policy = Policy(lines);
    const GateInputs inputs{run::FixtureSuite(folder_.path(), tasks_per_family),
                            a,
                            b,
                            agents,
                            policy,
                            nullptr,
                            policy.alpha,
                            {},
                            1,
                            2,
                            {},
                            clock_,
                            nullptr};
    return PlanGate(inputs);
  }

  // The message of a refusal that names the policy's file and `field`.
  std::string Refused(const std::string& lines, const std::string& field,
                      int tasks_per_family = 10) {
    try {
      Plan(lines, tasks_per_family);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      EXPECT_TRUE(error.file().ends_with("kedge.yaml")) << error.what();
      EXPECT_EQ(error.field(), field) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "accepted: " << lines;
    return {};
  }

  const testing::TempFolder folder_;
  run::ManualClock clock_;
};

bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(RefusalsTest, AGateThatCanHardlyEverPromote) {
  const std::string text = Refused("max_pairs: 100\n", "max_pairs");
  const stats::GatePlan plan = Plan("max_pairs: 1600\n");
  EXPECT_TRUE(Says(text, "at least " + std::to_string(plan.smallest_max_pairs))) << text;
  EXPECT_TRUE(Says(text, "smallest_gain")) << text;
  Plan("max_pairs: " + std::to_string(plan.smallest_max_pairs) + "\n");  // what it said is accepted
}

TEST_F(RefusalsTest, ThePlanReckonsWithTheLevelThatALedgerGrantsFirst) {
  const stats::GatePlan without = Plan("max_pairs: 3200\n");
  const stats::GatePlan with = Plan("max_pairs: 3200\nledger: {season: 20, fdr: 0.1}\n");
  EXPECT_GT(with.fixed_pairs, without.fixed_pairs);
  const std::int64_t too_few = with.smallest_max_pairs - 1;
  const std::string pairs = "max_pairs: " + std::to_string(too_few) + "\n";
  Plan(pairs);
  Refused(pairs + "ledger: {season: 20, fdr: 0.1}\n", "max_pairs");
}

TEST_F(RefusalsTest, AMarginThatCannotBeExcluded) {
  EXPECT_TRUE(
      Says(Refused("stratum_margin: 0.02\nmax_pairs: 2000\n", "stratum_margin"), "larger margin"));
  const std::string text = Refused("stratum_margin: 0.02\nmax_pairs: 2000\n", "stratum_margin");
  const std::string mark = "max_pairs of at least ";
  const std::size_t at = text.find(mark);
  ASSERT_NE(at, std::string::npos) << text;
  Plan("stratum_margin: 0.02\nmax_pairs: " +
       std::to_string(std::stoll(text.substr(at + mark.size()))) + "\n");
}

// Bar G11: the same processes over tasks that are used again are wrong in 10-16 % of the cases when
// the claim is about a population, so that the configuration is refused.
TEST_F(RefusalsTest, G11APopulationClaimOverRepeatedPasses) {
  const std::string lines = "claim: population\nsmallest_gain: 0.1\nmax_pairs: 800\n";
  const std::string text = Refused(lines, "claim", 10);
  EXPECT_TRUE(Says(text, "claim: suite")) << text;
  EXPECT_TRUE(Says(text, "max_pairs of at most")) << text;
  Plan("smallest_gain: 0.1\nmax_pairs: 800\n", 10);  // the suite's own tasks may be run again
  Plan(lines, 400);                                  // and so many tasks need not be
}

TEST_F(RefusalsTest, APopulationClaimEndsWithItsTasks) {
  // Pairs that infrastructure fails use up tasks too, and no task comes again.
  const GatePolicy policy = Policy("claim: population\nsmallest_gain: 0.1\nmax_pairs: 400\n");
  const auto suite = run::FixtureSuite(folder_.path(), 100);
  const run::FakeAgents agents(
      [](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
        if (UniformAt(start.seed, "down") < 0.02) return run::Unavailable();
        return run::Answered(UniformAt(start.seed, strategy) < 0.5 ? "yes" : "no");
      });
  const strategy::Strategy champion = run::NamedStrategy("champion"),
                           candidate = run::NamedStrategy("candidate");
  const GateInputs inputs{suite, champion, candidate, agents, policy, nullptr, policy.alpha,
                          {},    3,        2,         {},     clock_, nullptr};
  run::Journal journal(folder_.File("journal"), Fingerprint(inputs));
  const Verdict verdict = RunGate(inputs, journal);
  EXPECT_LE(verdict.pairs.n + verdict.pairs.dropped,
            static_cast<std::int64_t>(suite->tasks().size()));
  for (const Flip& flip : verdict.flips) EXPECT_EQ(flip.trial, 0);
  EXPECT_TRUE(Says(verdict.estimand, "population"));
  EXPECT_EQ(verdict.kind, VerdictKind::kHoldInconclusive);
  EXPECT_TRUE(Says(verdict.reasons.at(0).text, "every task of stratum two")) << ToJson(verdict);
}

TEST_F(RefusalsTest, SealedTasksWithoutABudget) {
  const auto refused = [&](const std::string& lines, std::int64_t tasks) {
    try {
      RequireVaultBudget(Policy(lines), tasks);
    } catch (const Error& error) {
      EXPECT_EQ(error.field(), "vault");
      EXPECT_TRUE(error.file().ends_with("kedge.yaml"));
      return std::string(error.what());
    }
    ADD_FAILURE() << "accepted: " << lines << tasks;
    return std::string();
  };
  EXPECT_TRUE(Says(refused("", 1000), "queries"));
  EXPECT_TRUE(Says(refused("vault: {margin: 0.1}\n", 0), "split"));
  // 200 tasks carry no question about 10 points at all, 1000 carry 50 of them.
  const std::string text = refused("vault: {margin: 0.1, queries: 20}\n", 200);
  const std::string mark = "at least ";
  const std::int64_t enough = std::stoll(text.substr(text.find(mark) + mark.size()));
  EXPECT_EQ(stats::ComputeVaultBudget({enough, .25, .1, 20, .05}).fails, 1);
  EXPECT_EQ(stats::ComputeVaultBudget({enough - 1, .25, .1, 20, .05}).fails, 0);
  RequireVaultBudget(Policy("vault: {margin: 0.1, queries: 50}\n"), 1000);
  RequireVaultBudget(Policy("vault: {margin: 0.1, queries: 20}\n"), enough);
}

TEST_F(RefusalsTest, AChangedPolicyOnAResumedRunNamesTheField) {
  const run::FakeAgents agents([](const std::string&, const agent::EpisodeStart&,
                                  agent::EpisodeIo&) { return run::Answered("yes"); });
  const strategy::Strategy a = run::NamedStrategy("a"), b = run::NamedStrategy("b");
  const auto suite = run::FixtureSuite(folder_.path(), 10);
  const auto fingerprint = [&](const GatePolicy& policy) {
    return Fingerprint(GateInputs{
        suite, a, b, agents, policy, nullptr, policy.alpha, {}, 1, 2, {}, clock_, nullptr});
  };
  run::Journal(folder_.File("journal"), fingerprint(Policy("stratum_margin: 0.1\n")));
  try {
    run::Journal(folder_.File("journal"), fingerprint(Policy("stratum_margin: 0.2\n")));
    FAIL() << "the journal of another policy was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotPermitted);
    EXPECT_TRUE(error.file().ends_with("journal"));
    EXPECT_TRUE(Says(error.what(), "policy/stratum_margin")) << error.what();
    EXPECT_TRUE(Says(error.what(), "0.1, this run has 0.2")) << error.what();
    EXPECT_TRUE(Says(error.what(), "another journal")) << error.what();
  }
}

}  // namespace
}  // namespace kedge::gate
