#include "harness/cli/learn_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/core/utf8.h"
#include "harness/loop/learn_session.h"
#include "harness/strategy/strategy.h"

namespace kedge::cli {
namespace {

class LearnCommand : public Command {
 public:
  std::string name() const override { return "learn"; }
  std::string summary() const override { return "Learn a candidate strategy from dev traces"; }

  std::vector<Argument> arguments() override {
    return {
        {"--traces", &session_.trace_files, "Trace archives (kedge-trace/1)", "FILE", true},
        {"--parent", &session_.parent_folder, "Strategy to start from", "FOLDER", true},
        {"--out", &session_.output_folder, "Folder of the candidate", "FOLDER", true},
        {"--name", &session_.name, "Name of the candidate", "NAME"},
        {"--suite", &session_.suite_folder, "Suite, to know which tools write", "FOLDER"},
        {"--generalise", &session_.generalise, "tool, or effect: rules about all such tools",
         "HOW"},
        {"--families", &session_.families, "Learn from these families only", "NAME"},
        {"--alpha", &session_.alpha, "Familywise error of all rules together", "P"},
        {"--min-support", &session_.min_support, "Traces a rule must rest on", "N"},
        {"--min-families", &session_.min_families, "Families a rule must rest on", "N"},
        {"--min-effect", &session_.min_effect, "Smallest gain in success rate", "SHARE"},
        {"--llm", &session_.model_file, "Let this language model reflect, too", "MODEL.yaml"},
        {"--json", &json_, "Print the learner's report as JSON"},
    };
  }

  int Run(Console& console) override {
    const loop::LearnSessionResult result = loop::RunLearnSession(session_);
    if (json_) {
      console.out << PrettyJson(result.report) << "\n";
      return 0;
    }
    if (const auto reflection = result.report.find("reflection");
        reflection != result.report.end()) {
      console.out << fmt::format("reflection: {} proposed, {} taken, refused {}\n",
                                 (*reflection)["proposed"].get<std::int64_t>(),
                                 (*reflection)["taken"].get<std::int64_t>(),
                                 DumpJson((*reflection)["refused"]));
    }
    console.out << fmt::format("{} traces, {} operations, candidate {}\n", result.traces,
                               result.operations, result.candidate_hash);
    for (const strategy::Change& change :
         strategy::Diff(strategy::Strategy::Load(session_.parent_folder),
                        strategy::Strategy::Load(session_.output_folder))) {
      const std::string text = change.after.is_object() && change.after.contains("text")
                                   ? change.after["text"].get<std::string>()
                                   : std::string();
      console.out << fmt::format("  {} {}: {}\n", change.kind, EscapeControls(change.what),
                                 EscapeControls(text));
    }
    return 0;
  }

 private:
  loop::LearnSessionOptions session_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeLearnCommand() { return std::make_unique<LearnCommand>(); }

}  // namespace kedge::cli
