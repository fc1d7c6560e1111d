#include <fmt/format.h>

#include <ostream>

#include "guards/event_json.h"
#include "guards/policy_narrower.h"
#include "harness/cli/guard_commands.h"
#include "harness/core/utf8.h"

namespace kedge::cli {
namespace {

class GuardNarrowerCommand : public Command {
 public:
  std::string name() const override { return "guard narrower"; }
  std::string summary() const override {
    return "Say whether a guard policy stops all that another one stops";
  }

  std::vector<Argument> arguments() override {
    return {{"narrow", &narrow_, "Guard policy that should be the stricter one", "POLICY", true},
            {"wide", &wide_, "Guard policy to compare it with", "POLICY", true},
            {"--json", &json_, "Print the answer as JSON"}};
  }

  int Run(Console& console) override {
    const guards::PolicyNarrowness result = guards::IsNarrowerPolicy(
        guards::PolicySource::Load(narrow_), guards::PolicySource::Load(wide_));
    constexpr const char* kAnswers[] = {"yes", "no", "cannot tell"};
    const int code = static_cast<int>(result.answer);
    if (json_) {
      PrintJson(console, result, kAnswers[code]);
      return code;
    }
    console.out << kAnswers[code] << "\n";
    if (result.answer == guards::Answer::kNo) {
      console.out << fmt::format("{} stops the last of these events ({}), {} does not ({}):\n",
                                 wide_, ToString(result.wide_verdict), narrow_,
                                 ToString(result.narrow_verdict));
      for (const guards::Event& event : result.witness) {
        console.out << "- " << EscapeControls(DumpJson(guards::ToJson(event))) << "\n";
      }
    }
    for (const std::string& reason : result.reasons) {
      console.out << "  " << EscapeControls(reason) << "\n";
    }
    return code;
  }

 private:
  static void PrintJson(Console& console, const guards::PolicyNarrowness& result,
                        const char* answer) {
    Json out = {{"answer", answer}, {"reasons", result.reasons}};
    if (result.answer == guards::Answer::kNo) {
      for (const guards::Event& event : result.witness) {
        out["witness"].push_back(guards::ToJson(event));
      }
      out["narrow_verdict"] = ToString(result.narrow_verdict);
      out["wide_verdict"] = ToString(result.wide_verdict);
    }
    console.out << PrettyJson(out) << "\n";
  }

  std::string narrow_;
  std::string wide_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeGuardNarrowerCommand() {
  return std::make_unique<GuardNarrowerCommand>();
}

}  // namespace kedge::cli
