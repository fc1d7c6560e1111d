#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/suite/scorers/scorer.h"
#include "tests/testing/needs.h"

namespace kedge::suite {
namespace {

class ProgramScorer : public ::testing::Test {
 protected:
  /// A scorer that runs this shell script.
  std::shared_ptr<const Scorer> Script(const std::string& body, double timeout = 20) {
    const std::string path = folder_.File("judge");
    testing::WriteFile(path, "#!/bin/sh\n" + body + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    const Json spec = {
        {"type", "program"}, {"command", {"./judge", "an argument"}}, {"timeout_seconds", timeout}};
    return MakeScorer(Document::FromValue(spec, "spec").root(), folder_.path());
  }

  trace::Score Run(const std::string& body) {
    Task task;
    task.id = "t-17";
    trace::Trace trace;
    trace.id = "episode-1";
    EpisodeEvidence evidence{&trace, "the answer", world::Difference{}};
    return Script(body)->Run(task, evidence);
  }

  testing::TempFolder folder_;
};

TEST_F(ProgramScorer, TheExitCodeDecides) {
  EXPECT_TRUE(Run("exit 0").pass);
  const trace::Score failed = Run("exit 1");
  EXPECT_FALSE(failed.pass);
  EXPECT_EQ(failed.why, "the program said no");
}

TEST_F(ProgramScorer, TheOutputRefinesIt) {
  const trace::Score half =
      Run(R"(echo '{"pass": false, "score": 0.5, "why": "half of it"}'; exit 1)");
  EXPECT_FALSE(half.pass);
  EXPECT_DOUBLE_EQ(half.score, 0.5);
  EXPECT_EQ(half.why, "half of it");
  EXPECT_EQ(Run("printf '{\"why\": \"red \\\\u001b[31m\"}'; exit 1").why, "red \\u{1B}[31m");
}

TEST_F(ProgramScorer, TheEpisodeIsOnItsInput) {
  EXPECT_TRUE(Run("cat > input.json; [ \"$1\" = 'an argument' ]").pass);
  const Json input = ParseJson(testing::ReadWholeFile(folder_.File("input.json")));
  EXPECT_EQ(input["format"], "kedge-scorer/1");
  EXPECT_EQ(input["task"]["id"], "t-17");
  EXPECT_EQ(input["final_text"], "the answer");
  EXPECT_EQ(input["difference"], Json::array());
  EXPECT_EQ(input["trace"]["trace_id"], "episode-1");
}

TEST_F(ProgramScorer, WhatCannotBeJudgedIsAnErrorNotAFailure) {
  for (const char* body : {"exit 2", "kill -9 $$", "echo nonsense; exit 0",
                           "echo '{\"pass\": false}'; exit 0", "echo '{\"score\": 7}'; exit 0",
                           "echo '{\"scores\": 1}'; exit 0", "yes 0123456789 | head -c 3000000"}) {
    try {
      Run(body);
      ADD_FAILURE() << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << body;
      EXPECT_NE(std::string(error.what()).find("judge"), std::string::npos) << error.what();
    }
  }
}

TEST_F(ProgramScorer, TheFingerprintFollowsTheFile) {
  const std::string one = Script("exit 0")->fingerprint();
  EXPECT_EQ(one, Script("exit 0")->fingerprint());
  EXPECT_NE(one, Script("exit 1")->fingerprint());
  const Json spec = {{"type", "program"}, {"command", {"sh", "script.sh"}}};
  const auto fingerprint = [&](const std::string& script) {
    testing::WriteFile(folder_.File("script.sh"), script);
    return MakeScorer(Document::FromValue(spec, "spec").root(), folder_.path())->fingerprint();
  };
  EXPECT_NE(fingerprint("exit 0"), fingerprint("exit 1"));
}

TEST_F(ProgramScorer, AHungProgramIsEnded) {
  const auto scorer = Script("sleep 60", 0.2);
  EXPECT_THROW(scorer->Run(Task{}, EpisodeEvidence{}), Error);
}

TEST_F(ProgramScorer, AMissingProgramIsFoundAtOnce) {
  for (const char* program : {"./none", "no-such-program-anywhere", "/no/such/file"}) {
    const Json spec = {{"type", "program"}, {"command", {program}}};
    try {
      MakeScorer(Document::FromValue(spec, "spec.yaml", 7).root(), folder_.path());
      ADD_FAILURE() << program;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
      EXPECT_NE(std::string(error.what()).find("spec.yaml:7: command"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace kedge::suite
