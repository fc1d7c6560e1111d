#include "harness/process/run_once.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "harness/core/error.h"
#include "tests/process/process_testing.h"

namespace kedge::process {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(RunOnce, GivesInputAndCollectsOutputErrorsAndCode) {
  const RunResult result = RunOnce(Shell("cat; echo oops >&2; exit 5"), "hello\nyou", 10s);
  EXPECT_EQ(result.output, "hello\nyou");
  EXPECT_EQ(result.stderr_tail, "oops\n");
  EXPECT_EQ(result.status, (ExitStatus{ExitStatus::Kind::kExited, 5}));
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.output_truncated);
}

TEST(RunOnce, PassesInputsLargerThanAnyPipeBothWays) {
  std::string input(20 << 20, 'x');
  for (std::size_t i = 0; i < input.size(); i += 997) input[i] = static_cast<char>('a' + i % 26);
  const RunResult result = RunOnce(Shell("cat"), input, 30s);
  EXPECT_TRUE(result.status.ok());
  EXPECT_TRUE(result.output == input);
}

TEST(RunOnce, DoesNotMindAChildThatDoesNotReadItsInput) {
  const RunResult result = RunOnce(Shell("echo done"), std::string(8 << 20, 'x'), 10s);
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.output, "done\n");
}

TEST(RunOnce, WaitsForAChildThatClosedItsPipesButWorksOn) {
  const RunResult result = RunOnce(Shell("exec <&- >&- 2>&-; sleep 0.2; exit 4"), "", 10s);
  EXPECT_EQ(result.status, (ExitStatus{ExitStatus::Kind::kExited, 4}));
}

TEST(RunOnce, EndsAtTheDeadlineWhateverTheChildDoes) {
  const std::string input(8 << 20, 'x');
  for (const char* script :
       {"sleep 60", "trap '' TERM INT; sleep 60 & wait", "exec >&- 2>&-; sleep 60",
        "while :; do echo error >&2; sleep 0.05; done"}) {
    const auto start = std::chrono::steady_clock::now();
    const RunResult result = RunOnce(Shell(script), input, 300ms);
    EXPECT_TRUE(result.timed_out) << script;
    EXPECT_EQ(result.status, (ExitStatus{ExitStatus::Kind::kSignaled, 9})) << script;
    EXPECT_LT(std::chrono::steady_clock::now() - start, 3s) << script;
  }
}

TEST(RunOnce, CutsOutputAtTheLimit) {
  ProcessOptions options = Shell("yes");
  options.limits.output_bytes = 100'000;
  const RunResult result = RunOnce(options, "", 20s);
  EXPECT_TRUE(result.output_truncated);
  EXPECT_FALSE(result.timed_out);
  EXPECT_GT(result.output.size(), 100'000u);
  EXPECT_LT(result.output.size(), 400'000u);
  EXPECT_EQ(result.output.substr(0, 4), "y\ny\n");
}

TEST(RunOnce, CountsStandardErrorAsOutputAndKeepsItsEnd) {
  ProcessOptions options = Shell("yes error >&2");
  options.limits.output_bytes = 1 << 20;
  options.limits.stderr_tail = 60;
  const RunResult result = RunOnce(options, "", 20s);
  EXPECT_TRUE(result.output_truncated);
  EXPECT_EQ(result.stderr_tail.size(), 60u);
  EXPECT_THAT(result.stderr_tail, HasSubstr("error\nerror"));
}

TEST(RunOnce, EndsWhenTheChildEndsThoughADescendantHoldsThePipes) {
  const auto start = std::chrono::steady_clock::now();
  const RunResult result = RunOnce(Shell("sleep 60 & echo started"), "", 30s);
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.output, "started\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST(RunOnce, EnforcesProcessorTime) {
  ProcessOptions options = Python("while True: pass");
  options.limits.cpu_seconds = 1;
  const RunResult result = RunOnce(options, "", 20s);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.status, (ExitStatus{ExitStatus::Kind::kSignaled, SIGXCPU}));
}

TEST(RunOnce, EnforcesMemory) {
  ProcessOptions options = Python("x = bytearray(1 << 30); print('got it')");
  options.limits.memory_bytes = 256 << 20;
  const RunResult result = RunOnce(options, "", 20s);
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.status, (ExitStatus{ExitStatus::Kind::kExited, 1}));
  EXPECT_THAT(result.stderr_tail, HasSubstr("MemoryError"));
}

TEST(RunOnce, EnforcesOpenFiles) {
  ProcessOptions options = Python(
      "n = 0\nfs = []\ntry:\n  while True: fs.append(open('/dev/null')); n += 1\n"
      "except OSError: print(n < 20)");
  options.limits.open_files = 20;
  EXPECT_EQ(RunOnce(options, "", 20s).output, "True\n");
}

TEST(RunOnce, KeepsBytesThatAreNotText) {
  const RunResult result = RunOnce(Shell("printf 'a\\000b\\377\\033'"), "", 10s);
  EXPECT_EQ(result.output, std::string("a\0b\xff\x1b", 5));
}

TEST(RunOnce, IsFastToReportAMissingProgram) {
  ProcessOptions options;
  options.argv = {"kedge-no-such-program"};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(RunOnce(options, "", 10s), Error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
}

}  // namespace
}  // namespace kedge::process
