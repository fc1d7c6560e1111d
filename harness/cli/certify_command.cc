#include "harness/cli/certify_command.h"

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/progress.h"
#include "harness/cli/version.h"
#include "harness/core/json.h"
#include "harness/loop/certify_session.h"
#include "harness/loop/planted/session.h"

namespace kedge::cli {
namespace {

class CertifyCommand : public Command {
 public:
  CertifyCommand() { session_.output_folder = ".kedge/certify"; }

  std::string name() const override { return "certify"; }
  std::string summary() const override {
    return "Measure the gate's error rates: the champion against itself on this suite";
  }

  std::vector<Argument> arguments() override {
    return {
        {"suite", &session_.suite_folder, "Suite folder", "FOLDER", true},
        {"--champion", &session_.champion_folder, "Strategy in production", "FOLDER", true},
        {"--policy", &session_.policy_file, "Rules of the gate (kedge.yaml); defaults without it",
         "FILE"},
        {"--agent", &agent_,
         "reference, llm:MODEL.yaml, process:PROGRAM ARG... or command:PROGRAM ARG...", "SPEC"},
        {"--trials", &session_.trials, "Runs of every task, from which pairs are drawn", "N"},
        {"--replications", &session_.resampled_gates, "Gates over pairs drawn from those runs",
         "N"},
        {"--gates", &session_.end_to_end_gates,
         "Gates that run episodes of their own; each costs what a gate costs", "N"},
        {"--out", &session_.output_folder, "Folder for journals and the certificate", "FOLDER"},
        {"--certificate", &session_.certificate_file,
         "Where the certificate goes; certificate.json in the folder without it", "FILE"},
        {"--suite-seed", &session_.suite_seed, "Population and tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Another draw of the world's parameters", "N"},
        {"--seed", &session_.run_seed, "Chance in the episodes and in the drawing", "N"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--planted", &planted_,
         "Put candidates with known faults, and good ones, in front of the gate instead"},
        {"--class", &planted_session_.classes, "With --planted: these classes only", "NAME ..."},
        {"--seeds", &planted_session_.seeds, "With --planted: gates a class, each on its own tasks",
         "N"},
        {"--poison", &planted_session_.poison,
         "With --planted: poisoned traces and memory items before the learner, too"},
        {"--json", &json_, "Print the certificate, or the table of planted candidates"},
    };
  }

  int Run(Console& console) override {
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.threads = WorkerThreads(threads_);
    Progress progress(console);
    if (planted_) return RunPlanted(console, *agents, progress);
    const loop::CertifySessionResult result =
        loop::RunCertifySession(session_, *agents, SystemClock(), progress);
    progress.Finish();
    console.out << (json_ ? PrettyJson(gate::ToJson(result.certificate)) + "\n"
                          : gate::CertificateText(result.certificate) +
                                "certificate: " + result.file + "\n");
    return result.certificate.fits ? 0 : 1;
  }

 private:
  int RunPlanted(Console& console, const agent::AgentFactory& agents, Progress& progress) {
    planted_session_.suite_folder = session_.suite_folder;
    planted_session_.champion_folder = session_.champion_folder;
    planted_session_.policy_file = session_.policy_file;
    planted_session_.output_folder = session_.output_folder + "/planted";
    planted_session_.run_seed = session_.run_seed;
    planted_session_.threads = session_.threads;
    planted_session_.version = Version();
    const loop::PlantedSessionResult result =
        loop::RunPlantedSession(planted_session_, agents, SystemClock(), progress);
    progress.Finish();
    console.out << (json_ ? PrettyJson(reports::ToJson(result.table)) + "\n"
                          : reports::PlantedText(result.table) + "report: " + result.html + ", " +
                                result.markdown + ", " + result.json + "\n");
    return result.table.holds ? 0 : 1;
  }

  loop::CertifySessionOptions session_;
  loop::PlantedSessionOptions planted_session_;
  bool planted_ = false;
  std::string agent_ = "reference";
  std::int64_t threads_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeCertifyCommand() { return std::make_unique<CertifyCommand>(); }

}  // namespace kedge::cli
