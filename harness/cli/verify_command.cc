#include "harness/cli/verify_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/loop/open_store.h"

namespace kedge::cli {
namespace {

class VerifyCommand : public Command {
 public:
  std::string name() const override { return "verify"; }
  std::string summary() const override {
    return "Recompute the audit log's hash chain and every row it speaks of";
  }

  std::vector<Argument> arguments() override {
    return {{"--store", &store_file_, "History (SQLite)", "FILE"},
            {"--head", &head_, "A head that was noted before and must be in the chain", "HASH"},
            {"--json", &json_, "Print the report as JSON"}};
  }

  int Run(Console& console) override {
    const store::AuditReport report = loop::OpenExistingStore(store_file_)->audit().Verify(head_);
    if (json_) {
      console.out << PrettyJson({{"entries", report.entries},
                                 {"rows", report.rows},
                                 {"head", report.head},
                                 {"problems", report.problems},
                                 {"findings", report.findings}})
                  << "\n";
    } else {
      Print(console, report);
    }
    return report.problems == 0 ? 0 : 1;
  }

 private:
  static void Print(Console& console, const store::AuditReport& report) {
    for (const std::string& finding : report.findings) {
      console.out << EscapeControls(finding) << "\n";
    }
    const auto shown = static_cast<std::int64_t>(report.findings.size());
    if (report.problems > shown) {
      console.out << fmt::format("... and {} more\n", report.problems - shown);
    }
    console.out << fmt::format("{}: {} entries, {} rows, head {}\n",
                               report.problems == 0 ? "unchanged" : "CHANGED", report.entries,
                               report.rows, report.head.empty() ? "none" : report.head);
  }

  std::string store_file_ = ".kedge/kedge.db";
  std::string head_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeVerifyCommand() { return std::make_unique<VerifyCommand>(); }

}  // namespace kedge::cli
