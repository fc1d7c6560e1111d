#include "harness/process/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
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
using Kind = ExitStatus::Kind;

constexpr std::size_t kMaxLine = 1 << 20;

std::string Line(ChildProcess& child) {
  const ReadResult read = child.ReadLine(Soon(), kMaxLine);
  EXPECT_EQ(read.status, IoStatus::kOk);
  return std::string(read.line);
}

Error StartFailure(const ProcessOptions& options) {
  try {
    ChildProcess::Start(options);
  } catch (const Error& error) {
    return error;
  }
  return InternalError("started");
}

TEST(ChildProcess, TalksInLines) {
  ChildProcess child = ChildProcess::Start(Shell("while read x; do echo \"got $x\"; done"));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(child.Write("line " + std::to_string(i) + "\n", Soon()), IoStatus::kOk);
    EXPECT_EQ(Line(child), "got line " + std::to_string(i));
  }
  child.CloseStdin();
  EXPECT_EQ(child.Wait(Soon()), (ExitStatus{Kind::kExited, 0}));
}

TEST(ChildProcess, SplitsLinesWhereverTheChunksFall) {
  ChildProcess child = ChildProcess::Start(
      Shell("printf 'one\\n\\ntwo\\nth'; sleep 0.1; printf 'ree\\nunfinished'"));
  EXPECT_EQ(Line(child), "one");
  EXPECT_EQ(Line(child), "");
  EXPECT_EQ(Line(child), "two");
  EXPECT_EQ(Line(child), "three");
  EXPECT_EQ(child.ReadLine(Soon(), kMaxLine).status, IoStatus::kClosed);
  EXPECT_EQ(child.TakeOutput(), "unfinished");
}

TEST(ChildProcess, ReadsManyLinesOfAllSizes) {
  ChildProcess child =
      ChildProcess::Start(Python("for i in range(3000): print('x' * (i * 37 % 5000))"));
  for (std::size_t i = 0; i < 3000; ++i) ASSERT_EQ(Line(child).size(), i * 37 % 5000);
  EXPECT_EQ(child.ReadLine(Soon(), kMaxLine).status, IoStatus::kClosed);
}

TEST(ChildProcess, StopsReadingALineThatIsTooLong) {
  ChildProcess child = ChildProcess::Start(
      Python("import sys\nfor i in range(100): sys.stdout.write('x' * 1000000)\nprint()"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(child.ReadLine(Soon(), kMaxLine).status, IoStatus::kTooLong);
  EXPECT_LT(child.TakeOutput().size(), kMaxLine + (256 << 10));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST(ChildProcess, TellsALineTooLongByOneFromOneThatFits) {
  ChildProcess child = ChildProcess::Start(Shell("echo 12345; echo 123456"));
  EXPECT_EQ(child.ReadLine(Soon(), 5).line, "12345");
  EXPECT_EQ(child.ReadLine(Soon(), 5).status, IoStatus::kTooLong);
}

TEST(ChildProcess, ReadTimesOutAndCanGoOn) {
  ChildProcess child = ChildProcess::Start(Shell("sleep 0.3; echo late; sleep 60"));
  EXPECT_EQ(child.ReadLine(Deadline::After(50ms), kMaxLine).status, IoStatus::kTimeout);
  EXPECT_EQ(Line(child), "late");
}

TEST(ChildProcess, ReadsWhatIsThereEvenAfterTheDeadline) {
  ChildProcess child = ChildProcess::Start(Shell("echo here; sleep 60"));
  ReadResult read{IoStatus::kTimeout, {}};
  for (int i = 0; i < 1000 && read.status == IoStatus::kTimeout; ++i) {
    std::this_thread::sleep_for(10ms);
    read = child.ReadLine(Deadline::After(-1s), kMaxLine);
  }
  EXPECT_EQ(read.line, "here");
  EXPECT_EQ(child.ReadLine(Deadline::After(-1s), kMaxLine).status, IoStatus::kTimeout);
}

TEST(ChildProcess, WriteToAChildThatNeverReadsEndsAtTheDeadline) {
  ChildProcess child = ChildProcess::Start(Shell("sleep 60"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(child.Write(std::string(10 << 20, 'x'), Deadline::After(200ms)), IoStatus::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(ChildProcess, WriteToAChildThatIsGoneIsClosedAndRaisesNoSignal) {
  ChildProcess child = ChildProcess::Start(Shell("exec <&-; echo closed; sleep 60"));
  EXPECT_EQ(Line(child), "closed");
  EXPECT_EQ(child.Write("anyone?\n", Soon()), IoStatus::kClosed);
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
  child.Kill();
  EXPECT_EQ(child.Write("anyone?\n", Soon()), IoStatus::kClosed);
}

TEST(ChildProcess, DoesNotDeadlockWhenBothSidesWriteMuch) {
  ChildProcess child = ChildProcess::Start(
      Python("import sys\nsys.stdout.write('y' * 3000000 + '\\n')\nsys.stdout.flush()\n"
             "print(len(sys.stdin.readline()))"));
  EXPECT_EQ(child.Write(std::string(3'000'000, 'x') + "\n", Soon()), IoStatus::kOk);
  EXPECT_EQ(child.ReadLine(Soon(), 4 << 20).line.size(), 3'000'000u);
  EXPECT_EQ(Line(child), "3000001");
}

TEST(ChildProcess, OutputLimitAlsoHoldsWhileWriting) {
  ProcessOptions options = Shell("yes");
  options.limits.output_bytes = 1 << 20;
  ChildProcess child = ChildProcess::Start(options);
  EXPECT_EQ(child.Write(std::string(10 << 20, 'x'), Soon()), IoStatus::kOutputLimit);
  EXPECT_TRUE(child.output_limit_reached());
  EXPECT_EQ(child.Wait(Soon()), std::nullopt);
}

TEST(ChildProcess, ClosedStdoutIsClosedThoughTheChildLives) {
  ChildProcess child = ChildProcess::Start(Shell("exec >&-; sleep 60"));
  EXPECT_EQ(child.ReadLine(Soon(), kMaxLine).status, IoStatus::kClosed);
  EXPECT_EQ(child.Wait(Deadline::After(50ms)), std::nullopt);
  EXPECT_EQ(child.Kill(), (ExitStatus{Kind::kSignaled, SIGKILL}));
}

TEST(ChildProcess, CrashIsClosedAndItsSignalIsReported) {
  ChildProcess child = ChildProcess::Start(Shell("echo last words >&2; kill -SEGV $$"));
  EXPECT_EQ(child.ReadLine(Soon(), kMaxLine).status, IoStatus::kClosed);
  EXPECT_EQ(child.Wait(Soon()), (ExitStatus{Kind::kSignaled, SIGSEGV}));
  EXPECT_EQ(child.stderr_tail(), "last words\n");
}

TEST(ChildProcess, RenewedLimitsCountAfresh) {
  ProcessOptions options = Shell("while read n; do head -c $n /dev/zero | tr '\\0' x; echo; done");
  options.limits.output_bytes = 1000;
  ChildProcess child = ChildProcess::Start(options);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(child.Write("600\n", Soon()), IoStatus::kOk);
    ASSERT_EQ(child.ReadLine(Soon(), kMaxLine).line.size(), 600u);
    child.RenewLimits();
  }
  ASSERT_EQ(child.Write("600\n600\n", Soon()), IoStatus::kOk);
  IoStatus status = IoStatus::kOk;
  for (int i = 0; i < 3 && status == IoStatus::kOk; ++i) {
    status = child.ReadLine(Soon(), kMaxLine).status;
  }
  EXPECT_TRUE(child.output_limit_reached());
}

TEST(ChildProcess, RenewedProcessorTimeLetsAWorkerGoOn) {
  ProcessOptions options = Python(
      "import sys, time\n"
      "for line in sys.stdin:\n"
      "  end = time.process_time() + 0.7\n"
      "  while time.process_time() < end: pass\n"
      "  print('ok', flush=True)");
  options.limits.cpu_seconds = 1;
  ChildProcess child = ChildProcess::Start(options);
  for (int i = 0; i < 4; ++i) {
    child.RenewLimits();
    ASSERT_EQ(child.Write("go\n", Soon()), IoStatus::kOk);
    ASSERT_EQ(Line(child), "ok");
  }
  // Without renewal the same work is more than it may use.
  ASSERT_EQ(child.Write("go\ngo\ngo\ngo\n", Soon()), IoStatus::kOk);
  EXPECT_EQ(child.Wait(Soon()), (ExitStatus{Kind::kSignaled, SIGXCPU}));
}

TEST(ChildProcess, StopIsPoliteFirst) {
  ChildProcess polite = ChildProcess::Start(Shell("cat; exit 3"));
  EXPECT_EQ(polite.Stop(5s), (ExitStatus{Kind::kExited, 3}));
  ChildProcess busy = ChildProcess::Start(Shell("sleep 60"));
  EXPECT_EQ(busy.Stop(50ms), (ExitStatus{Kind::kSignaled, SIGTERM}));
  ChildProcess stubborn = ChildProcess::Start(Shell("trap '' TERM; echo set; while :; do :; done"));
  EXPECT_EQ(Line(stubborn), "set");
  EXPECT_EQ(stubborn.Stop(50ms), (ExitStatus{Kind::kSignaled, SIGKILL}));
  EXPECT_EQ(stubborn.Stop(50ms), (ExitStatus{Kind::kSignaled, SIGKILL}));
}

TEST(ChildProcess, InheritsNoOtherDescriptor) {
  const int careless = ::open("/dev/null", O_RDONLY);  // as a library would, without O_CLOEXEC
  ChildProcess sibling = ChildProcess::Start(Shell("sleep 60"));
  const RunResult result =
      RunOnce(Python("import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:-1])"),
              "", 10s);
  ::close(careless);
  EXPECT_EQ(result.output, "[0, 1, 2]\n");
}

TEST(ChildProcess, DoesNotHoldASiblingsInputOpen) {
  ChildProcess first = ChildProcess::Start(Shell("cat; echo end"));
  ChildProcess second = ChildProcess::Start(Shell("sleep 60"));
  first.CloseStdin();
  EXPECT_EQ(Line(first), "end");
}

TEST(ChildProcess, StartsWithDefaultSignalsAndAnEmptyMask) {
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto old_pipe = ::signal(SIGPIPE, SIG_IGN);
  const RunResult result =
      RunOnce(Python("import re; s = open('/proc/self/status').read()\n"
                     "print(re.search('SigBlk:\\t(.*)', s)[1], re.search('SigIgn:\\t(.*)', s)[1])"),
              "", 10s);
  ::signal(SIGPIPE, old_pipe);
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  // Python itself ignores SIGPIPE (13) and SIGXFSZ (25).
  EXPECT_EQ(result.output, "0000000000000000 0000000001001000\n");
  EXPECT_EQ(::sigismember(&after, SIGUSR1), 1) << "the caller's mask must be as it was";
  EXPECT_EQ(::sigismember(&after, SIGUSR2), 0);
  const RunResult shell = RunOnce(Shell("yes | head -1; grep SigIgn /proc/self/status"), "", 10s);
  EXPECT_THAT(shell.output, HasSubstr("SigIgn:\t0000000000000000"));
}

TEST(ChildProcess, LeadsItsOwnSessionAndGroup) {
  const RunResult result =
      RunOnce(Python("import os; print(os.getpid() == os.getpgid(0) == os.getsid(0))"), "", 10s);
  EXPECT_EQ(result.output, "True\n");
}

TEST(ChildProcess, DiesWithTheThreadThatStartedIt) {
  std::optional<ChildProcess> child;
  std::thread([&] { child.emplace(ChildProcess::Start(Shell("sleep 60"))); }).join();
  EXPECT_EQ(child->Wait(Soon()), (ExitStatus{Kind::kSignaled, SIGKILL}));
}

TEST(ChildProcess, GetsItsFolderAndEnvironment) {
  TempFolder temp;
  ProcessOptions options = Shell("pwd; echo $A-$B-$HOME");
  options.working_folder = temp.path();
  options.environment = {{"A", "1"}, {"B", "x y"}, {"HOME", "/nowhere"}, {"A", "2"}};
  EXPECT_EQ(RunOnce(options, "", 10s).output,
            std::filesystem::canonical(temp.path()).string() + "\n2-x y-/nowhere\n");
}

TEST(ChildProcess, SaysWhyAProgramCannotStart) {
  TempFolder temp;
  WriteFile(temp.File("no_interpreter"), "#!/kedge/no/such/interpreter\n");
  WriteFile(temp.File("no_format"), "just text\n");
  ::chmod(temp.File("no_interpreter").c_str(), 0755);
  ::chmod(temp.File("no_format").c_str(), 0755);
  ProcessOptions bad_folder = Shell("true");
  bad_folder.working_folder = temp.File("absent");
  ProcessOptions bad_variable = Shell("true");
  bad_variable.environment = {{"A=B", "c"}};
  ProcessOptions nul;
  nul.argv = {"echo", std::string("a\0b", 3)};
  struct Case {
    ProcessOptions options;
    ErrorKind kind;
    std::string text;
  };
  const auto program = [](const std::string& name) {
    ProcessOptions options;
    options.argv = {name};
    return options;
  };
  const std::vector<Case> cases = {
      {program("kedge-missing"), ErrorKind::kUnavailable, "'kedge-missing' was not found in PATH"},
      {program("/kedge/missing"), ErrorKind::kUnavailable, "'/kedge/missing' does not exist"},
      {program(temp.File("no_interpreter")), ErrorKind::kUnavailable, "#! line installed?"},
      {program(temp.File("no_format")), ErrorKind::kUnavailable, "has it a #! line?"},
      {bad_folder, ErrorKind::kUnavailable, "absent"},
      {bad_variable, ErrorKind::kUsage, "'A=B' cannot be set"},
      {nul, ErrorKind::kUsage, "NUL"},
      {ProcessOptions{}, ErrorKind::kUsage, "empty"},
  };
  const Census before = TakeCensus();
  for (const Case& c : cases) {
    const Error error = StartFailure(c.options);
    EXPECT_EQ(error.kind(), c.kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(c.text));
  }
  // Without starting: all but what only exec can tell.
  EXPECT_THROW(CheckRunnable(program("kedge-missing")), Error);
  EXPECT_THROW(CheckRunnable(bad_folder), Error);
  EXPECT_NO_THROW(CheckRunnable(program(temp.File("no_format"))));
  EXPECT_EQ(TakeCensus(), before);
}

TEST(ChildProcess, CanBeMoved) {
  std::optional<ChildProcess> keeper;
  {
    ChildProcess child = ChildProcess::Start(Shell("cat"));
    keeper.emplace(std::move(child));
  }
  ASSERT_EQ(keeper->Write("still here\n", Soon()), IoStatus::kOk);
  EXPECT_EQ(Line(*keeper), "still here");
  const pid_t first = keeper->pid();
  *keeper = ChildProcess::Start(Shell("cat"));
  EXPECT_TRUE(IsGone(first));
}

}  // namespace
}  // namespace kedge::process
