#include "harness/agent/command_agent.h"

#include <gmock/gmock.h>

#include "harness/core/error.h"
#include "tests/agent/agent_testing.h"

namespace kedge::agent {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

EpisodeEnd RunShell(const std::string& script, EpisodeStart start = Start("do it"),
                    CommandInput input = CommandInput::kText) {
  ChildAgentOptions options;
  options.program.argv = {"/bin/sh", "-c", script};
  options.program.limits.cpu_seconds = 1;
  options.program.limits.output_bytes = 1 << 20;
  options.input = input;
  FakeIo io;
  return CommandAgent(options, TestStrategy()).Run(start, io);
}

TEST(CommandAgent, TaskOnStdinAnswerOnStdout) {
  const EpisodeEnd end = RunShell("cat; echo; echo two; echo; echo noise >&2");
  EXPECT_EQ(end.end, "answered") << end.detail;
  EXPECT_EQ(end.final_text, "do it\n\ntwo");
  EXPECT_FALSE(end.has_cost);
}

TEST(CommandAgent, CanBeGivenEverythingAsJson) {
  EpisodeStart start = Start("do it");
  start.policy = "be kind";
  const Json told = ParseJson(RunShell("cat", start, CommandInput::kJson).final_text);
  EXPECT_EQ(told["instruction"], "do it");
  EXPECT_EQ(told["policy"], "be kind");
  EXPECT_EQ(told["strategy"], TestStrategy().ToJson());
}

TEST(CommandAgent, KnowsEpisodeSeedAndStrategyFromItsEnvironment) {
  EXPECT_EQ(RunShell("echo $KEDGE_EPISODE $KEDGE_SEED $KEDGE_STRATEGY").final_text,
            "e1 7 " + TestStrategy().hash());
}

TEST(CommandAgent, TakesATaskLargerThanAnyArgumentVector) {
  EXPECT_EQ(RunShell("wc -c", Start(std::string(5'000'000, 'x'))).final_text, "5000001");
}

TEST(CommandAgent, NamesEachFailure) {
  struct Case {
    const char* script;
    const char* end;
    const char* detail;
  };
  const Case cases[] = {
      {"echo half; echo why >&2; exit 4", "agent_crashed", "exit code 4; stderr ends: why"},
      {"kill -9 $$", "agent_crashed", "signal 9"},
      {"sleep 60", "agent_timeout", "deadline"},
      {"trap '' TERM; sleep 60 & wait", "agent_timeout", "deadline"},
      {"yes", "output_limit", "too much output"},
      {"while :; do :; done", "cpu_limit", "signal 24"},
      {"printf 'caf\\351'", "invalid_utf8", "not valid UTF-8"},
  };
  for (const Case& c : cases) {
    const bool quick = std::string(c.end) == "agent_timeout";
    const EpisodeEnd end = RunShell(c.script, Start("x", quick ? 200ms : 20s));
    EXPECT_EQ(end.end, c.end) << c.script;
    EXPECT_THAT(end.detail, HasSubstr(c.detail)) << c.script;
    EXPECT_FALSE(end.infrastructure);
    EXPECT_EQ(end.final_text, "") << c.script;
  }
}

TEST(CommandAgent, AMissingProgramIsFoundBeforeAnythingRuns) {
  ChildAgentOptions options;
  options.program.argv = {"kedge-no-such-agent"};
  try {
    CommandAgentFactory(options).Make(TestStrategy());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("kedge-no-such-agent"));
  }
  FakeIo io;
  const EpisodeEnd end = CommandAgent(options, TestStrategy()).Run(Start("x"), io);
  EXPECT_EQ(end.end, "agent_unavailable");
  EXPECT_TRUE(end.infrastructure);
}

TEST(CommandAgent, FactoryMakesAgents) {
  ChildAgentOptions options;
  options.program.argv = {"cat"};
  const CommandAgentFactory factory(options);
  FakeIo io;
  EXPECT_EQ(factory.Make(TestStrategy())->Run(Start("hello"), io).final_text, "hello");
  EXPECT_EQ(factory.fingerprint(), R"(command ["cat"])");
}

}  // namespace
}  // namespace kedge::agent
