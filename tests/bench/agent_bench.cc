// What kedge adds to the price of an agent that is a program of its own: each figure stands next to
// the same work done with nothing but system calls.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "harness/agent/command_agent.h"
#include "harness/agent/end_names.h"
#include "harness/agent/episode_messages.h"
#include "harness/agent/process_agent.h"
#include "harness/rpc/jsonrpc.h"

namespace kedge::agent {
namespace {

constexpr char kProgram[] = "/bin/cat";
// A worker that costs next to nothing: the shell's own read and echo.
constexpr char kWorker[] =
    "n=0; while read -r line; do n=$((n+1)); case $n in"
    " 1) echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocol\":\"kedge-agent/1\"}}';;"
    " *) echo '{\"jsonrpc\":\"2.0\",\"id\":'$n',\"result\":{\"text\":\"ok\"}}';; esac; done";

class NoIo : public EpisodeIo {
 public:
  world::ToolResult CallTool(const std::string&, const Json&) override {
    return world::ToolResult::Ok(nullptr);
  }
  std::string AskUser(const std::string&) override { return {}; }
  void Record(trace::Step) override {}
};

strategy::Strategy EmptyStrategy() {
  return strategy::Strategy::FromLayers("bench", {}, {}, Json::object());
}

EpisodeStart Task() {
  EpisodeStart start;
  start.episode_id = "e1";
  start.instruction = "Where is order 4711?";
  return start;
}

// A program with pipes on stdin and stdout, started with posix_spawn and nothing else.
struct BareChild {
  explicit BareChild(const char* const* argv) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    if (::posix_spawn(&pid, argv[0], &actions, nullptr, const_cast<char* const*>(argv), environ) !=
        0) {
      std::abort();
    }
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to = in[1];
    from = out[0];
  }
  ~BareChild() {
    ::close(to);
    ::close(from);
    ::waitpid(pid, nullptr, 0);
  }
  BareChild(const BareChild&) = delete;
  BareChild& operator=(const BareChild&) = delete;

  void Send(const std::string& line) const {
    if (::write(to, line.data(), line.size()) < 0) std::abort();
  }
  std::string ReceiveLine() const {
    std::string line;
    char chunk[4096];
    while (line.empty() || line.back() != '\n') {
      const ssize_t n = ::read(from, chunk, sizeof chunk);
      if (n <= 0) break;
      line.append(chunk, static_cast<std::size_t>(n));
    }
    return line;
  }

  pid_t pid = -1;
  int to = -1;
  int from = -1;
};

double Median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Times both in turn, so that a change of the machine's mood meets both; the counters are medians.
template <typename Bare, typename Kedge>
void Compare(benchmark::State& state, Bare bare, Kedge kedge) {
  using Clock = std::chrono::steady_clock;
  const auto micros = [](Clock::duration d) {
    return std::chrono::duration<double, std::micro>(d).count();
  };
  std::vector<double> bare_times;
  std::vector<double> kedge_times;
  for (auto _ : state) {
    const auto start = Clock::now();
    bare();
    const auto between = Clock::now();
    if (!kedge()) state.SkipWithError("no answer");
    const auto end = Clock::now();
    bare_times.push_back(micros(between - start));
    kedge_times.push_back(micros(end - between));
    state.SetIterationTime(std::chrono::duration<double>(end - between).count());
  }
  const double bare_median = Median(bare_times);
  const double kedge_median = Median(kedge_times);
  state.counters["bare_us"] = bare_median;
  state.counters["kedge_us"] = kedge_median;
  state.counters["ratio"] = kedge_median / bare_median;
  state.counters["added_us"] = kedge_median - bare_median;
}

// Wanted: a ratio of 1.5 at most.
void BM_CommandEpisode(benchmark::State& state) {
  const char* const argv[] = {kProgram, nullptr};
  ChildAgentOptions options;
  options.program.argv = {kProgram};
  CommandAgent agent(options, EmptyStrategy());
  NoIo io;
  const EpisodeStart task = Task();
  Compare(
      state,
      [&] {
        BareChild child(argv);
        child.Send(task.instruction + "\n");
        benchmark::DoNotOptimize(child.ReceiveLine());
      },
      [&] { return agent.Run(task, io).end == kAnswered; });
}
BENCHMARK(BM_CommandEpisode)->Unit(benchmark::kMicrosecond)->UseManualTime();

// One message pair, episode/start and its result, with a worker that is alive. Wanted: less than
// 50 us added to the pipe itself.
void BM_PersistentWorkerEpisode(benchmark::State& state) {
  const char* const argv[] = {"/bin/sh", "-c", kWorker, nullptr};
  BareChild bare(argv);
  const strategy::Strategy strategy = EmptyStrategy();
  ChildAgentOptions options;
  options.program.argv = {argv[0], argv[1], argv[2]};
  ProcessAgent agent(options, strategy);
  NoIo io;
  const EpisodeStart task = Task();
  const Json params = EpisodeStartParams(task, StrategyReference(strategy));
  const std::string line = rpc::Encode(rpc::Request{1, "episode/start", params}) + "\n";
  Compare(
      state,
      [&] {
        bare.Send(line);
        benchmark::DoNotOptimize(bare.ReceiveLine());
      },
      [&] { return agent.Run(task, io).end == kAnswered; });
}
BENCHMARK(BM_PersistentWorkerEpisode)->Unit(benchmark::kMicrosecond)->UseManualTime();

}  // namespace
}  // namespace kedge::agent
