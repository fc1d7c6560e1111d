#include "harness/cli/serve_command.h"

#include <fmt/format.h>

#include <chrono>
#include <ostream>
#include <string>
#include <thread>

#include "harness/cli/version.h"
#include "harness/core/clock.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/run/paired_run.h"
#include "harness/service/service.h"

namespace kedge::cli {
namespace {

class ServeCommand : public Command {
 public:
  std::string name() const override { return "serve"; }
  std::string summary() const override {
    return "Take traces by OTLP/HTTP; serve reports, metrics and health";
  }

  std::vector<Argument> arguments() override {
    return {
        {"--config", &config_, "Settings (kedge-serve/1); the flags below win", "FILE"},
        {"--listen", &listen_, "Address; 127.0.0.1:4318 by default", "HOST:PORT"},
        {"--traces", &traces_, "Folder that arriving traces are written to", "FOLDER"},
        {"--redact", &redaction_.packs,
         "Detector packs whose findings never reach the disk: default (secrets, personal data, "
         "cards; so without this flag, too), none, names or files",
         "PACK ..."},
        {"--redact-key", &redaction_.key_file,
         "Key of the placeholders, made when absent; without it a random one that nobody keeps",
         "FILE"},
        {"--guards", &guards_, "Policy that arriving traces are judged by", "FILE"},
        {"--reports", &reports_, "Folder served read-only at /reports/", "FOLDER"},
    };
  }

  int Run(Console& console) override {
    service::ServiceOptions options;
    if (!config_.empty()) options = service::ReadServiceOptions(Document::Load(config_));
    if (!listen_.empty()) options.listen = listen_;
    if (!traces_.empty()) options.traces_folder = traces_;
    if (!reports_.empty()) options.reports_folder = reports_;
    if (!redaction_.packs.empty()) options.review.redaction.packs = redaction_.packs;
    if (!redaction_.key_file.empty()) options.review.redaction.key_file = redaction_.key_file;
    if (!guards_.empty()) options.review.guard_policy_file = guards_;
    if (options.traces_folder.empty() && options.reports_folder.empty()) {
      throw UsageError("nothing to serve: give --traces, --reports or --config");
    }
    service::Service service(options, {Version(), Revision()}, SystemClock());
    console.out << service.url() << std::endl;
    while (!run::StopRequested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::int64_t written = service.Stop(std::chrono::seconds(5));
    console.err << fmt::format("{} traces written\n", written);
    return 0;
  }

 private:
  std::string config_;
  std::string listen_;
  std::string traces_;
  std::string reports_;
  loop::RedactionOptions redaction_;
  std::string guards_;
};

}  // namespace

std::unique_ptr<Command> MakeServeCommand() { return std::make_unique<ServeCommand>(); }

}  // namespace kedge::cli
