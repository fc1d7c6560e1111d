#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "guards/sarif.h"
#include "harness/cli/guard_commands.h"
#include "harness/cli/version.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "harness/loop/guard_check.h"

namespace kedge::cli {
namespace {

constexpr std::size_t kMessageBytes = 120;

class GuardCheckCommand : public Command {
 public:
  std::string name() const override { return "guard check"; }
  std::string summary() const override { return "Judge recorded episodes by a guard policy"; }

  std::vector<Argument> arguments() override {
    return {{"policy", &policy_, "Guard policy", "POLICY", true},
            {"archives", &archives_, "Traces of any known format, FILE or FILE#PICK", "FILE", true},
            {"--fail-on", &fail_on_, "Exit with 1 at a finding of this severity or a worse one",
             "critical|high|medium|low|info|never"},
            {"--sarif", &sarif_, "Write the findings as SARIF 2.1.0", "FILE"},
            {"--json", &json_, "Print the findings as JSON"}};
  }

  int Run(Console& console) override {
    if (fail_on_ != "never") (void)guards::IsAtLeast("info", fail_on_);
    const loop::GuardCheckResult result = loop::RunGuardCheck(policy_, archives_);
    if (!sarif_.empty()) {
      const Json log = guards::SarifLog(*result.policy, policy_, Version(), result.findings);
      WriteFileAtomic(sarif_, PrettyJson(log) + "\n");
    }
    if (json_) {
      console.out << PrettyJson(result.ToJson()) << "\n";
    } else {
      PrintTable(console, result);
    }
    return fail_on_ != "never" && result.CountAtLeast(fail_on_) > 0 ? 1 : 0;
  }

 private:
  static void PrintTable(Console& console, const loop::GuardCheckResult& result) {
    for (const guards::RecordedFinding& one : result.findings) {
      const guards::Finding& finding = one.finding;
      const std::string verdict(ToString(finding.verdict));
      console.out << fmt::format("{:<8} {:<6} {:<28} {}:{} {}  {}\n", finding.severity,
                                 finding.shadow ? "shadow" : (finding.late ? "late" : verdict),
                                 EscapeControls(finding.rule), EscapeControls(one.trace), one.event,
                                 EscapeControls(one.what),
                                 EscapeControls(Elide(finding.message, kMessageBytes)));
    }
    if (!result.findings.empty()) console.out << "\n";
    const std::vector<std::string> shadow = result.policy->shadow_rule_ids();
    for (const auto& [rule, traces] : result.traces_by_rule) {
      if (traces == 0) continue;
      const bool is_shadow = std::find(shadow.begin(), shadow.end(), rule) != shadow.end();
      console.out << fmt::format("{:<36} {:>7} traces{}\n", rule, traces,
                                 is_shadow ? " (shadow: only recorded)" : "");
    }
    console.out << fmt::format("{} findings in {} events of {} traces, policy {}\n",
                               result.findings.size(), result.events, result.traces,
                               result.policy->digest().substr(0, 12));
  }

  std::string policy_;
  std::vector<std::string> archives_;
  std::string fail_on_ = "info";
  std::string sarif_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeGuardCheckCommand() { return std::make_unique<GuardCheckCommand>(); }

}  // namespace kedge::cli
