#include "harness/cli/plan_command.h"

#include <ostream>

#include "harness/core/json.h"
#include "harness/loop/plan_session.h"

namespace kedge::cli {
namespace {

class PlanCommand : public Command {
 public:
  std::string name() const override { return "plan"; }
  std::string summary() const override {
    return "Say what a decision costs and what the suite can see; runs nothing";
  }

  std::vector<Argument> arguments() override {
    return {
        {"suite", &session_.suite_folder, "Suite folder", "FOLDER", true},
        {"--policy", &session_.policy_file, "Rules of the gate (kedge.yaml); defaults without it",
         "FILE"},
        {"--champion", &session_.champion_folder,
         "Strategy in production, for what there is to probe; the suite's strategies/champion "
         "without it",
         "FOLDER"},
        {"--pilot", &session_.pilot_files,
         "Earlier outcomes: journal.jsonl, verdict.json or what `compare` reads; twice for "
         "champion "
         "and candidate",
         "FILE"},
        {"--effect", &effect_, "Smallest gain to show (share); the policy's without it", "SHARE"},
        {"--power", &power_, "Chance to show it; 1 - beta of the policy without it", "SHARE"},
        {"--price", &price_, "Price of one episode, any currency; the pilot's without it", "PRICE"},
        {"--suite-seed", &session_.suite_seed, "Population and tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Another draw of the world's parameters", "N"},
        {"--tasks-per-family", &session_.tasks_per_family, "What suite.yaml says when 0", "N"},
        {"--json", &json_, "Print the plan as JSON"},
    };
  }

  // A policy that the gate refuses is the answer no.
  int Run(Console& console) override {
    const auto given = [](double value) {
      return value == kAbsent ? std::nullopt : std::optional<double>(value);
    };
    session_.effect = given(effect_);
    session_.power = given(power_);
    session_.price = given(price_);
    const gate::SuitePlan plan = loop::RunPlanSession(session_);
    console.out << (json_ ? PrettyJson(gate::ToJson(plan)) + "\n" : gate::PlanText(plan));
    return plan.refusal.empty() ? 0 : 1;
  }

 private:
  static constexpr double kAbsent = -1e300;  // no value of these options

  loop::PlanSessionOptions session_;
  double effect_ = kAbsent;
  double power_ = kAbsent;
  double price_ = kAbsent;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakePlanCommand() { return std::make_unique<PlanCommand>(); }

}  // namespace kedge::cli
