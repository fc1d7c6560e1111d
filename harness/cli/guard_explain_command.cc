#include <ostream>

#include "harness/cli/guard_commands.h"
#include "harness/core/error.h"
#include "harness/loop/guard_check.h"

namespace kedge::cli {
namespace {

class GuardExplainCommand : public Command {
 public:
  std::string name() const override { return "guard explain"; }
  std::string summary() const override { return "Say why an event got its verdict"; }

  std::vector<Argument> arguments() override {
    return {{"policy", &policy_, "Guard policy", "POLICY", true},
            {"archive", &archive_, "Traces of any known format", "FILE", true},
            {"--id", &id_, "The trace (the first one when left out)", "ID"},
            {"--event", &event_,
             "The event as `guard check` numbers it; 0: the end; left out: all "
             "with findings",
             "N"}};
  }

  int Run(Console& console) override {
    if (event_ < -1) throw UsageError("--event: expected 0 or more");
    console.out << loop::RunGuardExplain(policy_, archive_, id_, event_);
    return 0;
  }

 private:
  std::string policy_;
  std::string archive_;
  std::string id_;
  std::int64_t event_ = -1;
};

}  // namespace

std::unique_ptr<Command> MakeGuardExplainCommand() {
  return std::make_unique<GuardExplainCommand>();
}

}  // namespace kedge::cli
