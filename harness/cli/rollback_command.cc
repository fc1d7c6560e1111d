#include "harness/cli/rollback_command.h"

#include <ostream>

#include "harness/cli/champion_text.h"
#include "harness/loop/promotion.h"

namespace kedge::cli {
namespace {

class RollbackCommand : public Command {
 public:
  RollbackCommand() { rollback_.store_file = ".kedge/kedge.db"; }

  std::string name() const override { return "rollback"; }
  std::string summary() const override { return "Go back to the champion before this one"; }

  std::vector<Argument> arguments() override {
    return {
        {"--who", &rollback_.who, "Who goes back", "NAME", true},
        {"--why", &rollback_.reason, "Reason", "TEXT", true},
        {"--scope", &rollback_.scope, "Champion of what; needed when there are several", "NAME"},
        {"--champion", &rollback_.champion, "What must be champion now; else nothing changes",
         "FOLDER|HASH"},
        {"--to", &rollback_.output_folder, "Put the champion's files here, at once or not at all",
         "FOLDER"},
        {"--store", &rollback_.store_file, "History and registry (SQLite)", "FILE"},
        {"--json", &json_, "Print the change as JSON"},
    };
  }

  int Run(Console& console) override {
    const loop::PromotionResult result = loop::RunRollback(rollback_, SystemClock());
    console.out << (json_ ? PrettyJson(ChangeJson(result.change)) : ChangeText(result.change))
                << "\n";
    return 0;
  }

 private:
  loop::RollbackOptions rollback_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeRollbackCommand() { return std::make_unique<RollbackCommand>(); }

}  // namespace kedge::cli
