// Fail closed, before anything is paid for. Each case is a way in which harnesses let a mistake
// pass: here it ends with one message that names the place, the right exit code, and nothing run.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ProgramResult;
using testing::ReadWholeFile;
using testing::RetailGate;
using testing::RunKedge;
using testing::SourcePath;
using testing::TempFolder;
using testing::WriteEchoSuite;
using testing::WriteFile;

class BadInputTest : public ::testing::Test {
 protected:
  ProgramResult Run(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"run",
                                          "--suite",
                                          folder_.File("suite"),
                                          "--store",
                                          "",
                                          "--out",
                                          folder_.File("out"),
                                          "--agent",
                                          "command:sh " + folder_.File("agent.sh")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunKedge(arguments);
  }

  void SetUp() override {
    WriteEchoSuite(folder_.File("suite"), 4);
    // Leaves a mark when it is run at all.
    WriteFile(folder_.File("agent.sh"), "touch " + folder_.File("ran") + "\ncat\n");
  }

  bool AgentRan() const { return std::filesystem::exists(folder_.File("ran")); }

  void ExpectRefused(const ProgramResult& result, int code, const std::vector<std::string>& says) {
    EXPECT_EQ(result.code, code) << result.err;
    for (const std::string& word : says) {
      EXPECT_NE(result.err.find(word), std::string::npos) << word << "\nnot in\n" << result.err;
    }
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << "one message: " << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_FALSE(AgentRan());
  }

  TempFolder folder_;
};

TEST_F(BadInputTest, TheUntouchedSuiteRuns) {
  const ProgramResult result = Run();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(AgentRan());
  EXPECT_NE(result.out.find("4 of 4 episodes succeeded"), std::string::npos) << result.out;
}

TEST_F(BadInputTest, AnEmptySuiteDoesNotPass) {
  WriteFile(folder_.File("suite/tasks.jsonl"), "");
  ExpectRefused(Run(), 65, {"tasks.jsonl"});
}

TEST_F(BadInputTest, ATaskWithNothingToCheckIsRefused) {
  WriteFile(folder_.File("suite/tasks.jsonl"), "{\"id\":\"a\",\"instruction\":\"say a\"}\n");
  ExpectRefused(Run(), 65, {"tasks.jsonl:1", "nothing to check"});
}

TEST_F(BadInputTest, AMisspeltKeyIsNotIgnored) {
  WriteFile(folder_.File("suite/suite.yaml"),
            "format: kedge-suite/1\nsuite: echo\ntasks: tasks.jsonl\nuser_nois: {unclear: 0.5}\n");
  ExpectRefused(Run(), 65, {"suite.yaml:4", "user_nois", "user_noise"});
}

TEST_F(BadInputTest, AnUnknownScorerIsFoundBeforeTheAgentRuns) {
  WriteFile(folder_.File("suite/tasks.jsonl"),
            "{\"id\":\"a\",\"instruction\":\"say a\",\"scorers\":[{\"type\":\"llm_vibes\"}]}\n");
  ExpectRefused(Run(), 65, {"tasks.jsonl:1", "llm_vibes"});
}

TEST_F(BadInputTest, ADuplicateTaskIsRefused) {
  WriteFile(folder_.File("suite/tasks.jsonl"),
            "{\"id\":\"a\",\"instruction\":\"x\",\"tell\":[\"x\"]}\n"
            "{\"id\":\"a\",\"instruction\":\"x\",\"tell\":[\"x\"]}\n");
  ExpectRefused(Run(), 65, {"tasks.jsonl:2", "a"});
}

TEST_F(BadInputTest, AMissingFolderIsNamed) {
  std::filesystem::remove_all(folder_.File("suite"));
  ExpectRefused(Run(), 66, {folder_.File("suite")});
}

TEST_F(BadInputTest, AnAgentThatCannotBeReachedIsReportedInTwoSeconds) {
  const ProgramResult absent =
      RunKedge({"run", "--suite", folder_.File("suite"), "--store", "", "--out",
                folder_.File("out"), "--agent", "command:/no/such/agent"});
  EXPECT_EQ(absent.code, 69) << absent.err;
  EXPECT_LT(absent.seconds, 2.0);
  EXPECT_NE(absent.err.find("/no/such/agent"), std::string::npos) << absent.err;

  const ProgramResult silent =
      RunKedge({"run", "--suite", folder_.File("suite"), "--store", "", "--out",
                folder_.File("out2"), "--agent", "process:sleep 1000"});
  EXPECT_EQ(silent.code, 69) << silent.err;
  EXPECT_LT(silent.seconds, 6.0);  // the deadline is 2 s; the rest is for a loaded machine
}

TEST_F(BadInputTest, AHungAgentEndsItsEpisodeAndNoMore) {
  WriteFile(folder_.File("agent.sh"),
            "read line\nif [ \"$line\" = 'say 1' ]; then sleep 1000; fi\necho \"$line\"\n");
  const ProgramResult result = Run({"--deadline-ms", "500"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("3 of 4 episodes succeeded"), std::string::npos) << result.out;
  EXPECT_NE(ReadWholeFile(folder_.File("out/results.jsonl")).find("agent_timeout"),
            std::string::npos);
}

TEST_F(BadInputTest, AnAgentThatDiesEndsItsEpisodeAndNoMore) {
  WriteFile(folder_.File("agent.sh"),
            "read line\nif [ \"$line\" = 'say 2' ]; then kill -9 $$; fi\necho \"$line\"\n");
  const ProgramResult result = Run();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("3 of 4 episodes succeeded"), std::string::npos) << result.out;
  EXPECT_NE(ReadWholeFile(folder_.File("out/results.jsonl")).find("agent_crashed"),
            std::string::npos);
}

TEST_F(BadInputTest, ALargeTaskReachesTheAgentWhole) {
  const std::string text(3'000'000, 'x');
  WriteFile(folder_.File("suite/tasks.jsonl"),
            "{\"id\":\"big\",\"instruction\":\"" + text +
                "\",\"scorers\":[{\"type\":\"equal\",\"value\":\"3000000\"}]}\n");
  WriteFile(folder_.File("agent.sh"), "tr -d '\\n' | wc -c | tr -d ' \\n'\n");
  const ProgramResult result = Run();
  EXPECT_NE(result.out.find("1 of 1 episodes succeeded"), std::string::npos)
      << result.out << result.err;
}

TEST_F(BadInputTest, ControlCharactersDoNotReachAReportRaw) {
  WriteFile(folder_.File("agent.sh"), "printf 'a\\000b\\033[31m<script>alert(1)</script>'\n");
  const ProgramResult result = Run();
  EXPECT_EQ(result.code, 0) << result.err;
  for (const char* report : {"out/report.html", "out/junit.xml", "out/results.jsonl"}) {
    const std::string bytes = ReadWholeFile(folder_.File(report));
    EXPECT_NE(bytes, "");
    EXPECT_EQ(bytes.find('\0'), std::string::npos) << report;
    EXPECT_EQ(bytes.find('\x1b'), std::string::npos) << report;
  }
  EXPECT_EQ(ReadWholeFile(folder_.File("out/report.html")).find("<script>alert"),
            std::string::npos);
}

TEST_F(BadInputTest, RepeatsCarryTheirNumber) {
  ASSERT_EQ(Run({"--trials", "3"}).code, 0);
  const std::string results = ReadWholeFile(folder_.File("out/results.jsonl"));
  for (const char* id : {"t0/0", "t0/1", "t0/2"}) {
    EXPECT_NE(results.find(id), std::string::npos) << id;
  }
}

TEST_F(BadInputTest, NothingIsServedFromAnEarlierRunOfAnotherAgent) {
  ASSERT_EQ(Run().code, 0);
  const ProgramResult other = RunKedge({"run", "--suite", folder_.File("suite"), "--store", "",
                                        "--out", folder_.File("out"), "--agent", "command:cat"});
  EXPECT_EQ(other.code, 77) << other.err;
  EXPECT_NE(other.err.find("journal"), std::string::npos) << other.err;
}

TEST_F(BadInputTest, LongJsonGoesThroughAPipeWhole) {
  const std::string strategy = SourcePath("tasksuites/retail/strategies/candidate-better");
  const ProgramResult direct = RunKedge({"strategy", "show", strategy, "--json"});
  ASSERT_EQ(direct.code, 0) << direct.err;
  EXPECT_GT(direct.out.size(), 10'000U);
  EXPECT_NO_THROW(ParseJson(direct.out));
}

struct GateMistake {
  const char* flag;
  std::string value;
  int code;
  std::string says;
};

TEST_F(BadInputTest, AGateWithAMistakeLeavesStoreAndReportsAsTheyWere) {
  ASSERT_EQ(RunKedge(RetailGate("candidate-reordered", folder_.path())).code, 2);
  const auto snapshot = [&] {
    std::string all;
    for (const char* file :
         {"report.html", "junit.xml", "summary.md", "verdict.json", "journal.jsonl"}) {
      all += ReadWholeFile(folder_.File(std::string("out/") + file));
    }
    return all + RunKedge({"log", "--store", folder_.File("kedge.db")}).out;
  };
  const std::string before = snapshot();

  WriteFile(folder_.File("typo.yaml"), "format: kedge-policy/1\nalfa: 0.01\n");
  WriteFile(folder_.File("unreachable.yaml"), "format: kedge-policy/1\nmax_pairs: 10\n");
  WriteFile(folder_.File("noguard.yaml"), "format: kedge-policy/1\nguards: {policy: " +
                                              SourcePath("guards/policies/retail.yaml") +
                                              ", hard: [no-such-rule]}\n");
  WriteFile(folder_.File("nodb"), "this is no database, but it is long enough to look at\n");
  WriteFile(folder_.File("broken/strategy.yaml"), "format: kedge-strategy/1\nname: [\n");
  const std::vector<GateMistake> mistakes = {
      {"--policy", folder_.File("typo.yaml"), 65, "typo.yaml:2"},
      {"--policy", folder_.File("unreachable.yaml"), 65, "max_pairs"},
      {"--policy", folder_.File("noguard.yaml"), 65, "no-such-rule"},
      {"--policy", folder_.File("absent.yaml"), 66, "absent.yaml"},
      {"--candidate", folder_.File("broken"), 65, "strategy.yaml"},
      {"--candidate", folder_.File("absent"), 66, "absent"},
      {"--store", folder_.File("nodb"), 65, "nodb"},
      {"--seed", "2", 77, "seed"},
  };
  for (const GateMistake& mistake : mistakes) {
    std::vector<std::string> arguments = RetailGate("candidate-reordered", folder_.path());
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
      if (arguments[i] == mistake.flag) arguments[i + 1] = mistake.value;
    }
    if (mistake.code == 77) {
      arguments.push_back(mistake.flag);
      arguments.push_back(mistake.value);
    }
    const ProgramResult result = RunKedge(arguments);
    EXPECT_EQ(result.code, mistake.code) << mistake.value << "\n" << result.err;
    EXPECT_NE(result.err.find(mistake.says), std::string::npos) << result.err;
    EXPECT_EQ(snapshot(), before) << mistake.value;
  }
}

TEST_F(BadInputTest, AStrategyIsNoCandidateForItsOwnPlace) {
  const ProgramResult result = RunKedge(RetailGate("champion", folder_.path()));
  EXPECT_EQ(result.code, 2) << result.err;
  EXPECT_NE(result.out.find("identical"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace kedge
