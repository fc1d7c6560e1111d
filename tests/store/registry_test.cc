#include "harness/store/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/store/store.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

using ::testing::HasSubstr;

class RegistryTest : public ::testing::Test {
 protected:
  void Record(const std::string& champion, const std::string& candidate,
              const std::string& verdict) {
    VerdictRow row;
    row.suite = "retail";
    row.champion_hash = champion;
    row.candidate_hash = candidate;
    row.verdict = verdict;
    row.digest = "digest-" + std::to_string(++verdicts_);
    row.document = Json::object();
    store_->AddVerdict(row);
    registry_.KeepFiles(champion, {{"strategy.yaml", champion}});
    registry_.KeepFiles(candidate, {{"strategy.yaml", candidate}});
  }

  void ExpectRefused(const PromotionRequest& request, ErrorKind kind, const std::string& words) {
    const std::size_t before = registry_.Changes({}, 100).size();
    try {
      registry_.Promote(request);
      ADD_FAILURE() << "promoted " << request.candidate;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
    EXPECT_EQ(registry_.Changes({}, 100).size(), before);
  }

  testing::TempFolder folder_;
  std::unique_ptr<Store> store_ = Store::Open(folder_.File("kedge.db"));
  Registry& registry_ = store_->registry();
  int verdicts_ = 0;
};

TEST_F(RegistryTest, APromoteVerdictMakesTheCandidateChampion) {
  Record("a", "b", "PROMOTE");
  EXPECT_FALSE(registry_.Champion("retail"));
  const ChampionChange change = registry_.Promote({"retail", "a", "b", "", "", ""});
  EXPECT_EQ(change.action, "promote");
  EXPECT_EQ(change.from_hash, "a");
  EXPECT_EQ(change.to_hash, "b");
  EXPECT_EQ(change.verdict_digest, "digest-1");
  EXPECT_EQ(registry_.Champion("retail")->to_hash, "b");
  EXPECT_FALSE(registry_.Champion("another"));
  EXPECT_EQ(registry_.Changes("retail", 10).size(), 2u);  // the first champion was adopted
  EXPECT_EQ((*registry_.Files("b", change.files_digest)).at("strategy.yaml"), "b");
}

TEST_F(RegistryTest, WhatWasNotTestedIsNotPromoted) {
  Record("a", "held", "HOLD_INCONCLUSIVE");
  Record("a", "blocked", "BLOCK");
  Record("a", "later", "PROMOTE");
  Record("a", "later", "HOLD_INCONCLUSIVE");
  Record("x", "elsewhere", "PROMOTE");
  const ErrorKind no = ErrorKind::kNotPermitted;
  ExpectRefused({"retail", "a", "unknown", "", "", ""}, no, "no verdict");
  ExpectRefused({"retail", "a", "held", "", "", ""}, no, "HOLD_INCONCLUSIVE");
  ExpectRefused({"retail", "a", "later", "", "", ""}, no, "HOLD_INCONCLUSIVE");
  ExpectRefused({"retail", "a", "elsewhere", "", "", ""}, no, "no verdict");
  ExpectRefused({"retail", "a", "blocked", "", "", ""}, no, "BLOCK");
  ExpectRefused({"retail", "a", "blocked", "", "ada", "I insist"}, no, "nobody can override");
  ExpectRefused({"retail", "a", "held", "", "ada", ""}, ErrorKind::kUsage, "reason");
  ExpectRefused({"retail", "a", "a", "", "", ""}, ErrorKind::kUsage, "nothing to promote");
  ExpectRefused({"", "a", "held", "", "", ""}, ErrorKind::kUsage, "scope");
  ExpectRefused({"retail", "a", "nofiles", "", "ada", "why"}, ErrorKind::kMissingInput, "files");
}

TEST_F(RegistryTest, TheChampionIsComparedBeforeItIsSwapped) {
  Record("a", "b", "PROMOTE");
  Record("a", "c", "PROMOTE");
  registry_.Promote({"retail", "a", "b", "", "", ""});
  ExpectRefused({"retail", "a", "c", "", "", ""}, ErrorKind::kNotPermitted, "is b, not a");
  ExpectRefused({"retail", "b", "c", "", "", ""}, ErrorKind::kNotPermitted, "no verdict");
  ExpectRefused({"retail", "a", "b", "digest-9", "", ""}, ErrorKind::kNotPermitted, "is b");
}

TEST_F(RegistryTest, AnOverrideIsRecordedWithWhoAndWhy) {
  Record("a", "held", "HOLD_INCONCLUSIVE");
  registry_.Promote({"retail", "a", "held", "", "Ada", "the vault is too small"});
  const ChampionChange change = *registry_.Champion("retail");
  EXPECT_EQ(change.approved_by, "Ada");
  EXPECT_EQ(change.reason, "the vault is too small");
  EXPECT_EQ(change.verdict_digest, "");
}

TEST_F(RegistryTest, AChampionMayBeTheTestedOneWithItsValidationWrittenIn) {
  Record("a", "b", "PROMOTE");
  Record("a", "held", "HOLD_INCONCLUSIVE");
  ExpectRefused({"retail", "a", "b", "", "", "", "unkept"}, ErrorKind::kMissingInput, "unkept");
  registry_.KeepFiles("b+", {{"strategy.yaml", "b, measured"}});
  ExpectRefused({"retail", "a", "held", "", "ada", "why", "b+"}, ErrorKind::kNotPermitted,
                "nothing was measured");
  registry_.Promote({"retail", "a", "b", "", "", "", "b+"});
  const ChampionChange change = *registry_.Champion("retail");
  EXPECT_EQ(change.to_hash, "b+");
  EXPECT_EQ(change.tested_hash, "b");
  EXPECT_EQ((*registry_.Files("b+", change.files_digest)).at("strategy.yaml"), "b, measured");
  EXPECT_EQ(registry_.Rollback("retail", "b+", "ada", "alarm").to_hash, "a");
  EXPECT_EQ(store_->audit().Verify().problems, 0);
}

TEST_F(RegistryTest, RollbackIsAStack) {
  Record("a", "b", "PROMOTE");
  Record("b", "c", "PROMOTE");
  Record("c", "d", "PROMOTE");
  registry_.Promote({"retail", "a", "b", "", "", ""});
  registry_.Promote({"retail", "b", "c", "", "", ""});
  EXPECT_THROW(registry_.Rollback("retail", "b", "ada", "wrong champion"), Error);
  EXPECT_EQ(registry_.Rollback("retail", "c", "ada", "alarm").to_hash, "b");
  EXPECT_EQ(registry_.Rollback("retail", "b", "ada", "alarm").to_hash, "a");
  EXPECT_THROW(registry_.Rollback("retail", "a", "ada", "alarm"), Error);
  EXPECT_THROW(registry_.Rollback("nowhere", "a", "ada", "alarm"), Error);
  EXPECT_EQ((*registry_.Files("a", registry_.Champion("retail")->files_digest)).at("strategy.yaml"),
            "a");
  // The verdict that was rolled back from promotes nobody again by itself.
  ExpectRefused({"retail", "a", "b", "", "", ""}, ErrorKind::kNotPermitted, "rolled back");
  EXPECT_EQ(registry_.Promote({"retail", "a", "b", "", "ada", "the alarm was false"}).to_hash, "b");
  EXPECT_EQ(registry_.Rollback("retail", "b", "ada", "it was not").to_hash, "a");
}

TEST_F(RegistryTest, TheSameBytesAreKeptOnceAndOthersBesideThem) {
  registry_.KeepFiles("h", {{"strategy.yaml", "one"}});
  registry_.KeepFiles("h", {{"strategy.yaml", "one"}});
  registry_.KeepFiles("h", {{"strategy.yaml", "two"}});
  EXPECT_EQ((*registry_.Files("h")).at("strategy.yaml"), "two");
  EXPECT_FALSE(registry_.Files("absent"));
  EXPECT_EQ(store_->audit().Verify().rows, 2);
}

}  // namespace
}  // namespace kedge::store
