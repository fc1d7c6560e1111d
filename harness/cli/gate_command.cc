#include "harness/cli/gate_command.h"

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/data_folders.h"
#include "harness/cli/progress.h"
#include "harness/cli/version.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/gate_session.h"
#include "harness/metrics/metrics.h"
#include "reports/report.h"

namespace kedge::cli {
namespace {

class GateCommand : public Command {
 public:
  GateCommand() {
    session_.store_file = ".kedge/kedge.db";
    session_.output_folder = ".kedge/gate";
  }

  std::string name() const override { return "gate"; }
  std::string summary() const override {
    return "Decide whether a candidate strategy may replace the champion";
  }

  std::vector<Argument> arguments() override {
    return {
        {"--suite", &session_.suite_folder, "Suite folder", "FOLDER", true},
        {"--champion", &session_.champion_folder, "Strategy in production", "FOLDER", true},
        {"--candidate", &session_.candidate_folder, "Strategy that wants its place", "FOLDER",
         true},
        {"--policy", &session_.policy_file, "Rules of the gate (kedge.yaml); defaults without it",
         "FILE"},
        {"--agent", &agent_,
         "reference, llm:MODEL.yaml, process:PROGRAM ARG... or command:PROGRAM ARG...", "SPEC"},
        {"--out", &session_.output_folder, "Folder for the journal and the reports", "FOLDER"},
        {"--store", &session_.store_file, "History and error-budget ledger (SQLite)", "FILE"},
        {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
        {"--suite-seed", &session_.suite_seed, "Population and tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Another draw of the world's parameters", "N"},
        {"--seed", &session_.run_seed, "Order of the tasks and chance in the episodes", "N"},
        {"--learned-from", &session_.learned_from,
         "Trace archives the candidate was learned from, to check what it says of its sources",
         "FILE ..."},
        {"--traces", &session_.traces_file,
         "Sampled production traces: a stratum of their tasks, drift evidence from the rest",
         "FILE"},
        {"--traces-suite", &session_.traces_suite_folder,
         "Suite whose world rebuilds them; --suite by default", "FOLDER"},
        {"--traces-suite-seed", &session_.traces_suite_seed,
         "Its population and tasks; the suite's own when 0", "N"},
        {"--approval", &session_.approval_files, "Signed approvals of this promotion", "FILE ..."},
        {"--author", &session_.author,
         "Public key of the candidate's author, whose own approval does not count; by default what "
         "its provenance says",
         "KEY"},
        {"--explain", &session_.explain_episodes,
         "Lost tasks run again with each changed rule undone that is suspected of them, at most; 0 "
         "for "
         "none",
         "N"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--metrics-file", &metrics_file_, "Write Prometheus metrics to this file", "FILE"},
        {"--metrics-listen", &metrics_listen_, "Serve /metrics while the gate runs", "HOST:PORT"},
        {"--json", &json_, "Print the verdict as JSON"},
    };
  }

  int Run(Console& console) override {
    if (session_.explain_episodes < 0) throw UsageError("--explain: expected 0 or more");
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.threads = WorkerThreads(threads_);
    session_.version = Version();
    session_.data = ReadDataFolders(data_);
    metrics::Metrics metrics({Version(), Revision()});
    if (!metrics_listen_.empty()) {
      console.err << "metrics on port " << metrics.Serve(metrics_listen_) << "\n";
    }
    Progress progress(console);
    ObserverList observers;
    observers.Add(&metrics);
    observers.Add(&progress);
    const loop::GateSessionResult result =
        loop::RunGateSession(session_, *agents, SystemClock(), observers);
    progress.Finish();
    metrics.SetVerdict(result.verdict);
    if (!metrics_file_.empty()) metrics.WriteTextFile(metrics_file_);
    Print(console, result);
    return gate::ExitCode(result.verdict.kind);
  }

 private:
  void Print(Console& console, const loop::GateSessionResult& result) const {
    if (json_) {
      console.out << PrettyJson(result.document) << "\n";
      return;
    }
    console.out << reports::GateText(result.verdict) << "report: " << result.html
                << "\nverdict: " << result.json << "\njunit: " << result.junit
                << "\nsummary: " << result.markdown << "\n";
  }

  loop::GateSessionOptions session_;
  std::string agent_ = "reference";
  std::int64_t threads_ = 0;
  std::vector<std::string> data_;
  std::string metrics_file_;
  std::string metrics_listen_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeGateCommand() { return std::make_unique<GateCommand>(); }

}  // namespace kedge::cli
