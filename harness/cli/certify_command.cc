#include "harness/cli/certify_command.h"

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/progress.h"
#include "harness/core/json.h"
#include "harness/loop/certify_session.h"

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
        {"--seed", &session_.run_seed, "Chance in the episodes and in the drawing", "N"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--json", &json_, "Print the certificate"},
    };
  }

  int Run(Console& console) override {
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.threads = WorkerThreads(threads_);
    Progress progress(console);
    const loop::CertifySessionResult result =
        loop::RunCertifySession(session_, *agents, SystemClock(), progress);
    progress.Finish();
    console.out << (json_ ? PrettyJson(gate::ToJson(result.certificate)) + "\n"
                          : gate::CertificateText(result.certificate) +
                                "certificate: " + result.file + "\n");
    return result.certificate.fits ? 0 : 1;
  }

 private:
  loop::CertifySessionOptions session_;
  std::string agent_ = "reference";
  std::int64_t threads_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeCertifyCommand() { return std::make_unique<CertifyCommand>(); }

}  // namespace kedge::cli
