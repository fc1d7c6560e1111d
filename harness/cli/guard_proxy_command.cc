#include <ostream>

#include "guards/monitor.h"
#include "harness/cli/guard_commands.h"
#include "harness/cli/version.h"
#include "harness/core/error.h"
#include "harness/run/paired_run.h"
#include "harness/service/guard_proxy.h"

namespace kedge::cli {
namespace {

class GuardProxyCommand : public Command {
 public:
  std::string name() const override { return "guard proxy"; }
  std::string summary() const override { return "Put a guard policy in front of an MCP server"; }

  std::vector<Argument> arguments() override {
    return {
        {"policy", &policy_, "Guard policy", "POLICY", true},
        {"server", &options_.upstream.command,
         "Program of the MCP server and its arguments, after --", "COMMAND"},
        {"--upstream", &options_.upstream.url, "MCP server over streamable HTTP instead", "URL"},
        {"--http", &options_.listen,
         "Serve streamable HTTP here instead of standard input and output", "HOST:PORT"},
        {"--record", &options_.record_folder, "Append a trace of each client here", "FOLDER"},
        {"--pins", &options_.pins_file,
         "Tool definitions that were approved; written when there is none", "FILE"},
        {"--approvals", &options_.approvals_folder,
         "Where people approve calls: a file named as the refusal says", "FOLDER"},
        {"--timeout", &timeout_, "Seconds that a call may take", "N"}};
  }

  int Run(Console& console) override {
    if (options_.upstream.command.empty() == options_.upstream.url.empty()) {
      throw UsageError("expected either a COMMAND after -- or --upstream URL");
    }
    if (timeout_ < 1 || timeout_ > 86400) throw UsageError("--timeout: expected 1 to 86400");
    options_.policy = guards::Policy::Load(policy_);
    options_.upstream.self = {"kedge-guard", Version()};
    options_.upstream.timeout = std::chrono::seconds(timeout_);
    options_.clock = &SystemClock();
    options_.stop_requested = run::StopRequested;
    options_.started = [&console](const std::string& url) { console.out << url << std::endl; };
    service::RunGuardProxy(options_);
    return 0;
  }

 private:
  std::string policy_;
  std::int64_t timeout_ = 60;
  service::GuardProxyOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeGuardProxyCommand() { return std::make_unique<GuardProxyCommand>(); }

}  // namespace kedge::cli
