#include "harness/cli/promote_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/cli/champion_text.h"
#include "harness/loop/promotion.h"

namespace kedge::cli {
namespace {

class PromoteCommand : public Command {
 public:
  PromoteCommand() { promotion_.store_file = ".kedge/kedge.db"; }

  std::string name() const override { return "promote"; }
  std::string summary() const override {
    return "Make a candidate that the gate promotes the champion";
  }

  std::vector<Argument> arguments() override {
    return {
        {"--candidate", &promotion_.candidate, "Strategy that was tested", "FOLDER|HASH", true},
        {"--champion", &promotion_.champion, "What it replaces; the present champion if not given",
         "FOLDER|HASH"},
        {"--scope", &promotion_.scope, "Champion of what; the verdict's suite if not given",
         "NAME"},
        {"--verdict", &promotion_.verdict_digest, "Verdict it must rest on", "DIGEST"},
        {"--to", &promotion_.output_folder, "Put the champion's files here, at once or not at all",
         "FOLDER"},
        {"--approve", &promotion_.approved_by, "Override a HOLD: who does", "NAME"},
        {"--why", &promotion_.reason, "Reason of an override", "TEXT"},
        {"--record-validation", &promotion_.record_validation,
         "Write into the guidelines it brings what the gate measured (gives another hash)"},
        {"--store", &promotion_.store_file, "History and registry (SQLite)", "FILE"},
        {"--json", &json_, "Print the change as JSON"},
    };
  }

  int Run(Console& console) override {
    const loop::PromotionResult result = loop::RunPromotion(promotion_, SystemClock());
    if (json_) {
      console.out << PrettyJson(ChangeJson(result.change)) << "\n";
      return 0;
    }
    console.out << (result.changed ? "" : "champion already; ") << ChangeText(result.change)
                << "\n";
    return 0;
  }

 private:
  loop::PromotionOptions promotion_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakePromoteCommand() { return std::make_unique<PromoteCommand>(); }

}  // namespace kedge::cli
