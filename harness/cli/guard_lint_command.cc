#include <fmt/format.h>

#include <ostream>

#include "guards/review.h"
#include "harness/cli/guard_commands.h"
#include "harness/core/utf8.h"

namespace kedge::cli {
namespace {

class GuardLintCommand : public Command {
 public:
  std::string name() const override { return "guard lint"; }
  std::string summary() const override { return "List what looks odd in a guard policy"; }

  std::vector<Argument> arguments() override {
    return {{"policies", &policies_, "Guard policies", "POLICY", true},
            {"--json", &json_, "Print the findings as JSON"}};
  }

  int Run(Console& console) override {
    Json rows = Json::array();
    for (const std::string& path : policies_) {
      const auto policy = guards::Policy::Load(path);
      for (const guards::LintFinding& finding : guards::Lint(*policy)) {
        rows.push_back({{"policy", path},
                        {"line", finding.line},
                        {"rule", finding.rule},
                        {"message", finding.message}});
      }
    }
    if (json_) console.out << PrettyJson(rows) << "\n";
    for (const Json& row : rows) {
      if (json_) break;
      const auto rule = row["rule"].get<std::string>();
      console.out << EscapeControls(fmt::format(
          "{}:{}: {}{}\n", row["policy"].get<std::string>(), row["line"].get<std::int64_t>(),
          rule.empty() ? "" : rule + ": ", row["message"].get<std::string>()));
    }
    return rows.empty() ? 0 : 1;
  }

 private:
  std::vector<std::string> policies_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeGuardLintCommand() { return std::make_unique<GuardLintCommand>(); }

}  // namespace kedge::cli
