#include "harness/cli/convert_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/loop/redaction.h"
#include "harness/trace/convert.h"

namespace kedge::cli {
namespace {

class ConvertCommand : public Command {
 public:
  std::string name() const override { return "convert"; }
  std::string summary() const override { return "Convert traces of any known format"; }

  std::vector<Argument> arguments() override {
    return {
        {"files", &files_, "Files of traces, then the file to write", "FILE", true},
        {"--to", &to_, "Format to write: jsonl, otlp or atif", "FORMAT", true},
        {"--errors-as-recorded", &options_.errors_as_recorded,
         "Count broken runs as their source does, not as missing"},
        {"--redact", &redaction_.packs,
         "Take out what these detector packs find; default: secrets, personal data, cards",
         "PACK ..."},
        {"--redact-key", &redaction_.key_file,
         "Key of the placeholders, made when absent; without it a random one that nobody keeps",
         "FILE"},
        {"--json", &json_, "Print the counts as JSON"},
    };
  }

  // 0: all was read and written; 1: some of it; 65: nothing.
  int Run(Console& console) override {
    const auto to = trace::TargetFormatFromName(to_);
    if (!to) throw UsageError("--to: expected jsonl, otlp or atif");
    if (files_.size() < 2) throw UsageError("expected the files to read and the file to write");
    const std::string out = files_.back();
    files_.pop_back();
    const auto redactor = loop::MakeRedactor(redaction_);
    guards::Redactor::Counts redacted;
    trace::TraceRewrite rewrite;
    if (redactor) {
      rewrite = [&](trace::Trace&& trace) { return redactor->Redact(trace, &redacted); };
    }
    const trace::ConvertReport report = trace::ConvertTraces(files_, *to, out, options_, rewrite);
    PrintCounts(console, report, redactor ? &redacted : nullptr);
    for (const auto* errors : {&report.read.errors, &report.lost_errors, &report.read.oddities}) {
      for (const Error& error : *errors) console.err << EscapeControls(error.what()) << "\n";
    }
    if (report.written == 0 && report.read.bad + report.lost > 0) {
      return static_cast<int>(ErrorKind::kBadData);
    }
    return report.read.bad + report.lost > 0 ? 1 : 0;
  }

 private:
  // `redacted` is null when nothing was to be taken out.
  void PrintCounts(Console& console, const trace::ConvertReport& report,
                   const guards::Redactor::Counts* redacted) const {
    if (json_) {
      Json json = {{"read", report.read.read},
                   {"written", report.written},
                   {"lost", report.lost},
                   {"bad", report.read.bad},
                   {"odd", report.read.odd}};
      if (redacted != nullptr) json["redacted"] = *redacted;
      console.out << DumpJson(json) << "\n";
      return;
    }
    console.out << fmt::format("{} traces read, {} written, {} lost; {} records bad, {} odd\n",
                               report.read.read, report.written, report.lost, report.read.bad,
                               report.read.odd);
    if (redacted != nullptr) {
      console.out << "redacted: " << loop::ToString(*redacted) << "\n";
    }
  }

  std::vector<std::string> files_;
  std::string to_;
  trace::ReadOptions options_;
  loop::RedactionOptions redaction_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeConvertCommand() { return std::make_unique<ConvertCommand>(); }

}  // namespace kedge::cli
