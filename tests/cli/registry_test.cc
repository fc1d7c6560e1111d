// kedge promote, rollback, log and verify on the bundled suite.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "harness/strategy/strategy.h"
#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using ::testing::HasSubstr;
using testing::ReadJsonFile;
using testing::ReadWholeFile;
using testing::RetailGate;
using testing::RunKedge;
using testing::SourcePath;
using testing::TempFolder;

std::string Candidate(const std::string& name) {
  return SourcePath("tasksuites/retail/strategies/") + name;
}

TEST(RegistryCommandsTest, PromoteRollBackVerifyAndTamper) {
  const TempFolder folder;
  const std::string store = folder.File("kedge.db");
  const auto promote = [&](const std::string& name, std::vector<std::string> rest) {
    std::vector<std::string> words = {
        "promote", "--store", store, "--candidate", Candidate(name), "--to", folder.File("live")};
    words.insert(words.end(), rest.begin(), rest.end());
    return RunKedge(words);
  };
  EXPECT_EQ(promote("candidate-better", {}).code, 66);  // no history yet
  ASSERT_EQ(RunKedge(RetailGate("candidate-better", folder.path())).code, 0);
  std::filesystem::remove_all(folder.File("out"));
  ASSERT_EQ(RunKedge(RetailGate("candidate-tradeoff", folder.path())).code, 1);

  const auto blocked = promote("candidate-tradeoff", {"--approve", "Ada", "--why", "I want it"});
  EXPECT_EQ(blocked.code, 77);
  EXPECT_THAT(blocked.err, HasSubstr("BLOCK"));
  EXPECT_EQ(promote("candidate-reordered", {}).code, 66);
  EXPECT_FALSE(std::filesystem::exists(folder.File("live")));

  ASSERT_EQ(promote("candidate-better", {}).code, 0);
  EXPECT_EQ(ReadWholeFile(folder.File("live/guidelines.yaml")),
            ReadWholeFile(Candidate("candidate-better/guidelines.yaml")));
  const auto back = RunKedge({"rollback", "--store", store, "--who", "Ada", "--why", "an alarm",
                              "--to", folder.File("live")});
  ASSERT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(ReadWholeFile(folder.File("live/strategy.yaml")),
            ReadWholeFile(Candidate("champion/strategy.yaml")));
  EXPECT_EQ(promote("candidate-better", {}).code, 77);  // its verdict was used up

  const auto log = RunKedge({"log", "--all", "--store", store});
  for (const char* words :
       {"PROMOTE", "BLOCK", "adopt", "rollback", "ledger", "of 20 candidates", "score"}) {
    EXPECT_THAT(log.out, HasSubstr(words));
  }
  const auto whole = RunKedge({"verify", "--store", store});
  EXPECT_EQ(whole.code, 0) << whole.out;
  ASSERT_EQ(
      std::system(("sqlite3 '" + store + "' \"UPDATE verdict SET verdict = 'PROMOTE'\"").c_str()),
      0);
  const auto tampered = RunKedge({"verify", "--store", store});
  EXPECT_EQ(tampered.code, 1);
  EXPECT_THAT(tampered.out, HasSubstr("verdict 2: the row was changed"));
}

TEST(RegistryCommandsTest, WhatTheGateMeasuredIsWrittenIntoTheRulesItPromotes) {
  const TempFolder folder;
  ASSERT_EQ(RunKedge(RetailGate("candidate-better", folder.path())).code, 0);
  const std::string live = folder.File("live");
  const std::vector<std::string> promote = {
      "promote", "--store", folder.File("kedge.db"), "--candidate", Candidate("candidate-better"),
      "--to",    live,      "--record-validation"};
  const auto first = RunKedge(promote);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("tested as"));
  const auto again = RunKedge(promote);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("champion already"));

  const strategy::Strategy tested = strategy::Strategy::Load(Candidate("candidate-better"));
  const strategy::Strategy champion = strategy::Strategy::Load(live);
  const Json verdict = ReadJsonFile(folder.File("out/verdict.json"));
  std::set<std::string> brought;
  for (const strategy::Change& change :
       strategy::Diff(strategy::Strategy::Load(Candidate("champion")), tested)) {
    brought.insert(change.what);
  }
  for (const strategy::Change& change : strategy::Diff(tested, champion)) {
    EXPECT_EQ(brought.erase(change.what), 1u) << change.what;
    Json after = change.after;
    EXPECT_EQ(after["validation"]["verdict"], verdict["digest"]);
    EXPECT_EQ(after["validation"]["pairs"], verdict["pairs"]["n"]);
    EXPECT_GT(after["validation"]["gain"]["low"], 0);
    after.erase("validation");
    EXPECT_EQ(after, change.before);
  }
  EXPECT_TRUE(brought.empty());
  EXPECT_EQ(RunKedge({"verify", "--store", folder.File("kedge.db")}).code, 0);
  const auto back = RunKedge({"rollback", "--store", folder.File("kedge.db"), "--who", "Ada",
                              "--why", "an alarm", "--to", live});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(ReadWholeFile(live + "/strategy.yaml"),
            ReadWholeFile(Candidate("champion/strategy.yaml")));
}

TEST(RegistryCommandsTest, BadInputsSayWhatToDo) {
  const TempFolder folder;
  testing::WriteFile(folder.File("text.db"), std::string(4096, 'x'));
  struct Case {
    std::vector<std::string> arguments;
    int code;
  };
  const std::vector<Case> cases = {
      {{"promote"}, 64},
      {{"promote", "--candidate", folder.File("absent"), "--store", folder.File("absent.db")}, 66},
      {{"promote", "--candidate", "x", "--store", folder.File("text.db")}, 65},
      {{"rollback", "--store", folder.File("absent.db")}, 64},
      {{"rollback", "--who", "a", "--why", "b", "--store", folder.File("absent.db")}, 66},
      {{"verify", "--store", folder.File("absent.db")}, 66},
      {{"verify", "--store", folder.File("text.db")}, 65},
      {{"log", "--all", "--store", folder.File("text.db")}, 65},
      {{"run", "--suite", SourcePath("tasksuites/retail"), "--split", "vault", "--out",
        folder.File("out")},
       77},
  };
  for (const Case& c : cases) {
    const auto result = RunKedge(c.arguments);
    EXPECT_EQ(result.code, c.code) << c.arguments[0] << ": " << result.err;
    EXPECT_FALSE(result.err.empty());
  }
  EXPECT_FALSE(std::filesystem::exists(folder.File("absent.db")));
}

}  // namespace
}  // namespace kedge
