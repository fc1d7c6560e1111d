#include "harness/cli/strategy_import_command.h"

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/data_folders.h"
#include "harness/cli/progress.h"
#include "harness/cli/version.h"
#include "harness/core/json.h"
#include "harness/loop/appraisal_session.h"

namespace kedge::cli {
namespace {

class StrategyImport : public Command {
 public:
  std::string name() const override { return "strategy import"; }
  std::string summary() const override {
    return "Take in another tool's playbook, quarantined, and report what each item is worth";
  }
  std::vector<Argument> arguments() override {
    return {
        {"playbook", &session_.playbook,
         "ALTK-Evolve entities (.json, .md, or a folder of .md) or an ACE playbook", "FILE", true},
        {"--champion", &session_.champion_folder, "Strategy that the items are tried on", "FOLDER",
         true},
        {"--out", &session_.output_folder, "Folder of the candidate", "FOLDER", true},
        {"--suite", &session_.suite_folder,
         "Try each item on its dev tasks; without it, words only", "FOLDER"},
        {"--policy", &session_.policy_file, "Rules of the gate (kedge.yaml)", "FILE"},
        {"--report", &session_.report_file, "Report as JSON; .html and .md go beside it", "FILE"},
        {"--activate", &session_.activate,
         "Put items that help in force, with the episodes that show it as sources"},
        {"--traces", &session_.traces_file, "Archive of those episodes, for gate --learned-from",
         "FILE"},
        {"--agent", &agent_,
         "reference, llm:MODEL.yaml, process:PROGRAM ARG... or command:PROGRAM ARG...; all but the "
         "first read text, too",
         "SPEC"},
        {"--tasks", &session_.tasks, "Tasks of each dev family; 0: what the suite says", "N"},
        {"--alpha", &session_.alpha, "Familywise error of all items together", "P"},
        {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
        {"--suite-seed", &session_.suite_seed, "Of the tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Another draw of the world's parameters", "N"},
        {"--seed", &session_.run_seed, "Chance of the episodes", "N"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--json", &json_, "Print the report as JSON"},
    };
  }

  int Run(Console& console) override {
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.agent_reads = agent_ != "reference";
    session_.threads = WorkerThreads(threads_);
    session_.data = ReadDataFolders(data_);
    session_.version = Version();
    Progress progress(console);
    const loop::AppraisalSessionResult result =
        loop::RunAppraisalSession(session_, *agents, SystemClock(), progress);
    progress.Finish();
    if (json_) {
      console.out << PrettyJson(ToJson(result.appraisal)) << "\n";
      return 0;
    }
    console.out << reports::AppraisalText(result.appraisal) << "candidate " << result.candidate_hash
                << "\n";
    return 0;
  }

 private:
  loop::AppraisalSessionOptions session_;
  std::string agent_ = "reference";
  std::int64_t threads_ = 0;
  std::vector<std::string> data_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeStrategyImportCommand() { return std::make_unique<StrategyImport>(); }

}  // namespace kedge::cli
