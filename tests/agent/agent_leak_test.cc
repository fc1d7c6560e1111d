#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "harness/agent/command_agent.h"
#include "harness/agent/process_agent.h"
#include "tests/agent/agent_testing.h"

namespace kedge::agent {
namespace {

using kedge::testing::TempFolder;
using namespace std::chrono_literals;
using process::Census;
using process::TakeCensus;

// Request 1 is initialize; from 2 on, episodes. What it does is in the instruction.
constexpr char kAgent[] = R"(
n=0
while IFS= read -r line; do
  n=$((n+1))
  case "$line" in
    *'"initialize"'*) echo '{"jsonrpc":"2.0","id":'$n',"result":{"protocol":"kedge-agent/1"}}' ;;
    *CRASH*) kill -SEGV $$ ;;
    *HANG*) sleep 60 ;;
    *FLEE*) setsid sleep 60 & (setsid sleep 60 &) ; exit 1 ;;
    *GARBAGE*) echo garbage ;;
    *) echo '{"jsonrpc":"2.0","id":'$n',"result":{"text":"fine"}}' ;;
  esac
done
)";

struct Expected {
  const char* instruction;
  const char* end;
};
constexpr Expected kEpisodes[] = {{"fine", "answered"},          {"CRASH", "agent_crashed"},
                                  {"HANG", "agent_timeout"},     {"fine", "answered"},
                                  {"FLEE", "agent_crashed"},     {"fine", "answered"},
                                  {"GARBAGE", "protocol_error"}, {"fine", "answered"}};

void RunEpisodes(const ChildAgentOptions& options, int count, std::map<std::string, int>& wrong) {
  ProcessAgent agent(options, TestStrategy());
  FakeIo io;
  for (int i = 0; i < count; ++i) {
    const Expected& expected = kEpisodes[i % 8];
    const bool hangs = std::string(expected.end) == "agent_timeout";
    const EpisodeEnd end = agent.Run(Start(expected.instruction, hangs ? 20ms : 20s), io);
    if (end.end != expected.end) ++wrong[end.end + " for " + expected.end + ": " + end.detail];
  }
}

TEST(AgentLeaks, AThousandBadEpisodesLeaveNoProcessAndNoDescriptor) {
  ChildAgentOptions options;
  options.program.argv = {"/bin/sh", "-c", kAgent};
  options.initialize_deadline = 20s;
  options.late_grace = 1ms;
  std::map<std::string, int> wrong;
  RunEpisodes(options, 8, wrong);
  const Census before = TakeCensus();
  RunEpisodes(options, 1000, wrong);
  EXPECT_THAT(wrong, ::testing::IsEmpty());
  EXPECT_EQ(TakeCensus(), before);
}

TEST(AgentLeaks, SoDoEpisodesInEightThreads) {
  ChildAgentOptions options;
  options.program.argv = {"/bin/sh", "-c", kAgent};
  options.initialize_deadline = 20s;
  options.late_grace = 1ms;
  const Census before = TakeCensus();
  std::map<std::string, int> wrong[8];
  {
    std::vector<std::jthread> threads;
    for (auto& mine : wrong) {
      threads.emplace_back([&] { RunEpisodes(options, 64, mine); });
    }
  }
  for (const auto& mine : wrong) EXPECT_THAT(mine, ::testing::IsEmpty());
  EXPECT_EQ(TakeCensus(), before);
}

TEST(AgentLeaks, AThousandCommandEpisodesLeaveNoProcessAndNoDescriptor) {
  ChildAgentOptions options;
  options.program.argv = {"/bin/sh", "-c",
                          "read x; case $x in CRASH) kill -SEGV $$ ;; HANG) sleep 60 ;;"
                          " FLEE) setsid sleep 60 & exit 1 ;; GARBAGE) printf '\\377' ;;"
                          " *) echo fine ;; esac"};
  CommandAgent agent(options, TestStrategy());
  FakeIo io;
  agent.Run(Start("fine"), io);
  const Census before = TakeCensus();
  for (int i = 0; i < 1000; ++i) {
    const Expected& expected = kEpisodes[i % 8];
    const std::string end =
        std::string(expected.instruction) == "GARBAGE" ? "invalid_utf8" : expected.end;
    const auto deadline = end == "agent_timeout" ? 20ms : std::chrono::milliseconds(20s);
    ASSERT_EQ(agent.Run(Start(expected.instruction, deadline), io).end, end);
  }
  EXPECT_EQ(TakeCensus(), before);
}

}  // namespace
}  // namespace kedge::agent
