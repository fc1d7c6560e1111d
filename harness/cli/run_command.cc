#include "harness/cli/run_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/data_folders.h"
#include "harness/cli/progress.h"
#include "harness/cli/version.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/loop/run_session.h"

namespace kedge::cli {
namespace {

class RunCommand : public Command {
 public:
  RunCommand() {
    session_.store_file = ".kedge/kedge.db";
    session_.output_folder = ".kedge/run";
  }

  std::string name() const override { return "run"; }
  std::string summary() const override { return "Run one strategy over a suite and record traces"; }

  std::vector<Argument> arguments() override {
    return {
        {"--suite", &session_.suite_folder, "Suite folder", "FOLDER", true},
        {"--strategy", &session_.strategy_folder, "Strategy folder; none for agents without one",
         "FOLDER"},
        {"--agent", &agent_,
         "reference, llm:MODEL.yaml, process:PROGRAM ARG... or command:PROGRAM ARG...", "SPEC"},
        {"--split", &session_.split, "dev or gate", "NAME"},
        {"--trials", &session_.trials, "Repetitions of every task", "N"},
        {"--guards", &session_.guard_policy, "Guard policy that watches every call", "FILE"},
        {"--out", &session_.output_folder, "Folder for journal, traces and reports", "FOLDER"},
        {"--store", &session_.store_file, "History (SQLite)", "FILE"},
        {"--suite-seed", &session_.suite_seed, "Population and tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Another draw of the world's parameters", "N"},
        {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
        {"--seed", &session_.run_seed, "Chance in the episodes", "N"},
        {"--deadline-ms", &session_.deadline_ms, "Most time for one episode", "MS"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--fail-under", &fail_under_, "Exit code 1 when the success rate is lower", "RATE"},
        {"--json", &json_, "Print the summary as JSON"},
    };
  }

  int Run(Console& console) override {
    if (session_.trials < 1) throw UsageError("--trials: expected 1 or more");
    if (session_.deadline_ms < 1) throw UsageError("--deadline-ms: expected 1 or more");
    if (!(fail_under_ >= 0 && fail_under_ <= 1)) throw UsageError("--fail-under: expected 0 to 1");
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.threads = WorkerThreads(threads_);
    session_.data = ReadDataFolders(data_);
    session_.version = Version();
    Progress progress(console);
    const loop::RunSessionResult result =
        loop::RunRunSession(session_, *agents, SystemClock(), progress);
    progress.Finish();
    Print(console, result);
    return ExitCode(result);
  }

 private:
  static double Rate(const loop::RunSessionResult& result) {
    return static_cast<double>(result.successes) / static_cast<double>(result.episodes);
  }

  // A missing episode is a failure of the run: the denominator was fixed before it began.
  int ExitCode(const loop::RunSessionResult& result) const {
    if (result.missing > 0) return static_cast<int>(ErrorKind::kUnavailable);
    return Rate(result) < fail_under_ ? 1 : 0;
  }

  void Print(Console& console, const loop::RunSessionResult& result) const {
    if (json_) {
      console.out << PrettyJson({{"episodes", result.episodes},
                                 {"successes", result.successes},
                                 {"missing", result.missing},
                                 {"seconds", result.seconds},
                                 {"traces", result.traces},
                                 {"report", result.html},
                                 {"junit", result.junit},
                                 {"results", result.json}})
                  << "\n";
      return;
    }
    console.out << fmt::format(
        "{} of {} episodes succeeded ({:.1f} %), {} missing, {:.1f} s\ntraces: {}\nreport: {}\n"
        "junit: {}\nresults: {}\n",
        result.successes, result.episodes, 100 * Rate(result), result.missing, result.seconds,
        result.traces, result.html, result.junit, result.json);
  }

  loop::RunSessionOptions session_;
  std::vector<std::string> data_;
  std::string agent_ = "reference";
  std::int64_t threads_ = 0;
  double fail_under_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace kedge::cli
