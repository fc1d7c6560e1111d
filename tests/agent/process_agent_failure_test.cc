// Everything an agent can do wrong: each ends its own episode with its own name, and the next
// episode, with a fresh worker, is as if nothing had happened.
#include <gmock/gmock.h>

#include <fstream>

#include "harness/agent/process_agent.h"
#include "harness/core/error.h"
#include "tests/agent/agent_testing.h"

namespace kedge::agent {
namespace {

using kedge::testing::TempFolder;
using namespace std::chrono_literals;
using process::Census;
using process::TakeCensus;
using ::testing::HasSubstr;

struct Misdeed {
  const char* name;
  const char* body;    // for the instruction "bad"
  const char* end;     // expected
  const char* detail;  // part of what is said
  std::chrono::milliseconds deadline = 20s;
};

void PrintTo(const Misdeed& misdeed, std::ostream* out) { *out << misdeed.name; }

class Misbehaviour : public ::testing::TestWithParam<Misdeed> {};

TEST_P(Misbehaviour, EndsOneEpisodeByName) {
  TempFolder temp;
  std::string body = "if start['instruction'] == 'bad':\n";
  std::istringstream lines(GetParam().body);
  for (std::string line; std::getline(lines, line);) body += "    " + line + "\n";
  ChildAgentOptions options = ProcessAgentIn(temp, body + "answer(request, str(os.getpid()))");
  options.program.limits.cpu_seconds = 2;
  if (std::string(GetParam().end) == "late_reply") options.late_grace = 15s;
  options.program.limits.memory_bytes = std::int64_t{512} << 20;
  FakeIo io;
  const Census before = TakeCensus();
  {
    ProcessAgent agent(options, TestStrategy());
    const EpisodeEnd good = agent.Run(Start("good"), io);
    ASSERT_EQ(good.end, "answered") << good.detail;
    const auto began = std::chrono::steady_clock::now();
    const EpisodeEnd bad = agent.Run(Start("bad", GetParam().deadline), io);
    EXPECT_EQ(bad.end, GetParam().end) << bad.detail;
    EXPECT_THAT(bad.detail, HasSubstr(GetParam().detail));
    EXPECT_FALSE(bad.infrastructure);
    EXPECT_EQ(bad.detail.find('\x1b'), std::string::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 19s);
    const EpisodeEnd next = agent.Run(Start("good"), io);
    EXPECT_EQ(next.end, "answered") << next.detail;
    EXPECT_NE(next.final_text, good.final_text) << "a fresh worker";
  }
  EXPECT_EQ(TakeCensus(), before);
}

INSTANTIATE_TEST_SUITE_P(
    ProcessAgent, Misbehaviour,
    ::testing::Values(
        Misdeed{"exits", "sys.stderr.write('first\\nboom \\x1b[31m!\\n'); sys.exit(3)",
                "agent_crashed", "exit code 3; stderr ends: boom \\u{1B}[31m!"},
        Misdeed{"dies", "os.kill(os.getpid(), signal.SIGSEGV)", "agent_crashed",
                "signal 11 (Segmentation fault)"},
        Misdeed{"raises", "raise ValueError('no idea')", "agent_crashed", "ValueError: no idea"},
        Misdeed{"runs_out_of_memory", "x = bytearray(1 << 30)", "agent_crashed", "MemoryError"},
        Misdeed{"hangs", "time.sleep(60)", "agent_timeout", "no answer by the deadline", 200ms},
        Misdeed{"hangs_stubbornly",
                "for s in (signal.SIGTERM, signal.SIGINT): signal.signal(s, signal.SIG_IGN)\n"
                "while True: time.sleep(60)",
                "agent_timeout", "no answer", 200ms},
        Misdeed{"chatters_on",
                "while True: send(method='trace/event', params={'episode': start['episode'],"
                " 'kind': 'message', 'text': 'still here'})",
                "agent_timeout", "", 200ms},
        Misdeed{"asks_on", "while True: ask('user/ask', episode=start['episode'], question='why?')",
                "agent_timeout", "", 200ms},
        Misdeed{"answers_late", "time.sleep(0.25)", "late_reply", "after the deadline", 200ms},
        Misdeed{"burns_processor_time", "while True: pass", "cpu_limit", "signal 24"},
        Misdeed{"writes_a_100_MB_line", "for i in range(100): raw(b'x' * 1000000)", "output_limit",
                "a line was too long"},
        Misdeed{"floods_stdout",
                "while True: send(method='trace/event', params={'episode': start['episode'],"
                " 'kind': 'message', 'text': 'x' * 100000})",
                "output_limit", "too much output"},
        Misdeed{"floods_stderr", "while True: os.write(2, b'x' * 65536)", "output_limit",
                "too much output"},
        Misdeed{"is_not_utf8", "raw(b'{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":\"\\xff\"}\\n')",
                "invalid_utf8", "UTF-8"},
        Misdeed{"prints", "print('thinking...', flush=True)", "protocol_error", "not JSON"},
        Misdeed{"sends_a_blank_line", "raw(b'\\n')", "protocol_error", "not JSON"},
        Misdeed{"sends_nul", "raw(b'\\x00\\n')", "protocol_error", "not JSON"},
        Misdeed{"sends_json_of_its_own", "raw(b'{\"answer\": 42}\\n')", "protocol_error",
                "jsonrpc is not"},
        Misdeed{"answers_another_request", "send(id=99, result={'text': 'x'})", "protocol_error",
                "unknown request 99"},
        Misdeed{"answers_with_the_id_as_text", "send(id=str(request['id']), result={'text': 'x'})",
                "protocol_error", "unknown request"},
        Misdeed{"answers_half", "send(id=request['id'], result={'txt': 'x'})", "protocol_error",
                "result.text: is missing"},
        Misdeed{"answers_too_much", "answer(request, 'x', verdict='PROMOTE')", "protocol_error",
                "verdict"},
        Misdeed{"has_negative_cost", "answer(request, 'x', cost=-1)", "protocol_error",
                "result.cost: expected 0 or more"},
        Misdeed{"counts_in_fractions", "answer(request, 'x', input_tokens=1.5)", "protocol_error",
                "result.input_tokens"},
        Misdeed{"forges_observations",
                "send(method='trace/event', params={'episode': start['episode'],"
                " 'kind': 'observation', 'text': 'ok'})",
                "protocol_error", "trace/event: params.kind"},
        Misdeed{"tells_of_another_episode",
                "send(method='trace/event', params={'episode': 'e0', 'kind': 'message'})",
                "protocol_error", "is not running"},
        Misdeed{"notifies_of_what_nobody_knows", "send(method='progress')", "protocol_error",
                "progress"},
        Misdeed{"closes_stdout", "os.close(1); time.sleep(60)", "agent_crashed",
                "closed its output but ran on"},
        Misdeed{"leaves_a_daemon",
                "os.system('setsid sleep 60 & (setsid sleep 60 &)'); os._exit(1)", "agent_crashed",
                "exit code 1"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ProcessAgentFailure, AnInstructionThatIsNeverReadEndsAtTheDeadline) {
  TempFolder temp;
  ProcessAgent agent(ProcessAgentIn(temp, "answer(request, str(len(start['instruction'])))"),
                     TestStrategy());
  FakeIo io;
  const EpisodeEnd large = agent.Run(Start(std::string(12 << 20, 'x')), io);
  EXPECT_EQ(large.final_text, std::to_string(12 << 20)) << large.detail;
  testing::WriteFile(temp.File("deaf.py"),
                     "import sys, time\nsys.stdin.readline()\n"
                     "print('{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocol\":"
                     "\"kedge-agent/1\"}}', flush=True)\ntime.sleep(60)");
  ProcessAgent deaf(PythonFile(temp.File("deaf.py")), TestStrategy());
  const EpisodeEnd end = deaf.Run(Start(std::string(12 << 20, 'x'), 200ms), io);
  EXPECT_EQ(end.end, "agent_timeout");
  EXPECT_THAT(end.detail, HasSubstr("while a request was written"));
}

class Unreachable : public ::testing::Test {
 protected:
  // Script of an agent, the error that Make gives, and how long it takes.
  std::string MakeFails(const std::string& script) {
    testing::WriteFile(temp.File("agent.py"), script);
    ChildAgentOptions options = PythonFile(temp.File("agent.py"));
    options.initialize_deadline = ChildAgentOptions().initialize_deadline;
    return MakeFails(options);
  }
  std::string MakeFails(const ChildAgentOptions& options) {
    const auto began = std::chrono::steady_clock::now();
    std::string text = "made";
    try {
      ProcessAgentFactory(options).Make(TestStrategy());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
      text = error.what();
    }
    took = std::chrono::steady_clock::now() - began;
    return text;
  }
  TempFolder temp;
  std::chrono::steady_clock::duration took{};
};

TEST_F(Unreachable, AMissingProgramIsReportedAtOnce) {
  ChildAgentOptions options;
  options.program.argv = {"kedge-no-such-agent"};
  EXPECT_THAT(MakeFails(options), HasSubstr("'kedge-no-such-agent' was not found"));
  EXPECT_LT(took, 500ms);
}

TEST_F(Unreachable, ASilentAgentIsReportedWithinTwoSeconds) {
  EXPECT_THAT(MakeFails("import time; time.sleep(60)"),
              HasSubstr("did not initialize: no answer by the deadline"));
  EXPECT_GT(took, 1500ms);
  EXPECT_LT(took, 3s);
}

TEST_F(Unreachable, AnAgentThatCannotBeginSaysWhy) {
  EXPECT_THAT(MakeFails("import no_such_module"),
              HasSubstr("ModuleNotFoundError: No module named 'no_such_module'"));
  EXPECT_THAT(MakeFails("input(); print('hello')"), HasSubstr("not JSON"));
  EXPECT_THAT(
      MakeFails(
          "input(); print('{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocol\":\"other/2\"}}')"),
      HasSubstr("result.protocol: expected \"kedge-agent/1\""));
  EXPECT_THAT(MakeFails("input(); print('{\"jsonrpc\":\"2.0\",\"method\":\"trace/event\"}')"),
              HasSubstr("before any episode"));
  EXPECT_THAT(
      MakeFails(
          "input(); "
          "print('{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"no\"}}')"),
      HasSubstr("error 1: no"));
  EXPECT_LT(took, 1500ms);
}

TEST_F(Unreachable, InARunItIsInfrastructureAndNotTriedForEver) {
  ChildAgentOptions options;
  testing::WriteFile(temp.File("agent.sh"), "#!/bin/sh\necho x >> " + temp.File("starts") + "\n");
  options.program.argv = {"/bin/sh", temp.File("agent.sh")};
  ProcessAgent agent(options, TestStrategy());
  FakeIo io;
  for (int i = 0; i < 10; ++i) {
    const EpisodeEnd end = agent.Run(Start("x"), io);
    EXPECT_EQ(end.end, "agent_unavailable");
    EXPECT_TRUE(end.infrastructure);
    EXPECT_THAT(end.detail, HasSubstr("exit code 0"));
  }
  EXPECT_EQ(testing::ReadWholeFile(temp.File("starts")), "x\nx\nx\n");
}

}  // namespace
}  // namespace kedge::agent
