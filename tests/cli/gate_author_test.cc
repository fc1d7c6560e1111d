// Nobody approves their own candidate: through the program, from keys to the promoted verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::ReadJsonFile;
using testing::ReadWholeFile;
using testing::RunKedge;
using testing::SourcePath;

class GateAuthorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ada_ = Keygen("ada");
    bo_ = Keygen("bo");
    Policy("");
    Write("");
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  std::string Keygen(const std::string& name) const {
    std::string key = RunKedge({"strategy", "keygen", "--out", File(name)}).out;
    key.pop_back();
    return key;
  }

  void Policy(const std::string& more) const {
    testing::WriteFile(File("kedge.yaml"),
                       "format: kedge-policy/1\nprior_discordance: 0.35\nmax_pairs: 3200\n"
                       "drift: {enabled: false}\n"
                       "change:\n  max_added_guidelines: 16\n  max_added_bytes: 24576\n"
                       "  probes: {tasks: 0}\n  approvals: {required: 1, keys: ['" +
                           ada_ + "', '" + bo_ + "']" + more + "}\n");
  }

  /// The bundled better candidate, with one more line in its provenance.
  void Write(const std::string& author) const {
    const std::string from = SourcePath("tasksuites/retail/strategies/candidate-better/");
    for (const char* layer :
         {"guidelines", "instructions", "model", "planner", "retrieval", "tool_policy"}) {
      testing::WriteFile(File(std::string("candidate/") + layer + ".yaml"),
                         ReadWholeFile(from + layer + ".yaml"));
    }
    std::string text = ReadWholeFile(from + "strategy.yaml");
    const std::string place = "provenance:\n";
    const std::size_t at = text.find(place);
    ASSERT_NE(at, std::string::npos);
    if (!author.empty()) text.insert(at + place.size(), "  author: '" + author + "'\n");
    testing::WriteFile(File("candidate/strategy.yaml"), text);
  }

  ProgramResult Gate(std::vector<std::string> more) {
    std::vector<std::string> words = {"gate",
                                      "--suite",
                                      SourcePath("tasksuites/retail"),
                                      "--champion",
                                      SourcePath("tasksuites/retail/strategies/champion"),
                                      "--candidate",
                                      File("candidate"),
                                      "--policy",
                                      File("kedge.yaml"),
                                      "--store",
                                      File("kedge.db"),
                                      "--out",
                                      File("out")};
    words.insert(words.end(), more.begin(), more.end());
    return RunKedge(words);
  }

  ProgramResult Approve(const std::string& who) const {
    return RunKedge({"strategy", "approve", "--verdict", File("out/verdict.json"), "--key",
                     File(who), "--out", File(who + ".approval")});
  }

  testing::TempFolder folder_;
  std::string ada_, bo_;
};

TEST_F(GateAuthorTest, TheAuthorsOwnWordDoesNotCount) {
  Write(ada_);
  EXPECT_EQ(Gate({}).code, 2);
  EXPECT_EQ(ReadJsonFile(File("out/verdict.json"))["approval"]["statement"]["author"], ada_);
  EXPECT_EQ(Approve("ada").code, 64);
  ASSERT_EQ(Approve("bo").code, 0);
  // Ada signs without saying whose it is: she takes her name out, approves, and puts it back.
  Write("");
  EXPECT_EQ(Gate({}).code, 2);
  ASSERT_EQ(Approve("ada").code, 0);
  Write(ada_);
  const ProgramResult own = Gate({"--approval", File("ada.approval")});
  EXPECT_EQ(own.code, 2);
  EXPECT_THAT(own.out, HasSubstr("nobody approves a candidate of their own"));
  const ProgramResult others = Gate({"--approval", File("bo.approval")});
  EXPECT_EQ(others.code, 0) << others.out;
}

TEST_F(GateAuthorTest, WhatTheGateIsToldIsTrusted) {
  EXPECT_EQ(Gate({"--author", ada_}).code, 2);
  EXPECT_EQ(ReadJsonFile(File("out/verdict.json"))["approval"]["statement"]["author"], ada_);
  EXPECT_EQ(Approve("ada").code, 64);
  Write(bo_);
  const ProgramResult differs = Gate({"--author", ada_});
  EXPECT_EQ(differs.code, 65);
  EXPECT_THAT(differs.err, HasSubstr("names another author"));
  EXPECT_EQ(Gate({"--author", "ada"}).code, 65);
  Write("Ada Lovelace");
  EXPECT_THAT(Gate({}).err, HasSubstr("provenance.author"));
}

TEST_F(GateAuthorTest, APolicyCanWantToKnowTheAuthor) {
  Policy(", require_author: true");
  EXPECT_EQ(Gate({}).code, 2);
  ASSERT_EQ(Approve("bo").code, 0);
  const ProgramResult unknown = Gate({"--approval", File("bo.approval")});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.out, HasSubstr("author is unknown"));
}

}  // namespace
}  // namespace kedge
