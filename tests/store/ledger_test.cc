#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <set>
#include <thread>

#include "harness/core/error.h"
#include "harness/store/store.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

constexpr double kFdr = 0.10;
constexpr std::int64_t kSize = 20;
constexpr double kCap = 0.05;

const LedgerKey kKey{"retail", "suite-digest", "champion", "policy"};

std::string Candidate(int i) { return "candidate-" + std::to_string(i); }

std::optional<Reservation> ReserveDefault(Store& store, const std::string& candidate) {
  return store.Reserve(kKey, candidate, "agent", kFdr, kSize, kCap);
}

class LedgerTest : public ::testing::Test {
 protected:
  testing::TempFolder folder_;
  std::string path_ = folder_.File("kedge.db");
  std::unique_ptr<Store> store_ = Store::Open(path_);
};

TEST_F(LedgerTest, AlphaGrowsWithPromotionsUpToTheCap) {
  // By hand: 0.10 / 20 = 0.005 for the first test; after R promotions (R + 1) * 0.005, at most
  // 0.05.
  int promotions = 0;
  for (int i = 1; i <= kSize; ++i) {
    const auto reservation = ReserveDefault(*store_, Candidate(i));
    ASSERT_TRUE(reservation.has_value());
    EXPECT_DOUBLE_EQ(reservation->alpha, std::min(0.05, 0.005 * (promotions + 1))) << i;
    EXPECT_EQ(reservation->index, i);
    EXPECT_EQ(reservation->season_size, kSize);
    EXPECT_NEAR(reservation->budget_left, (20.0 - i) / 20.0, 1e-15);
    EXPECT_FALSE(reservation->repeated);
    const bool promoted = i % 3 != 0;
    store_->Settle(kKey, Candidate(i), {promoted, "digest"});
    promotions += promoted ? 1 : 0;
  }
  EXPECT_GT(promotions, 10);
  EXPECT_FALSE(ReserveDefault(*store_, "one too many").has_value());
}

TEST_F(LedgerTest, OpenTestsCountAsNoPromotion) {
  ReserveDefault(*store_, Candidate(1));
  EXPECT_DOUBLE_EQ(ReserveDefault(*store_, Candidate(2))->alpha, 0.005);
  store_->Settle(kKey, Candidate(1), {true, "digest"});
  EXPECT_DOUBLE_EQ(ReserveDefault(*store_, Candidate(3))->alpha, 0.010);
}

TEST_F(LedgerTest, ARepeatedCandidateGetsNoNewChance) {
  ReserveDefault(*store_, Candidate(1));
  store_->Settle(kKey, Candidate(1), {true, "digest"});
  ReserveDefault(*store_, Candidate(2));
  const auto again = ReserveDefault(*store_, Candidate(1));
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->repeated);
  EXPECT_DOUBLE_EQ(again->alpha, 0.005);
  EXPECT_EQ(again->index, 1);
  EXPECT_NEAR(again->budget_left, 19.0 / 20.0, 1e-15);  // as when it was reserved
}

TEST_F(LedgerTest, ARepeatedCandidateIsKnownAfterTheSeasonIsUsedUp) {
  for (int i = 1; i <= kSize; ++i) ReserveDefault(*store_, Candidate(i));
  EXPECT_FALSE(ReserveDefault(*store_, Candidate(21)).has_value());
  const auto again = ReserveDefault(*store_, Candidate(7));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->index, 7);
  EXPECT_NEAR(again->budget_left, 13.0 / 20.0, 1e-15);
}

TEST_F(LedgerTest, TheFirstSettlementStands) {
  ReserveDefault(*store_, Candidate(1));
  store_->Settle(kKey, Candidate(1), {false, "digest"});
  store_->Settle(kKey, Candidate(1), {false, "digest"});
  store_->Settle(kKey, Candidate(1), {true, "digest"});
  EXPECT_DOUBLE_EQ(ReserveDefault(*store_, Candidate(2))->alpha, 0.005);
  store_->Settle(kKey, Candidate(2), {true, "digest"});
  store_->Settle(kKey, Candidate(2), {true, "digest"});
  EXPECT_DOUBLE_EQ(ReserveDefault(*store_, Candidate(3))->alpha, 0.010);
}

TEST_F(LedgerTest, SettlingWithoutAReservationIsADefect) {
  EXPECT_THROW(store_->Settle(kKey, Candidate(1), {true, "digest"}), Error);
  ReserveDefault(*store_, Candidate(1));
  EXPECT_THROW(store_->Settle(kKey, Candidate(2), {true, "digest"}), Error);
}

TEST_F(LedgerTest, EveryPartOfTheKeyIsAnotherAccount) {
  ReserveDefault(*store_, Candidate(1));
  store_->Settle(kKey, Candidate(1), {true, "digest"});
  for (std::string LedgerKey::*part : {&LedgerKey::suite, &LedgerKey::suite_digest,
                                       &LedgerKey::champion_hash, &LedgerKey::policy_digest}) {
    LedgerKey other = kKey;
    other.*part = "other";
    const auto reservation = store_->Reserve(other, Candidate(1), "agent", kFdr, kSize, kCap);
    ASSERT_TRUE(reservation.has_value());
    EXPECT_EQ(reservation->index, 1);
    EXPECT_FALSE(reservation->repeated);
    EXPECT_DOUBLE_EQ(reservation->alpha, 0.005);
  }
}

TEST_F(LedgerTest, TermsMayNotChangeInASeason) {
  ReserveDefault(*store_, Candidate(1));
  struct Case {
    double fdr;
    std::int64_t size;
    double cap;
    ErrorKind kind;
  };
  const std::vector<Case> cases = {
      {0.20, kSize, kCap, ErrorKind::kNotPermitted},
      {kFdr, 40, kCap, ErrorKind::kNotPermitted},
      {kFdr, kSize, 0.10, ErrorKind::kNotPermitted},
      {0, kSize, kCap, ErrorKind::kUsage},
      {1, kSize, kCap, ErrorKind::kUsage},
      {NAN, kSize, kCap, ErrorKind::kUsage},
      {kFdr, 0, kCap, ErrorKind::kUsage},
      {kFdr, kSize, 0, ErrorKind::kUsage},
      {kFdr, kSize, 1.5, ErrorKind::kUsage},
      {kFdr, kSize, NAN, ErrorKind::kUsage},
  };
  for (const Case& c : cases) {
    try {
      store_->Reserve(kKey, Candidate(2), "agent", c.fdr, c.size, c.cap);
      ADD_FAILURE() << c.fdr << " " << c.size << " " << c.cap;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), c.kind) << error.what();
    }
  }
  EXPECT_EQ(ReserveDefault(*store_, Candidate(2))->index, 2);  // nothing was spent by the refused
}

TEST_F(LedgerTest, ASeasonSurvivesTheProcess) {
  ReserveDefault(*store_, Candidate(1));
  store_->Settle(kKey, Candidate(1), {true, "digest"});
  store_.reset();
  store_ = Store::Open(path_);
  const auto reservation = ReserveDefault(*store_, Candidate(2));
  EXPECT_EQ(reservation->index, 2);
  EXPECT_DOUBLE_EQ(reservation->alpha, 0.010);
}

// Reserves with one store until the season is used up; returns the indices it got, -1 for a clash.
std::vector<int> ReserveMany(const std::string& path, int worker, int candidates) {
  std::vector<int> indices;
  const auto store = Store::Open(path);
  for (int i = 0; i < candidates; ++i) {
    const auto reservation =
        store->Reserve(kKey, Candidate(worker * 1000 + i), "agent", kFdr, 60, kCap);
    if (reservation) indices.push_back(static_cast<int>(reservation->index));
  }
  return indices;
}

TEST_F(LedgerTest, ThreadsNeverShareATest) {
  std::vector<std::vector<int>> indices(4);
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < 4; ++worker) {
      threads.emplace_back([&, worker] { indices[worker] = ReserveMany(path_, worker, 20); });
    }
  }
  std::multiset<int> all;
  for (const auto& part : indices) all.insert(part.begin(), part.end());
  EXPECT_EQ(all.size(), 60u);  // 80 candidates, a season of 60
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), 60u);
  EXPECT_EQ(*all.rbegin(), 60);
}

// Processes race for making the file, too: each child opens a path that does not exist yet.
TEST_F(LedgerTest, ProcessesNeverShareATest) {
  const std::string path = folder_.File("raced.db");
  std::vector<pid_t> children;
  for (int worker = 0; worker < 4; ++worker) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int code = 0;
      try {
        ReserveMany(path, worker, 20);
      } catch (const std::exception& error) {
        fprintf(stderr, "child %d: %s\n", worker, error.what());
        code = 1;
      }
      _exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  const auto store = Store::Open(path);
  EXPECT_FALSE(store->Reserve(kKey, "another", "agent", kFdr, 60, kCap).has_value());
  std::set<std::int64_t> indices;
  for (int worker = 0; worker < 4; ++worker) {
    for (int i = 0; i < 20; ++i) {
      const auto known =
          store->Reserve(kKey, Candidate(worker * 1000 + i), "agent", kFdr, 60, kCap);
      if (known) indices.insert(known->index);
    }
  }
  EXPECT_EQ(indices.size(), 60u);
  EXPECT_EQ(*indices.rbegin(), 60);
}

}  // namespace
}  // namespace kedge::store
