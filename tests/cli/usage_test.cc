// The command line itself: what is understood, what is refused, with which exit code.

#include <gtest/gtest.h>

#include "tests/cli/kedge_program.h"

namespace kedge {
namespace {

using testing::ProgramResult;
using testing::RunKedge;

TEST(UsageTest, VersionAndHelpSucceed) {
  const ProgramResult version = RunKedge({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("kedge 0.")) << version.out;
  const ProgramResult help = RunKedge({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* command : {"gate", "run", "compare", "learn", "strategy", "suite", "log"}) {
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
  }
}

struct Refusal {
  std::vector<std::string> arguments;
  std::string says;
};

TEST(UsageTest, MistakesEndWith64AndSayWhatIsWrong) {
  const std::vector<Refusal> refusals = {
      {{}, "subcommand"},
      {{"gat"}, "did you mean 'gate'"},
      {{"gate"}, "--suite"},
      {{"gate", "--siute", "x"}, "did you mean '--suite'"},
      {{"run", "--suite", "x", "--trials", "many"}, "many"},
      {{"run", "--suite", "x", "--trials", "0"}, "--trials"},
      {{"run", "--suite", "x", "--fail-under", "2"}, "--fail-under"},
      {{"run", "--suite", "x", "--agent", "magic"}, "process:PROGRAM"},
      {{"run", "--suite", "x", "--agent", "command:"}, "needs a program"},
      {{"run", "--suite", "x", "--agent", "command:'open"}, "quote"},
      {{"run", "--suite", "x", "--threads", "-1"}, "--threads"},
      {{"compare", "one"}, "candidate"},
      {{"strategy"}, "subcommand"},
      {{"gate", "--suite", "s", "--champion", "a", "--candidate", "b", "--metrics-listen", "here"},
       "HOST:PORT"}};
  for (const Refusal& refusal : refusals) {
    const ProgramResult result = RunKedge(refusal.arguments);
    const std::string shown = refusal.arguments.empty() ? "(nothing)" : refusal.arguments.back();
    EXPECT_EQ(result.code, 64) << shown << "\n" << result.err;
    EXPECT_NE(result.err.find(refusal.says), std::string::npos) << shown << "\n" << result.err;
    EXPECT_EQ(result.out, "") << shown;
  }
}

TEST(UsageTest, ProgressAndColourStayAwayFromFiles) {
  const ProgramResult help = RunKedge({"gate", "--help"});
  EXPECT_EQ(help.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(help.err, "");
}

}  // namespace
}  // namespace kedge
