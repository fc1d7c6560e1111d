#include "harness/store/vault_ledger.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/store/store.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

const VaultTerms kTerms{"retail", "sealed", 400, 0.10, 0.05, 4, 2};

class VaultLedgerTest : public ::testing::Test {
 protected:
  std::optional<VaultQuery> Ask(const std::string& candidate) {
    return store_->vaults().Ask(kTerms, "champion", candidate);
  }
  VaultQuery Answer(const std::string& candidate, bool passed) {
    return store_->vaults().Answer("sealed", "champion", candidate, passed);
  }
  testing::TempFolder folder_;
  std::string path_ = folder_.File("kedge.db");
  std::unique_ptr<Store> store_ = Store::Open(path_);
};

TEST_F(VaultLedgerTest, QuestionsRunOut) {
  for (const char* candidate : {"a", "b", "c", "d"}) {
    ASSERT_TRUE(Ask(candidate)) << candidate;
    Answer(candidate, true);
  }
  EXPECT_FALSE(Ask("e"));
  EXPECT_EQ(store_->vaults().Accounts().at(0).asked, 4);
}

TEST_F(VaultLedgerTest, FailuresRunOutFirst) {
  Ask("a");
  EXPECT_EQ(Answer("a", false).fails_left, 1);
  Ask("b");
  const VaultQuery last = Answer("b", false);
  EXPECT_EQ(last.fails_left, 0);
  EXPECT_EQ(last.queries_left, 2);
  EXPECT_FALSE(Ask("c"));
}

TEST_F(VaultLedgerTest, AQuestionIsAskedOnceAndItsFirstAnswerStands) {
  EXPECT_FALSE(Ask("a")->passed);
  EXPECT_FALSE(Ask("a")->passed);  // the process died before it was answered
  Answer("a", false);
  EXPECT_EQ(Answer("a", true).passed, false);
  store_ = Store::Open(path_);
  EXPECT_EQ(Ask("a")->passed, false);
  EXPECT_EQ(Ask("a")->number, 1);
  EXPECT_EQ(store_->vaults().Accounts().at(0).asked, 1);
  EXPECT_THROW(Answer("never asked", true), Error);
}

TEST_F(VaultLedgerTest, AnOpenQuestionCountsAsFailed) {
  ASSERT_TRUE(Ask("a"));
  ASSERT_TRUE(Ask("b"));
  EXPECT_FALSE(Ask("c"));
  Answer("a", true);
  EXPECT_TRUE(Ask("c"));
}

TEST_F(VaultLedgerTest, TermsMayNotChangeMidway) {
  Ask("a");
  for (const auto change :
       {+[](VaultTerms& t) { t.margin = 0.2; }, +[](VaultTerms& t) { t.alpha = 0.1; },
        +[](VaultTerms& t) { t.queries = 50; }, +[](VaultTerms& t) { t.fails = 3; },
        +[](VaultTerms& t) { t.tasks = 500; }}) {
    VaultTerms terms = kTerms;
    change(terms);
    try {
      store_->vaults().Ask(terms, "champion", "b");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kNotPermitted) << error.what();
    }
  }
  VaultTerms drawn_anew = kTerms;
  drawn_anew.suite_digest = "another";
  drawn_anew.fails = 1;
  EXPECT_TRUE(store_->vaults().Ask(drawn_anew, "champion", "b"));
  VaultTerms empty = kTerms;
  empty.suite_digest = "third";
  empty.fails = 0;
  EXPECT_THROW(store_->vaults().Ask(empty, "champion", "b"), Error);
}

}  // namespace
}  // namespace kedge::store
