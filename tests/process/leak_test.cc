// Nothing may be left behind, whatever children do and whatever order they end in.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <sstream>
#include <thread>

#include "harness/core/error.h"
#include "harness/process/run_once.h"
#include "tests/process/process_testing.h"

namespace kedge::process {
namespace {

using kedge::testing::TempFolder;
using namespace std::chrono_literals;

TEST(Leaks, AThousandShortLivedChildrenLeaveNothing) {
  RunOnce(Shell("true"), "", 10s);  // what is made once is made now
  const Census before = TakeCensus();
  for (int i = 0; i < 1000; ++i) {
    const RunResult result = RunOnce(Shell("echo $0 $1"), "input", 10s);
    ASSERT_TRUE(result.status.ok());
  }
  EXPECT_EQ(TakeCensus(), before);
}

TEST(Leaks, PersistentChildrenLeaveNothing) {
  const Census before = TakeCensus();
  {
    std::deque<ChildProcess> children;
    for (int i = 0; i < 50; ++i) children.push_back(ChildProcess::Start(Shell("cat")));
    for (ChildProcess& child : children) {
      ASSERT_EQ(child.Write("ping\n", Soon()), IoStatus::kOk);
      ASSERT_EQ(child.ReadLine(Soon(), 100).line, "ping");
    }
    EXPECT_EQ(TakeCensus().children, before.children + 50);
  }
  EXPECT_EQ(TakeCensus(), before);
}

TEST(Leaks, FailedStartsLeaveNothing) {
  const Census before = TakeCensus();
  ProcessOptions options;
  options.argv = {"kedge-no-such-program"};
  TempFolder temp;
  testing::WriteFile(temp.File("bad"), "#!/no/such/interpreter\n");
  ::chmod(temp.File("bad").c_str(), 0755);
  ProcessOptions exec_fails;
  exec_fails.argv = {temp.File("bad")};
  for (int i = 0; i < 100; ++i) {
    EXPECT_THROW(ChildProcess::Start(options), Error);
    EXPECT_THROW(ChildProcess::Start(exec_fails), Error);
  }
  EXPECT_EQ(TakeCensus(), before);
}

TEST(Leaks, WholeGroupDiesWithTheChild) {
  const Census before = TakeCensus();
  ChildProcess child = ChildProcess::Start(Shell("sleep 60 & echo $!; sleep 60 & echo $!; wait"));
  const int first = std::atoi(std::string(child.ReadLine(Soon(), 100).line).c_str());
  const int second = std::atoi(std::string(child.ReadLine(Soon(), 100).line).c_str());
  ASSERT_GT(first, 0);
  child.Kill();
  EXPECT_TRUE(IsGone(first));
  EXPECT_TRUE(IsGone(second));
  EXPECT_EQ(TakeCensus().children, before.children);
}

// Descendants that leave the group: setsid alone, a double fork (orphaned at once), a chain of
// daemons that each start another, and one that also hides its environment.
TEST(Leaks, EscapedDescendantsAreFound) {
  const char* const kEscapes[] = {
      R"sh(setsid sleep 60 & echo $! > $OUT)sh",
      R"sh((setsid sh -c 'echo $$ > $OUT; sleep 60' &))sh",
      R"sh((setsid sh -c '(setsid sh -c "(setsid sh -c \"echo \\$\\$ > $OUT; sleep 60\" &)" &)' &))sh",
      R"sh((env -i setsid sh -c "echo \$\$ > $OUT; sleep 60" &))sh",
  };
  for (const char* script : kEscapes) {
    TempFolder temp;
    const Census before = TakeCensus();
    ProcessOptions options = Shell(std::string(script) + "; sleep 60");
    options.environment = {{"OUT", temp.File("pid")}};
    ChildProcess child = ChildProcess::Start(options);
    const int pid = std::atoi(AwaitFile(temp.File("pid")).c_str());
    ASSERT_GT(pid, 0) << script;
    ASSERT_FALSE(IsGone(pid)) << script;
    child.Kill();
    EXPECT_TRUE(IsGone(pid)) << script;
    EXPECT_EQ(TakeCensus().children, before.children) << script;
  }
}

TEST(Leaks, EscapedDescendantsDieEvenWhenTheChildEndsWell) {
  TempFolder temp;
  ProcessOptions options = Shell("setsid sleep 60 & echo $! > $OUT");
  options.environment = {{"OUT", temp.File("pid")}};
  EXPECT_TRUE(RunOnce(options, "", 10s).status.ok());
  EXPECT_TRUE(IsGone(std::atoi(AwaitFile(temp.File("pid")).c_str())));
}

TEST(Leaks, AnotherChildsHelpersAreLeftAlone) {
  TempFolder temp;
  ProcessOptions options = Shell("(setsid sh -c 'echo $$ > $OUT; sleep 60' &); cat");
  options.environment = {{"OUT", temp.File("pid")}};
  ChildProcess owner = ChildProcess::Start(options);
  const int helper = std::atoi(AwaitFile(temp.File("pid")).c_str());
  ASSERT_GT(helper, 0);
  for (int i = 0; i < 20; ++i) RunOnce(Shell("true"), "", 10s);
  EXPECT_FALSE(IsGone(helper));
  owner.Kill();
  EXPECT_TRUE(IsGone(helper));
}

TEST(Leaks, ProcessesStartedByOthersAreLeftAlone) {
  const pid_t foreign = ::fork();
  if (foreign == 0) {
    ::pause();
    ::_exit(0);
  }
  for (int i = 0; i < 5; ++i) RunOnce(Shell("true"), "", 10s);
  int status = 0;
  EXPECT_EQ(::waitpid(foreign, &status, WNOHANG), 0) << "must still run";
  ::kill(foreign, SIGKILL);
  EXPECT_EQ(::waitpid(foreign, &status, 0), foreign);
  EXPECT_EQ(std::system("exit 3") >> 8, 3);
}

TEST(Leaks, EightThreadsAtOnceLeaveNothing) {
  RunOnce(Shell("true"), "", 10s);
  const Census before = TakeCensus();
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&failures, t] {
        ChildProcess worker = ChildProcess::Start(Shell("while read x; do echo $x; done"));
        for (int i = 0; i < 60; ++i) {
          const std::string text = std::to_string(t) + "." + std::to_string(i);
          if (worker.Write(text + "\n", Soon()) != IoStatus::kOk) ++failures;
          if (worker.ReadLine(Soon(), 100).line != text) ++failures;
          switch (i % 4) {
            case 0:
              if (RunOnce(Shell("cat"), text, 10s).output != text) ++failures;
              break;
            case 1:
              if (RunOnce(Shell("exit 7"), "", 10s).status.value != 7) ++failures;
              break;
            case 2:
              RunOnce(Shell("(setsid sleep 60 &) ; setsid sleep 60 & exit 0"), "", 10s);
              break;
            case 3:
              if (!RunOnce(Shell("sleep 60 & sleep 60"), "", 20ms).timed_out) ++failures;
              break;
          }
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(TakeCensus(), before);
}

TEST(Leaks, RunningOutOfDescriptorsIsReportedAndLeavesNothing) {
  RunOnce(Shell("true"), "", 10s);
  const Census before = TakeCensus();
  {
    std::deque<ChildProcess> children;
    rlimit old{};
    ::getrlimit(RLIMIT_NOFILE, &old);
    rlimit low = old;
    low.rlim_cur = static_cast<rlim_t>(before.descriptors + 30);
    ::setrlimit(RLIMIT_NOFILE, &low);
    ErrorKind kind = ErrorKind::kInternal;
    try {
      for (int i = 0; i < 50; ++i) children.push_back(ChildProcess::Start(Shell("cat")));
    } catch (const Error& error) {
      kind = error.kind();
    }
    ::setrlimit(RLIMIT_NOFILE, &old);
    EXPECT_EQ(kind, ErrorKind::kTemporary);
    EXPECT_GT(children.size(), 3u);
  }
  EXPECT_EQ(TakeCensus(), before);
}

}  // namespace
}  // namespace kedge::process
