// Gates of one candidate again and again: evidence is pooled, decisions stand, vaults answer a bit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/loop/gate_session.h"
#include "harness/loop/promotion.h"
#include "harness/store/store.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPoolSuite = R"(format: kedge-suite/1
suite: pools
tasks: tasks.jsonl
splits: {gate: [shown], vault: [sealed]}
)";

/// Right with a probability by strategy and family.
struct Rates {
  double champion = 0.5, candidate = 0.5;
  double sealed_candidate = 0.5;
};

/// Strategies that differ in something that no change guard minds: how much they look up.
strategy::Strategy Asking(const std::string& name, int k) {
  return strategy::Strategy::FromLayers(name, {}, {{"retrieval", Json{{"k", k}}}});
}

class GateLedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string tasks;
    for (const char* family : {"shown", "sealed"}) {
      for (int i = 0; i < 300; ++i) {
        tasks += DumpJson(Json{{"id", std::string(family) + "-" + std::to_string(i)},
                               {"family", family},
                               {"instruction", "go"},
                               {"tell", {"yes"}}}) +
                 "\n";
      }
    }
    testing::WriteFile(File("suite/suite.yaml"), kPoolSuite);
    testing::WriteFile(File("suite/tasks.jsonl"), tasks);
    Asking("champion", 90).Save(File("champion"));
    first_.Save(File("first"));
    Asking("second", 20).Save(File("second"));
    Asking("third", 30).Save(File("third"));
    Policy("max_pairs: 900\nledger: {season: 2, fdr: 0.1}\n");
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  void Policy(const std::string& rest) {
    testing::WriteFile(File("kedge.yaml"),
                       "format: kedge-policy/1\nsmallest_gain: 0.1\noverall_margin: 0.1\n"
                       "stratum_margin: 0.1\nprior_discordance: 0.5\ndrift: {enabled: false}\n" +
                           rest);
  }

  gate::Verdict Gate(const std::string& candidate, std::uint64_t seed, const std::string& out) {
    const run::FakeAgents agents(
        [this](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
          ++episodes_;
          const bool sealed = start.episode_id.find("sealed") != std::string::npos;
          sealed_episodes_ += sealed ? 1 : 0;
          if (episodes_ > die_after_) throw Error(ErrorKind::kInternal, "killed");
          const double rate = strategy == "champion" ? rates_.champion
                              : sealed               ? rates_.sealed_candidate
                                                     : rates_.candidate;
          return run::Answered(UniformAt(start.seed, strategy) < rate ? "yes" : "no");
        });
    GateSessionOptions options;
    options.suite_folder = File("suite");
    options.champion_folder = File("champion");
    options.candidate_folder = File(candidate);
    options.policy_file = File("kedge.yaml");
    options.store_file = File("kedge.db");
    options.output_folder = File(out);
    options.run_seed = seed;
    Observer nobody;
    return RunGateSession(options, agents, clock_, nobody).verdict;
  }

  std::unique_ptr<store::Store> OpenStore() { return store::Store::Open(File("kedge.db")); }

  const testing::TempFolder folder_;
  const strategy::Strategy first_ = Asking("first", 10);
  Rates rates_;
  std::atomic<std::int64_t> episodes_ = 0, sealed_episodes_ = 0;
  std::int64_t die_after_ = INT64_MAX;
  run::ManualClock clock_;
};

TEST_F(GateLedgerTest, ADecidedCandidateGetsItsRecordedVerdictAndRunsNothing) {
  rates_.candidate = 0.9;
  const gate::Verdict first = Gate("first", 1, "a");
  ASSERT_EQ(first.kind, gate::VerdictKind::kPromote);
  episodes_ = 0;
  rates_.candidate = 0.1;  // whatever it would do now
  for (const std::uint64_t seed : {1, 2, 3}) {
    const gate::Verdict again = Gate("first", seed, "b" + std::to_string(seed));
    EXPECT_EQ(again.kind, gate::VerdictKind::kPromote);
    EXPECT_EQ(gate::Digest(again), gate::Digest(first));
    EXPECT_EQ(ParseJson(testing::ReadWholeFile(File("b" + std::to_string(seed) + "/verdict.json"))),
              ParseJson(testing::ReadWholeFile(File("a/verdict.json"))));
  }
  EXPECT_EQ(episodes_, 0);
  EXPECT_EQ(OpenStore()->Verdicts(10).size(), 1u);
  EXPECT_EQ(OpenStore()->Seasons().at(0).candidates, 1);
}

TEST_F(GateLedgerTest, AnOpenCandidateGoesOnFromItsEvidenceUnderAnotherSeed) {
  Policy("max_pairs: 400\nbeta: 0.01\nledger: {season: 2, fdr: 0.1}\n");
  rates_ = {0.5, 0.52, 0.5};
  const gate::Verdict first = Gate("first", 1, "a");
  ASSERT_EQ(first.kind, gate::VerdictKind::kHoldInconclusive) << first.reasons[0].code;
  const std::int64_t pairs = first.pairs.n;
  EXPECT_EQ(static_cast<std::int64_t>(OpenStore()->Seasons().at(0).open), 1);

  // The same command has used its pairs; it says the same and runs nothing.
  episodes_ = 0;
  EXPECT_EQ(gate::Digest(Gate("first", 1, "elsewhere")), gate::Digest(first));
  EXPECT_EQ(episodes_, 0);

  // Another seed adds to the same processes: the old pairs are all there, at the same alpha.
  const gate::Verdict second = Gate("first", 2, "b");
  EXPECT_GT(second.pairs.n, pairs);
  EXPECT_LE(second.pairs.n, 2 * pairs);
  EXPECT_EQ(second.alpha, first.alpha);
  EXPECT_GE(second.pairs.only_candidate, first.pairs.only_candidate);
  EXPECT_GE(second.pairs.only_champion, first.pairs.only_champion);
  EXPECT_EQ(OpenStore()->Seasons().at(0).candidates, 1);
}

TEST_F(GateLedgerTest, PairsOfARunThatDiedCountInTheNextOne) {
  rates_ = {0.5, 0.75, 0.5};
  die_after_ = 60;
  EXPECT_THROW(Gate("first", 1, "a"), Error);
  const auto account = OpenStore()->Seasons().at(0).key;
  const std::string hash = first_.hash();
  const auto seen = static_cast<std::int64_t>(OpenStore()->Evidence(account, hash).size());
  ASSERT_GT(seen, 0);
  die_after_ = INT64_MAX;
  const gate::Verdict verdict = Gate("first", 99, "b");
  const auto all = OpenStore()->Evidence(account, hash);
  EXPECT_EQ(static_cast<std::int64_t>(all.size()), verdict.pairs.n + verdict.pairs.dropped);
  std::int64_t old = 0;
  for (const Json& pair : all) old += pair["seed"] == 1 ? 1 : 0;
  EXPECT_EQ(old, seen);
}

// A test that is looked at again and again under fresh seeds must not promote more often.
TEST_F(GateLedgerTest, RetryingAnEqualCandidateDoesNotPromoteIt) {
  Policy("max_pairs: 400\nbeta: 0.01\nledger: {season: 1, fdr: 0.05}\n");
  int promoted = 0;
  for (int i = 0; i < 6; ++i) {
    Asking("champion", 50 + i).Save(File("champion"));  // another account
    std::string decided;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const gate::Verdict verdict =
          Gate("first", seed, "try" + std::to_string(i) + "-" + std::to_string(seed));
      if (!decided.empty()) {
        EXPECT_EQ(gate::Digest(verdict), decided);
      } else if (verdict.kind != gate::VerdictKind::kHoldInconclusive) {
        decided = gate::Digest(verdict);
        promoted += verdict.kind == gate::VerdictKind::kPromote ? 1 : 0;
      }
    }
  }
  EXPECT_LE(promoted, 1);
}

TEST_F(GateLedgerTest, AUsedUpSeasonHoldsAndSaysWhatBuysMore) {
  rates_.candidate = 0.1;
  Gate("first", 1, "a");
  Gate("second", 1, "b");
  const gate::Verdict third = Gate("third", 1, "c");
  EXPECT_EQ(third.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(third.reasons.at(0).code, "ledger_exhausted");
  EXPECT_THAT(third.what_would_settle.at(0), HasSubstr("Refresh the suite"));
  EXPECT_EQ(third.episodes, 0);
  EXPECT_EQ(Gate("first", 5, "d").kind, gate::VerdictKind::kBlock);  // what is decided stays known
}

TEST_F(GateLedgerTest, ThePublishedScoreMovesOnlyForAClearGain) {
  rates_ = {0.5, 0.9, 0.5};
  const gate::Verdict better = Gate("first", 1, "a");
  ASSERT_TRUE(better.published);
  EXPECT_TRUE(better.published->raised);
  rates_.candidate = 0.5;
  const gate::Verdict equal = Gate("second", 1, "b");
  ASSERT_TRUE(equal.published);
  EXPECT_FALSE(equal.published->raised);
  EXPECT_EQ(equal.published->score, better.published->score);
}

class GateVaultTest : public GateLedgerTest {
 protected:
  void SetUp() override {
    GateLedgerTest::SetUp();
    Policy("max_pairs: 900\nledger: {season: 20, fdr: 0.4}\nvault: {margin: 0.25, queries: 3}\n");
    rates_ = {0.5, 0.95, 0.9};
  }
};

TEST_F(GateVaultTest, IsAskedAfterAPromoteAndAnswersOneBit) {
  const gate::Verdict verdict = Gate("first", 1, "a");
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kPromote);
  ASSERT_TRUE(verdict.vault);
  EXPECT_TRUE(verdict.vault->passed);
  EXPECT_EQ(verdict.vault->queries_left, 2);
  EXPECT_GT(sealed_episodes_, 0);
  // Nothing of a sealed task is anywhere in what was written.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(File("a"))) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(testing::ReadWholeFile(entry.path().string()).find("sealed-"), std::string::npos)
        << entry.path();
  }
  EXPECT_FALSE(std::filesystem::exists(File("a/vault.tmp")));
}

TEST_F(GateVaultTest, IsNotAskedWithoutAPromote) {
  rates_.candidate = 0.2;
  const gate::Verdict verdict = Gate("first", 1, "a");
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kBlock);
  EXPECT_FALSE(verdict.vault);
  EXPECT_EQ(sealed_episodes_, 0);
  EXPECT_TRUE(OpenStore()->vaults().Accounts().empty());
}

TEST_F(GateVaultTest, AFailedAnswerHoldsForGoodAndABudgetRunsOut) {
  rates_.sealed_candidate = 0.1;  // learned the gate tasks by heart
  const gate::Verdict verdict = Gate("first", 1, "a");
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(verdict.reasons.at(0).code, "vault_failed");
  ASSERT_TRUE(verdict.vault);
  const std::int64_t fails = OpenStore()->vaults().Accounts().at(0).terms.fails;
  EXPECT_EQ(verdict.vault->fails_left, fails - 1);
  EXPECT_EQ(gate::Digest(Gate("first", 2, "b")), gate::Digest(verdict));
  EXPECT_EQ(OpenStore()->vaults().Accounts().at(0).asked, 1);
  for (std::int64_t i = 1; i < fails; ++i) {
    const std::string name = "another" + std::to_string(i);
    Asking(name, static_cast<int>(40 + i)).Save(File(name));
    Gate(name, 1, name + ".out");
  }
  const gate::Verdict spent = Gate("second", 1, "c");
  EXPECT_EQ(spent.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(spent.reasons.at(0).code, "vault_exhausted");
  EXPECT_THAT(spent.what_would_settle.at(0), HasSubstr("Retire the vault"));
  EXPECT_FALSE(spent.vault);
}

TEST_F(GateVaultTest, ABudgetThatTheTasksCannotCarryIsRefusedBeforeAnything) {
  Policy("max_pairs: 900\nledger: {season: 20, fdr: 0.4}\nvault: {margin: 0.02, queries: 50}\n");
  try {
    Gate("first", 1, "a");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr("expected at least"));
  }
  EXPECT_EQ(episodes_, 0);
  EXPECT_FALSE(std::filesystem::exists(File("kedge.db")));
}

TEST_F(GateVaultTest, APromotedFolderHoldsTheBytesThatWereTestedAndRollbackBringsTheOldBack) {
  Gate("first", 1, "a");
  const std::string tested = testing::ReadWholeFile(File("first/strategy.yaml"));
  const std::string before = testing::ReadWholeFile(File("champion/strategy.yaml"));
  testing::WriteFile(File("first/strategy.yaml"), tested + "# changed afterwards\n");
  PromotionOptions promotion;
  promotion.store_file = File("kedge.db");
  promotion.candidate = first_.hash();
  promotion.output_folder = File("live");
  const PromotionResult promoted = RunPromotion(promotion, clock_);
  EXPECT_EQ(promoted.change.scope, "pools");
  EXPECT_EQ(promoted.change.to_hash, promotion.candidate);
  EXPECT_EQ(testing::ReadWholeFile(File("live/strategy.yaml")), tested);
  EXPECT_FALSE(RunPromotion(promotion, clock_).changed);  // the folder once more

  RollbackOptions rollback;
  rollback.store_file = File("kedge.db");
  rollback.who = "Ada";
  rollback.reason = "alarm";
  rollback.output_folder = File("live");
  EXPECT_EQ(RunRollback(rollback, clock_).change.to_hash, Asking("champion", 90).hash());
  EXPECT_EQ(testing::ReadWholeFile(File("live/strategy.yaml")), before);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(OpenStore()->audit().Verify().problems, 0);
}

TEST_F(GateVaultTest, AFolderWithOtherThingsIsNotReplaced) {
  Gate("first", 1, "a");
  testing::WriteFile(File("live/notes.txt"), "mine");
  PromotionOptions promotion;
  promotion.store_file = File("kedge.db");
  promotion.candidate = File("first");
  promotion.output_folder = File("live");
  EXPECT_THROW(RunPromotion(promotion, clock_), Error);
  EXPECT_EQ(testing::ReadWholeFile(File("live/notes.txt")), "mine");
  EXPECT_FALSE(OpenStore()->registry().Champion("pools"));
}

}  // namespace
}  // namespace kedge::loop
