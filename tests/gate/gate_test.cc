// The sequential gate around real episodes of scripted agents.

#include "harness/gate/gate.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

using run::Answered;
using run::FakeAgents;
using run::NamedStrategy;

/// Answers right with a probability that depends on the arm and the family.
run::Behaviour Coin(double champion, double candidate, double candidate_in_f3 = -1) {
  return [=](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
    double rate = strategy == "champion" ? champion : candidate;
    const bool in_f3 = start.episode_id.find("f3") != std::string::npos;
    if (strategy != "champion" && in_f3 && candidate_in_f3 >= 0) rate = candidate_in_f3;
    return Answered(UniformAt(start.seed, strategy) < rate ? "yes" : "no");
  };
}

class GateTest : public ::testing::Test {
 protected:
  Verdict Gate(run::Behaviour behaviour) {
    const FakeAgents agents(std::move(behaviour));
    const strategy::Strategy champion = NamedStrategy("champion");
    const strategy::Strategy candidate = NamedStrategy("candidate");
    if (!suite_) suite_ = run::FixtureSuite(folder_.path(), 200);
    GateInputs inputs{suite_, champion, candidate, agents, policy_, guards_, policy_.alpha,
                      {},     seed_,    threads_,  {},     clock_,  nullptr};
    run::Journal journal(folder_.File("journal" + std::to_string(journals_++)),
                         Fingerprint(inputs));
    return RunGate(inputs, journal);
  }

  std::string Code(const Verdict& verdict) { return verdict.reasons.at(0).code; }

  const testing::TempFolder folder_;
  std::shared_ptr<const suite::Suite> suite_;
  std::shared_ptr<const guards::Policy> guards_;
  GatePolicy policy_ = DefaultGatePolicy();
  std::uint64_t seed_ = 7;
  unsigned threads_ = 2;
  int journals_ = 0;
  run::ManualClock clock_;
};

TEST_F(GateTest, ABetterCandidateIsPromoted) {
  const Verdict verdict = Gate(Coin(0.4, 0.8));
  EXPECT_EQ(verdict.kind, VerdictKind::kPromote);
  EXPECT_EQ(Code(verdict), "improvement");
  EXPECT_GT(verdict.delta.low, 0);
  EXPECT_LT(verdict.delta.low, 0.4);
  EXPECT_GT(verdict.delta.high, 0.4 - 0.1);
  EXPECT_EQ(verdict.pairs.n, verdict.pairs.both + verdict.pairs.only_champion +
                                 verdict.pairs.only_candidate + verdict.pairs.neither);
  EXPECT_EQ(verdict.flips.size(),
            static_cast<std::size_t>(verdict.pairs.only_champion + verdict.pairs.only_candidate));
}

TEST_F(GateTest, AGainThatHidesALossBlocksAndNamesTheStratum) {
  const Verdict verdict = Gate(Coin(0.5, 0.9, 0.1));
  EXPECT_EQ(verdict.kind, VerdictKind::kBlock);
  EXPECT_EQ(Code(verdict), "regression:two");
}

TEST_F(GateTest, EqualBehaviourIsNoDifference) {
  const Verdict verdict =
      Gate([](const std::string&, const agent::EpisodeStart& start, agent::EpisodeIo&) {
        return Answered(UniformAt(start.seed, "same") < 0.5 ? "yes" : "no");
      });
  EXPECT_EQ(verdict.kind, VerdictKind::kHoldNoDifference);
  EXPECT_EQ(Code(verdict), "no_worthwhile_gain");
  EXPECT_TRUE(verdict.flips.empty());
}

/// Equal outcomes; the candidate speaks `share` of the champion's 200 tokens, give or take a few.
run::Behaviour Brief(double share, double candidate_rate = 0.7) {
  return [=](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
    const bool candidate = strategy != "champion";
    const bool right = UniformAt(start.seed, "same") < (candidate ? candidate_rate : 0.7);
    agent::EpisodeEnd end = Answered(right ? "yes" : "no");
    const double noise = 40 * (UniformAt(start.seed, strategy) - 0.5);
    end.output_tokens = static_cast<std::int64_t>(200 * (candidate ? share : 1.0) + noise);
    return end;
  };
}

TEST_F(GateTest, ASavingAtEqualOutcomesIsPromotedWhereThePolicyAsksForIt) {
  policy_.resource_limits = {{"tokens", 1.5, 400, 200}};
  const Verdict unasked = Gate(Brief(0.7));
  EXPECT_EQ(unasked.kind, VerdictKind::kHoldNoDifference);

  for (const PromoteFor promote_for : {PromoteFor::kSaving, PromoteFor::kEither}) {
    policy_.objective = {promote_for, "tokens", 0.05};
    const Verdict saving = Gate(Brief(0.7));
    EXPECT_EQ(saving.kind, VerdictKind::kPromote);
    EXPECT_EQ(Code(saving), "saving");
    EXPECT_NE(saving.reasons[0].text.find("0.70 times"), std::string::npos)
        << saving.reasons[0].text;
    EXPECT_EQ(saving.components[0].state, "worthwhile gain excluded") << "no gain is claimed";

    const Verdict same = Gate(Brief(1.0));
    EXPECT_EQ(same.kind, VerdictKind::kHoldNoDifference);
    EXPECT_EQ(same.reasons[0].code,
              promote_for == PromoteFor::kSaving ? "no_worthwhile_saving" : "no_worthwhile_gain");
    const Verdict worse = Gate(Brief(0.5, 0.4));
    EXPECT_EQ(worse.kind, VerdictKind::kBlock) << "cheap and bad";
  }
}

TEST_F(GateTest, AGainIsNoReasonWhereOnlyASavingIsAskedFor) {
  policy_.resource_limits = {{"tokens", 1.5, 400, 200}};
  policy_.objective = {PromoteFor::kSaving, "tokens", 0.05};
  EXPECT_EQ(Gate(Brief(1.0, 0.95)).kind, VerdictKind::kHoldNoDifference);
  policy_.objective.promote_for = PromoteFor::kEither;
  const Verdict verdict = Gate(Brief(1.0, 0.95));
  EXPECT_EQ(verdict.kind, VerdictKind::kPromote);
  EXPECT_EQ(Code(verdict), "improvement");
}

// Exactly the smallest saving is not more than it.
TEST_F(GateTest, ASavingThatIsTooSmallIsSeldomPromoted) {
  policy_.resource_limits = {{"tokens", 1.5, 400, 200}};
  policy_.objective = {PromoteFor::kSaving, "tokens", 0.05};
  int promoted = 0;
  constexpr int kRuns = 60;
  for (int i = 0; i < kRuns; ++i) {
    seed_ = static_cast<std::uint64_t>(100 + i);
    promoted += Gate(Brief(0.95)).kind == VerdictKind::kPromote ? 1 : 0;
  }
  EXPECT_LE(promoted, 7) << "alpha 0.05 and 2.33 standard errors of " << kRuns << " runs";
}

TEST_F(GateTest, TooFewPairsAreInconclusiveAndSayWhatWouldSettleIt) {
  policy_.max_pairs = 500;
  policy_.smallest_gain = 0.08;
  policy_.prior_discordance = 0.5;
  const Verdict verdict = Gate(Coin(0.5, 0.55));
  ASSERT_EQ(verdict.kind, VerdictKind::kHoldInconclusive);
  EXPECT_EQ(Code(verdict), "underpowered");
  EXPECT_FALSE(verdict.what_would_settle.empty());
}

TEST_F(GateTest, APlanThatCannotPromoteIsRefused) {
  const FakeAgents agents(Coin(0.5, 0.5));
  const strategy::Strategy a = NamedStrategy("a"), b = NamedStrategy("b");
  policy_.max_pairs = 100;
  const auto suite = run::FixtureSuite(folder_.path(), 10);
  const GateInputs inputs{suite, a,     b,        agents, policy_, nullptr, 0.05,
                          {},    seed_, threads_, {},     clock_,  nullptr};
  try {
    PlanGate(inputs);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_NE(std::string(error.what()).find("max_pairs"), std::string::npos) << error.what();
  }
}

TEST_F(GateTest, MissingEpisodesNeverHelpTheCandidate) {
  // The candidate's infrastructure fails on a tenth of the tasks, always those it would fail.
  const Verdict verdict =
      Gate([](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
        const double draw = UniformAt(start.seed, "draw");
        if (strategy != "champion" && draw < 0.1) return run::Unavailable();
        return Answered(draw < (strategy == "champion" ? 0.6 : 0.1) ? "no" : "yes");
      });
  EXPECT_EQ(verdict.kind, VerdictKind::kHoldInconclusive);
  EXPECT_EQ(Code(verdict), "data_quality");
  EXPECT_GT(verdict.pairs.dropped, 0);
  EXPECT_GT(verdict.missing_episodes, 0);
}

TEST_F(GateTest, AnInfrastructureThatIsDownEndsTheGateEarly) {
  const Verdict verdict = Gate([](const std::string&, const agent::EpisodeStart&,
                                  agent::EpisodeIo&) { return run::Unavailable(); });
  EXPECT_EQ(verdict.kind, VerdictKind::kHoldInconclusive);
  EXPECT_EQ(Code(verdict), "infrastructure");
  EXPECT_LT(verdict.pairs.dropped, 50);
}

TEST_F(GateTest, OneBreachOfAHardGuardBlocksHoweverGoodTheCandidate) {
  suite_ = run::HouseSuite(folder_.File("house"));
  guards_ = run::HousePolicy(folder_.path());
  policy_.hard_guards = {"no-breaking"};
  const Verdict verdict =
      Gate([](const std::string& strategy, const agent::EpisodeStart&, agent::EpisodeIo& io) {
        if (strategy != "champion") io.CallTool("break", {{"door_id", 1}});
        return Answered("done");
      });
  EXPECT_EQ(verdict.kind, VerdictKind::kBlock);
  EXPECT_EQ(Code(verdict), "hard_guard:no-breaking");
}

TEST_F(GateTest, AGuardThatWatchedTooLittleHoldsAPromotion) {
  guards_ = run::HousePolicy(folder_.path());
  const Verdict promoted = Gate(Coin(0.3, 0.9));
  ASSERT_EQ(promoted.kind, VerdictKind::kPromote);
  policy_.minimum_exposure = {{"no-breaking", promoted.pairs.n}};
  EXPECT_EQ(Gate(Coin(0.3, 0.9)).kind, VerdictKind::kPromote);
  policy_.minimum_exposure = {{"no-breaking", promoted.pairs.n + 1}};
  const Verdict held = Gate(Coin(0.3, 0.9));
  EXPECT_EQ(held.kind, VerdictKind::kHoldInconclusive);
  EXPECT_EQ(Code(held), "exposure:no-breaking");
  EXPECT_FALSE(held.what_would_settle.empty());
  // What a guard would have to watch is no way out of a block.
  EXPECT_EQ(Gate(Coin(0.9, 0.3)).kind, VerdictKind::kBlock);
}

TEST_F(GateTest, TheDigestDoesNotDependOnThreads) {
  std::set<std::string> digests;
  for (const unsigned threads : {1U, 2U, 8U}) {
    threads_ = threads;
    digests.insert(Digest(Gate(Coin(0.5, 0.7))));
  }
  EXPECT_EQ(digests.size(), 1U);
}

TEST_F(GateTest, TheDigestCoversTheEvidenceAndNotTheClock) {
  Verdict verdict = Gate(Coin(0.4, 0.8));
  const std::string digest = Digest(verdict);
  verdict.seconds = 99;
  verdict.champion.source = "/elsewhere";
  EXPECT_EQ(Digest(verdict), digest);
  verdict.delta.low += 1e-9;
  EXPECT_NE(Digest(verdict), digest);
}

// An unchanged agent under fresh chance: wrongful PROMOTE and BLOCK stay within alpha. The bound is
// 0.05 + 2.33 standard errors for 120 gates.
TEST_F(GateTest, AgainstItselfTheGateIsRarelyWrong) {
  constexpr int kGates = 120;
  int promoted = 0, blocked = 0;
  policy_.smallest_gain = 0.10;
  policy_.overall_margin = 0.10;
  policy_.stratum_margin = 0.15;
  for (int i = 0; i < kGates; ++i) {
    seed_ = 1000 + static_cast<std::uint64_t>(i);
    const Verdict verdict = Gate(Coin(0.6, 0.6));
    promoted += verdict.kind == VerdictKind::kPromote ? 1 : 0;
    blocked += verdict.kind == VerdictKind::kBlock ? 1 : 0;
  }
  std::printf("%d gates of an agent against itself: %d promoted, %d blocked\n", kGates, promoted,
              blocked);
  EXPECT_LE(promoted, 11);
  EXPECT_LE(blocked, 11);
}

}  // namespace
}  // namespace kedge::gate
