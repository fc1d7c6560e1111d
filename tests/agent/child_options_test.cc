#include "harness/agent/child_options.h"

#include <gmock/gmock.h>

#include "harness/core/error.h"

namespace kedge::agent {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ChildAgentOptions Read(const std::string& yaml) {
  const Document document = Document::FromYaml(yaml, "kedge.yaml");
  return ReadChildAgentOptions(document.root(), "/base");
}

TEST(ChildAgentOptions, HaveLimitsFromTheStart) {
  const ChildAgentOptions options = Read("kind: process\ncommand: [python3, agent.py]\n");
  EXPECT_THAT(options.program.argv, ElementsAre("python3", "agent.py"));
  EXPECT_EQ(options.program.working_folder, "/base");
  EXPECT_EQ(options.program.limits.cpu_seconds, 60);
  EXPECT_EQ(options.program.limits.memory_bytes, std::int64_t{8} << 30);
  EXPECT_EQ(options.program.limits.output_bytes, std::size_t{64} << 20);
  EXPECT_EQ(options.max_message_bytes, std::size_t{16} << 20);
  EXPECT_EQ(options.initialize_deadline, 2s);
  EXPECT_EQ(options.program.sandbox, process::Sandbox::kNone);
  EXPECT_EQ(options.input, CommandInput::kText);
}

TEST(ChildAgentOptions, ReadEveryKey) {
  const ChildAgentOptions options = Read(R"(
kind: command
command: [./agent]
folder: agents/one
environment: {MODE: fast, LEVEL: "3"}
sandbox: bwrap
limits: {cpu_seconds: 5, memory_mib: 100, open_files: 50, output_mib: 2, message_mib: 1}
initialize_seconds: 0.5
late_grace_seconds: 0.25
input: json
)");
  EXPECT_EQ(options.program.working_folder, "/base/agents/one");
  EXPECT_THAT(options.program.environment, ElementsAre(Pair("LEVEL", "3"), Pair("MODE", "fast")));
  EXPECT_EQ(options.program.sandbox, process::Sandbox::kBubblewrap);
  EXPECT_EQ(options.program.limits.cpu_seconds, 5);
  EXPECT_EQ(options.program.limits.memory_bytes, 100 << 20);
  EXPECT_EQ(options.program.limits.open_files, 50);
  EXPECT_EQ(options.program.limits.output_bytes, 2u << 20);
  EXPECT_EQ(options.max_message_bytes, 1u << 20);
  EXPECT_EQ(options.initialize_deadline, 500ms);
  EXPECT_EQ(options.late_grace, 250ms);
  EXPECT_EQ(options.input, CommandInput::kJson);
}

struct BrokenOptions {
  const char* yaml;
  const char* says;
};

class BrokenChildOptions : public ::testing::TestWithParam<BrokenOptions> {};

TEST_P(BrokenChildOptions, NameFileLineAndField) {
  try {
    Read(GetParam().yaml);
    FAIL() << "accepted " << GetParam().yaml;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr("kedge.yaml"));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
  }
}

INSTANTIATE_TEST_SUITE_P(
    ChildAgentOptions, BrokenChildOptions,
    ::testing::Values(BrokenOptions{"kind: process\n", "command"},
                      BrokenOptions{"command: []\n", "expected the program"},
                      BrokenOptions{"command: ['']\n", "expected the program"},
                      BrokenOptions{"command: python3 agent.py\n", "command"},
                      BrokenOptions{"command: [1]\n", "command"},
                      BrokenOptions{"command: [a]\ncomand: [b]\n", ":2: comand"},
                      BrokenOptions{"command: [a]\nsandbox: docker\n", "sandbox"},
                      BrokenOptions{"command: [a]\nlimits: {cpu: 1}\n", "limits.cpu"},
                      BrokenOptions{"command: [a]\nlimits: {cpu_seconds: -1}\n", "cpu_seconds"},
                      BrokenOptions{"command: [a]\nlimits: {output_mib: 0}\n", "output_mib"},
                      BrokenOptions{"command: [a]\ninitialize_seconds: 0\n", "initialize_seconds"},
                      BrokenOptions{"command: [a]\nenvironment: [A=1]\n", "environment"},
                      BrokenOptions{"command: [a]\nenvironment: {A: 1}\n", "environment.A"},
                      BrokenOptions{"command: [a]\ninput: xml\n", "input"}));

}  // namespace
}  // namespace kedge::agent
