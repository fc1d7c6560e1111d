#include <fmt/format.h>

#include <ostream>
#include <thread>

#include "harness/cli/guard_commands.h"
#include "harness/core/utf8.h"
#include "harness/loop/guard_diff.h"

namespace kedge::cli {
namespace {

class GuardDiffCommand : public Command {
 public:
  std::string name() const override { return "guard diff"; }
  std::string summary() const override {
    return "Replay recorded episodes under a changed policy: which verdicts change";
  }

  std::vector<Argument> arguments() override {
    return {{"before", &before_, "Guard policy in force", "POLICY", true},
            {"after", &after_, "Changed guard policy", "POLICY", true},
            {"archives", &archives_, "Traces of any known format, FILE or FILE#PICK", "FILE", true},
            {"--json", &json_, "Print the changes as JSON"}};
  }

  int Run(Console& console) override {
    const loop::GuardDiffResult result = loop::RunGuardDiff(
        before_, after_, archives_, std::max(1U, std::thread::hardware_concurrency()));
    if (json_) {
      console.out << PrettyJson(result.ToJson()) << "\n";
    } else {
      Print(console, result);
    }
    return result.changes.empty() ? 0 : 1;
  }

 private:
  static void Print(Console& console, const loop::GuardDiffResult& result) {
    for (const loop::ChangedVerdict& change : result.changes) {
      std::string line = fmt::format("{:<6} -> {:<6} {}:{} {}", change.before, change.after,
                                     change.trace, change.event, change.what);
      for (const std::string& rule : change.gone) line += "  -" + rule;
      for (const std::string& rule : change.come) line += "  +" + rule;
      console.out << EscapeControls(line) << "\n";
    }
    for (const auto& [transition, events] : result.transitions) {
      console.out << fmt::format("{:<18} {:>9} events\n", transition, events);
    }
    console.out << fmt::format(
        "{} of {} events in {} traces get another verdict; {} the same one for other reasons\n",
        result.changes.size(), result.events, result.traces, result.same_verdict);
  }

  std::string before_;
  std::string after_;
  std::vector<std::string> archives_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeGuardDiffCommand() { return std::make_unique<GuardDiffCommand>(); }

}  // namespace kedge::cli
