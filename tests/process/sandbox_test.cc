#include "harness/process/sandbox.h"

#include <gmock/gmock.h>

#include <thread>

#include "harness/core/error.h"
#include "harness/process/run_once.h"
#include "tests/process/process_testing.h"

namespace kedge::process {
namespace {

using kedge::testing::TempFolder;
using kedge::testing::WriteFile;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

bool SandboxWorks() {
  if (!BubblewrapPresent()) return false;
  ProcessOptions options = Shell("true");
  options.sandbox = Sandbox::kBubblewrap;
  return RunOnce(options, "", 10s).status.ok();
}

#define KEDGE_NEED_SANDBOX() \
  KEDGE_NEED("sandbox", SandboxWorks(), "bubblewrap is absent or may not make namespaces here")

TEST(Sandbox, GivesNoNetworkNoWritingAndAPrivateTmp) {
  KEDGE_NEED_SANDBOX();
  TempFolder temp;
  WriteFile(temp.File("data.txt"), "readable\n");
  ProcessOptions options = Shell(
      "cat data.txt; (echo x > data.txt) 2>/dev/null || echo read-only;"
      "echo mine > /tmp/kedge-sandbox-probe && echo tmp; ls /sys/class/net 2>/dev/null | wc -l;"
      "tail -n +3 /proc/net/dev | grep -v lo: | wc -l");
  options.working_folder = temp.path();
  options.sandbox = Sandbox::kBubblewrap;
  const RunResult result = RunOnce(options, "", 20s);
  EXPECT_THAT(result.output, HasSubstr("readable\nread-only\ntmp\n")) << result.stderr_tail;
  EXPECT_EQ(result.output.substr(result.output.size() - 3), "\n0\n");
  EXPECT_EQ(testing::ReadWholeFile(temp.File("data.txt")), "readable\n");
  EXPECT_EQ(testing::ReadWholeFile("/tmp/kedge-sandbox-probe"), "");
}

TEST(Sandbox, PassesExitCodeAndPipesThrough) {
  KEDGE_NEED_SANDBOX();
  ProcessOptions options = Shell("cat; exit 9");
  options.sandbox = Sandbox::kBubblewrap;
  const RunResult result = RunOnce(options, "through", 20s);
  EXPECT_EQ(result.output, "through");
  EXPECT_EQ(result.status, (ExitStatus{ExitStatus::Kind::kExited, 9}));
}

TEST(Sandbox, LeavesNothingBehind) {
  KEDGE_NEED_SANDBOX();
  const Census before = TakeCensus();
  ProcessOptions options = Shell("setsid sleep 61 & setsid sleep 61 & sleep 61");
  options.sandbox = Sandbox::kBubblewrap;
  EXPECT_TRUE(RunOnce(options, "", 300ms).timed_out);
  EXPECT_EQ(TakeCensus(), before);
}

TEST(Sandbox, ReportsAMissingProgramAtOnce) {
  KEDGE_NEED_SANDBOX();
  ProcessOptions options;
  options.argv = {"kedge-no-such-program"};
  options.sandbox = Sandbox::kBubblewrap;
  EXPECT_THROW(ChildProcess::Start(options), Error);
}

TEST(Sandbox, KeepsTheArgumentsApart) {
  const auto wrapped =
      WrapInBubblewrap("/usr/bin/bwrap", "/bin/echo", {"echo", "--bind", ";x"}, "/srv/my folder");
  ASSERT_GE(wrapped.size(), 4u);
  EXPECT_EQ(wrapped.front(), "/usr/bin/bwrap");
  const std::vector<std::string> tail(wrapped.end() - 4, wrapped.end());
  EXPECT_THAT(tail, ::testing::ElementsAre("--", "/bin/echo", "--bind", ";x"));
  EXPECT_THAT(wrapped, ::testing::Contains("--unshare-all"));
}

}  // namespace
}  // namespace kedge::process
