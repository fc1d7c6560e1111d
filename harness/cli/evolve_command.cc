#include "harness/cli/evolve_command.h"

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/data_folders.h"
#include "harness/cli/progress.h"
#include "harness/cli/version.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/loop/evolve_session.h"

namespace kedge::cli {
namespace {

class EvolveCommand : public Command {
 public:
  EvolveCommand() { session_.output_folder = ".kedge/evolve"; }

  std::string name() const override { return "evolve"; }
  std::string summary() const override {
    return "Let a strategy act, learn and be gated for generations";
  }

  std::vector<Argument> arguments() override {
    return {
        {"suite", &session_.suite_folder, "Suite folder", "FOLDER", true},
        {"--generations", &session_.generations, "In all, those of earlier calls included", "N"},
        {"--champion", &session_.champion_folder,
         "First champion; the suite's strategies/champion without it", "FOLDER"},
        {"--policy", &session_.policy_file, "Rules of the gate; the suite's kedge.yaml without it",
         "FILE"},
        {"--learning", &session_.learning_file,
         "Operations that the champion acts under on dev tasks; the suite's "
         "operations/learning.yaml, else its operations/exploring.yaml, without it",
         "FILE"},
        {"--learners", &session_.learners,
         "tool, effect: how far learned rules may reach; a candidate of each", "HOW ..."},
        {"--tasks", &session_.tasks,
         "Episodes per generation for each dev family; shared out by what is left to learn", "N"},
        {"--held-out", &session_.held_out_tasks, "Tasks of each gate family for the learning curve",
         "N"},
        {"--agent", &agent_,
         "reference, llm:MODEL.yaml, process:PROGRAM ARG... or command:PROGRAM ARG...", "SPEC"},
        {"--out", &session_.output_folder, "Folder for everything", "FOLDER"},
        {"--store", &session_.store_file,
         "History, ledger, registry (SQLite); kedge.db in the folder without it", "FILE"},
        {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
        {"--suite-seed", &session_.suite_seed, "Of the gate's tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Another draw of the world's parameters", "N"},
        {"--seed", &session_.run_seed, "Dev tasks, held-out tasks, order and chance", "N"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--json", &json_, "Print evolution.json"},
    };
  }

  int Run(Console& console) override {
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.threads = WorkerThreads(threads_);
    session_.data = ReadDataFolders(data_);
    session_.version = Version();
    Progress progress(console);
    const loop::EvolveSessionResult result =
        loop::RunEvolveSession(session_, *agents, SystemClock(), progress);
    progress.Finish();
    if (json_) {
      console.out << ReadFile(result.json);
      return 0;
    }
    console.out << reports::EvolutionText(result.evolution) << "champion: " << result.champion
                << "\nreport: " << result.html << "\nsummary: " << result.markdown
                << "\nevolution: " << result.json << "\n";
    return 0;
  }

 private:
  loop::EvolveSessionOptions session_;
  std::string agent_ = "reference";
  std::int64_t threads_ = 0;
  std::vector<std::string> data_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeEvolveCommand() { return std::make_unique<EvolveCommand>(); }

}  // namespace kedge::cli
