// The evidence of a test in the ledger: added once, in order, whoever dies or races.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/core/error.h"
#include "harness/store/store.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

const LedgerKey kTestedAccount{"retail", "suite", "champion", "policy"};

void ReserveCandidate(Store& store, const std::string& agent = "agent") {
  store.Reserve(kTestedAccount, "candidate", agent, 0.1, 20, 0.05);
}

class EvidenceTest : public ::testing::Test {
 protected:
  ErrorKind AddFails(std::int64_t number) {
    try {
      store_->AddEvidence(kTestedAccount, "candidate", number, Json{{"n", number}});
    } catch (const Error& error) {
      return error.kind();
    }
    return ErrorKind::kUsage;
  }
  testing::TempFolder folder_;
  std::string path_ = folder_.File("kedge.db");
  std::unique_ptr<Store> store_ = Store::Open(path_);
};

TEST_F(EvidenceTest, IsKeptInOrder) {
  ReserveCandidate(*store_);
  for (int i = 1; i <= 12; ++i) store_->AddEvidence(kTestedAccount, "candidate", i, Json{{"n", i}});
  store_ = Store::Open(path_);
  const std::vector<Json> evidence = store_->Evidence(kTestedAccount, "candidate");
  ASSERT_EQ(evidence.size(), 12u);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(evidence[i]["n"], i + 1);
}

TEST_F(EvidenceTest, OnlyTheNextPieceOfAnOpenTestIsTaken) {
  EXPECT_EQ(AddFails(1), ErrorKind::kInternal);
  ReserveCandidate(*store_);
  EXPECT_EQ(AddFails(2), ErrorKind::kTemporary);
  store_->AddEvidence(kTestedAccount, "candidate", 1, Json::object());
  EXPECT_EQ(AddFails(1), ErrorKind::kTemporary);
  store_->Settle(kTestedAccount, "candidate", {false, "digest"});
  EXPECT_EQ(AddFails(2), ErrorKind::kTemporary);
  EXPECT_EQ(store_->Evidence(kTestedAccount, "candidate").size(), 1u);
}

TEST_F(EvidenceTest, BelongsToOneAgent) {
  ReserveCandidate(*store_, "agent one");
  ReserveCandidate(*store_, "agent one");
  try {
    ReserveCandidate(*store_, "agent two");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotPermitted);
  }
}

// Each child adds pieces until it loses the race; whatever they do, every number is there once.
TEST_F(EvidenceTest, TwoProcessesNeverAddTheSamePiece) {
  ReserveCandidate(*store_);
  store_.reset();
  std::vector<pid_t> children;
  for (int worker = 0; worker < 3; ++worker) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        const auto store = Store::Open(path_);
        auto next = static_cast<std::int64_t>(store->Evidence(kTestedAccount, "candidate").size());
        while (next < 50) {
          ++next;
          store->AddEvidence(kTestedAccount, "candidate", next, Json{{"worker", worker}});
        }
      } catch (const Error& error) {
        _exit(error.kind() == ErrorKind::kTemporary ? 0 : 1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  store_ = Store::Open(path_);
  EXPECT_EQ(store_->Evidence(kTestedAccount, "candidate").size(), 50u);
  EXPECT_EQ(store_->audit().Verify().problems, 0);
}

// SIGKILL in the middle of reserving, adding and settling: the store stays whole, the chain holds,
// and no candidate has two numbers or two alphas.
TEST_F(EvidenceTest, AKilledProcessLeavesAWholeLedger) {
  store_.reset();
  std::int64_t reserved = 0;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = Store::Open(path_);
      for (int i = 0;; ++i) {
        const std::string candidate = std::to_string(i);
        const auto test = store->Reserve(kTestedAccount, candidate, "agent", 0.1, 100'000, 0.05);
        if (test->settled) continue;
        auto count = static_cast<std::int64_t>(store->Evidence(kTestedAccount, candidate).size());
        while (count < 3) store->AddEvidence(kTestedAccount, candidate, ++count, Json{{"i", i}});
        store->Settle(kTestedAccount, candidate, {i % 2 == 0, "digest"});
      }
    }
    usleep(static_cast<useconds_t>(60'000 + 9'000 * round));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto store = Store::Open(path_);
    const AuditReport report = store->audit().Verify();
    ASSERT_EQ(report.problems, 0) << report.findings.front();
    if (store->Seasons().empty()) continue;
    const SeasonAccount season = store->Seasons().at(0);
    ASSERT_GE(season.candidates, reserved);
    ASSERT_LE(season.open, 1);
    reserved = season.candidates;
    const std::vector<std::string> candidates = store->Candidates(kTestedAccount);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      ASSERT_EQ(candidates[i], std::to_string(i));
      if (i + 1 < candidates.size()) {
        ASSERT_EQ(store->Evidence(kTestedAccount, candidates[i]).size(), 3u);
      }
    }
  }
  EXPECT_GT(reserved, 0);
}

}  // namespace
}  // namespace kedge::store
