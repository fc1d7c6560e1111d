#include "guards/change/approval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/signature.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1'800'000'000;

class ApprovalTest : public ::testing::Test {
 protected:
  static KeyPair Person(int number) {
    return KeyPairFromSeed(std::string(63, '0') + std::to_string(number));
  }
  ApprovalCount Count(const std::vector<Approval>& approvals) const {
    return CountApprovals(statement_, policy_, approvals, kNow);
  }

  KeyPair ada_ = Person(1);
  KeyPair bo_ = Person(2);
  KeyPair author_ = Person(3);
  ApprovalStatement statement_{"base", "candidate", "evidence", "guards", author_.public_key};
  ApprovalPolicy policy_{2, {ada_.public_key, bo_.public_key, author_.public_key}};
};

TEST_F(ApprovalTest, TwoPeopleCountAsTwo) {
  const ApprovalCount count = Count({Approve(statement_, kNow + 60, ada_.secret_key),
                                     Approve(statement_, kNow + 60, bo_.secret_key)});
  EXPECT_EQ(count.valid, 2);
  EXPECT_THAT(count.refused, IsEmpty());
}

TEST_F(ApprovalTest, OnePersonTwiceCountsOnce) {
  const ApprovalCount count = Count({Approve(statement_, kNow + 60, ada_.secret_key),
                                     Approve(statement_, kNow + 90, ada_.secret_key)});
  EXPECT_EQ(count.valid, 1);
  EXPECT_THAT(count.refused, ElementsAre(HasSubstr("twice")));
}

TEST_F(ApprovalTest, NeitherTheAuthorNorAStrangerApproves) {
  const ApprovalCount count = Count({Approve(statement_, kNow + 60, author_.secret_key),
                                     Approve(statement_, kNow + 60, Person(4).secret_key)});
  EXPECT_EQ(count.valid, 0);
  EXPECT_THAT(count.refused, ElementsAre(HasSubstr("own"), HasSubstr("policy's")));
}

TEST_F(ApprovalTest, AnApprovalHoldsForItsStatementAndTimeOnly) {
  const Approval late = Approve(statement_, kNow, ada_.secret_key);
  Approval stretched = late;
  stretched.expires = kNow + 1000;
  for (std::string ApprovalStatement::*part :
       {&ApprovalStatement::base, &ApprovalStatement::candidate, &ApprovalStatement::evidence,
        &ApprovalStatement::guard_policy, &ApprovalStatement::author}) {
    ApprovalStatement other = statement_;
    other.*part += "x";
    EXPECT_EQ(Count({Approve(other, kNow + 60, bo_.secret_key)}).valid, 0);
  }
  const ApprovalCount count = Count({late, stretched});
  EXPECT_EQ(count.valid, 0);
  EXPECT_THAT(count.refused, ElementsAre(HasSubstr("expired"), HasSubstr("signature")));
}

TEST_F(ApprovalTest, FilesComeBackAsTheyWereAndBrokenOnesAreRefused) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/approval.json";
  const Approval approval = Approve(statement_, kNow + 60, ada_.secret_key);
  WriteFileAtomic(path, DumpJson(ToJson(approval)));
  const Approval loaded = LoadApproval(path);
  EXPECT_EQ(loaded.key, approval.key);
  EXPECT_EQ(loaded.expires, approval.expires);
  EXPECT_EQ(loaded.signature, approval.signature);
  for (const char* broken : {"{}", "[]", R"({"format": "kedge-approval/2"})",
                             R"({"format": "kedge-approval/1", "key": "", "expires": "soon",
                                 "signature": ""})"}) {
    WriteFileAtomic(path, broken);
    EXPECT_THROW(LoadApproval(path), Error) << broken;
  }
  EXPECT_THROW(LoadApproval(folder.path() + "/none.json"), Error);
}

}  // namespace
}  // namespace kedge::guards
