// Whole-process figures: wall time and peak memory of the program as users start it.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace {

namespace fs = std::filesystem;

std::string BuildFolder() { return fs::canonical("/proc/self/exe").parent_path().parent_path(); }

fs::path Scratch() {
  static const fs::path folder = [] {
    fs::path made = fs::temp_directory_path() / ("kedge-bench-" + std::to_string(getpid()));
    fs::create_directories(made);
    return made;
  }();
  return folder;
}

struct Cost {
  double seconds = 0;
  double megabytes = 0;  // peak resident
};

/// Runs kedge to its end; aborts the bench when its exit code is above `highest`.
Cost RunKedge(const std::vector<std::string>& arguments, int highest = 0) {
  std::vector<std::string> words = {BuildFolder() + "/kedge"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = vfork();
  if (pid == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDIN_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!WIFEXITED(status) || WEXITSTATUS(status) > highest) std::abort();
  return {seconds, static_cast<double>(usage.ru_maxrss) / 1024};
}

void Report(benchmark::State& state, const Cost& cost) {
  state.SetIterationTime(cost.seconds);
  state.counters["peak_MB"] = cost.megabytes;
}

void Version(benchmark::State& state) {
  for (auto _ : state) Report(state, RunKedge({"--version"}));
}

/// Paired outcomes with about 60 % and 65 % success.
void WriteOutcomes(const fs::path& path, int tasks, unsigned step) {
  std::ofstream out(path);
  for (int i = 0; i < tasks; ++i) {
    const unsigned draw = (static_cast<unsigned>(i) * 2654435761U + step * 40503U) >> 16;
    out << R"({"task_id":"task-)" << i << R"(","success":)" << (draw % 100 < 60 + step ? 1 : 0)
        << "}\n";
  }
}

void Compare(benchmark::State& state) {
  const int tasks = static_cast<int>(state.range(0));
  const fs::path champion = Scratch() / "champion.jsonl", candidate = Scratch() / "candidate.jsonl";
  WriteOutcomes(champion, tasks, 0);
  WriteOutcomes(candidate, tasks, 5);
  // 0 to 2: any verdict will do.
  for (auto _ : state) Report(state, RunKedge({"compare", champion, candidate, "--json"}, 2));
}

void PersistentWorker(benchmark::State& state) {
  const fs::path suite = Scratch() / "echo";
  fs::create_directories(suite);
  std::ofstream(suite / "suite.yaml") << "format: kedge-suite/1\nsuite: echo\ntasks: tasks.jsonl\n";
  std::ofstream tasks(suite / "tasks.jsonl");
  for (int i = 0; i < state.range(0); ++i) {
    tasks << R"({"id":"t)" << i << R"(","instruction":"say )" << i << R"(","tell":["say"],)"
          << R"("scorers":[{"type":"regex","pattern":"say [0-9]+"},{"type":"contains","value":")"
          << i << "\"}]}\n";
  }
  tasks.close();
  for (auto _ : state) {
    const fs::path out = Scratch() / "echo-out";
    fs::remove_all(out);
    Report(state, RunKedge({"run", "--suite", suite, "--out", out, "--store", out / "kedge.db",
                            "--agent", "process:" + BuildFolder() + "/bench/echo_worker"}));
  }
}

std::string Retail() { return std::string(KEDGE_SOURCE_DIR) + "/tasksuites/retail"; }

std::vector<std::string> RetailRun(const fs::path& out, std::int64_t trials, int seed) {
  return {"run",
          "--suite",
          Retail(),
          "--strategy",
          Retail() + "/strategies/champion",
          "--trials",
          std::to_string(trials),
          "--out",
          out,
          "--seed",
          std::to_string(seed),
          "--store",
          ""};
}

void RetailEpisodes(benchmark::State& state) {
  constexpr double kTasks = 480;
  for (auto _ : state) {
    const fs::path out = Scratch() / "retail-out";
    fs::remove_all(out);
    const Cost cost = RunKedge(RetailRun(out, state.range(0), 1));
    Report(state, cost);
    state.counters["episodes_per_s"] = kTasks * static_cast<double>(state.range(0)) / cost.seconds;
    fs::remove_all(out);
  }
}

std::map<std::string, bool> Successes(const fs::path& results) {
  std::map<std::string, bool> successes;
  std::ifstream in(results);
  std::string line;
  std::getline(in, line);  // the header
  while (std::getline(in, line)) {
    const kedge::Json row = kedge::ParseJson(line);
    successes[row["task_id"].get<std::string>()] = row["result"] == "success";
  }
  return successes;
}

/// The champion against itself under another seed: how often the two outcomes of a task differ.
void ChampionAgainstItself(benchmark::State& state) {
  for (auto _ : state) {
    const fs::path a = Scratch() / "aa-1", b = Scratch() / "aa-2";
    fs::remove_all(a);
    fs::remove_all(b);
    const Cost first = RunKedge(RetailRun(a, 1, 1));
    RunKedge(RetailRun(b, 1, 2));
    Report(state, first);
    const auto x = Successes(a / "results.jsonl"), y = Successes(b / "results.jsonl");
    double differ = 0, passed = 0;
    for (const auto& [task, success] : x) {
      differ += success != y.at(task) ? 1 : 0;
      passed += success ? 1 : 0;
    }
    state.counters["discordance"] = differ / static_cast<double>(x.size());
    state.counters["success_rate"] = passed / static_cast<double>(x.size());
  }
}

BENCHMARK(Version)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(Compare)->Arg(1000)->Arg(100'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(PersistentWorker)->Arg(5000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(RetailEpisodes)
    ->Arg(2)
    ->Arg(210)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ChampionAgainstItself)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
