#include "harness/cli/learn_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/cli/agents.h"
#include "harness/core/clock.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/loop/attribution.h"
#include "harness/loop/learn_session.h"
#include "harness/strategy/strategy.h"
#include "reports/set_apart.h"

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
        {"--suite", &session_.suite_folder,
         "Suite: which tools write; its world bears the traces out", "FOLDER"},
        {"--suite-seed", &session_.suite_seed,
         "Population the traces were made on; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Draw of the world's parameters they were made in", "N"},
        {"--no-witness", &no_witness_,
         "Do not issue the calls of the traces again: for traces of several populations or of "
         "another world than the suite's"},
        {"--generalise", &session_.generalise, "tool, or effect: rules about all such tools",
         "HOW"},
        {"--families", &session_.families, "Learn from these families only", "NAME"},
        {"--alpha", &session_.alpha, "False discovery rate of the rules", "P"},
        {"--min-support", &session_.min_support, "Traces a rule must rest on", "N"},
        {"--min-families", &session_.min_families, "Families a rule must rest on", "N"},
        {"--min-effect", &session_.min_effect, "Smallest gain in success rate", "SHARE"},
        {"--keep", &session_.kept_guidelines,
         "Guidelines of the parent that are neither revised nor retired", "ID"},
        {"--explain", &explain_,
         "Run dev tasks with and without each new rule and show what it makes the agent do "
         "(reference agent; needs --suite)"},
        {"--llm", &session_.model_file, "Let this language model reflect, too", "MODEL.yaml"},
        {"--json", &json_, "Print the learner's report as JSON"},
    };
  }

  int Run(Console& console) override {
    if (explain_ && session_.suite_folder.empty()) {
      throw UsageError("--explain runs dev tasks, so it needs --suite FOLDER");
    }
    session_.witness = !no_witness_;
    loop::LearnSessionResult result = loop::RunLearnSession(session_);
    const std::vector<loop::RuleEffect> effects = Explain();
    if (json_) {
      for (const loop::RuleEffect& effect : effects) {
        result.report["attribution"].push_back(loop::ToJson(effect));
      }
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
    for (const auto& [why, count] : result.set_apart) {
      console.out << fmt::format("set apart, {}: {} traces\n", reports::SetApartText(why), count);
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
      if (const std::string probes = Probes(change.after); !probes.empty()) {
        console.out << "    try it on " << probes << "\n";
      }
    }
    for (const loop::RuleEffect& effect : effects) Print(console, effect);
    return 0;
  }

 private:
  // The tasks that a learned rule names for whoever asks again whether it holds.
  static std::string Probes(const Json& guideline) {
    std::string text;
    if (!guideline.is_object() || !guideline.contains("evidence")) return text;
    for (const Json& probe : guideline["evidence"].value("probes", Json::array())) {
      const std::string name = probe.value("task", probe.value("trace", ""));
      text += (text.empty() ? "" : ", ") + EscapeControls(name);
      if (probe.value("failed_without", false)) text += " (failed without it)";
    }
    return text;
  }

  // One for each rule that the candidate brings or words anew.
  std::vector<loop::RuleEffect> Explain() const {
    if (!explain_) return {};
    const auto candidate = strategy::Strategy::Load(session_.output_folder);
    std::vector<std::string> rules;
    for (const strategy::Change& change :
         strategy::Diff(strategy::Strategy::Load(session_.parent_folder), candidate)) {
      if (change.kind == "add" || change.kind == "revise") rules.push_back(change.what);
    }
    loop::AttributionOptions options;
    options.suite_folder = session_.suite_folder;
    options.suite_seed = session_.suite_seed;
    options.variant = session_.variant;
    return loop::AttributeActions(options, candidate, rules, *MakeAgents("reference"),
                                  SystemClock());
  }

  static void Print(Console& console, const loop::RuleEffect& effect) {
    console.out << fmt::format(
        "{}: spoke in {} dev episodes; without it {} of {} went another way there; success {} "
        "with, {} without\n",
        EscapeControls(effect.rule), effect.fired, effect.changed, effect.compared,
        effect.successes_with, effect.successes_without);
    for (const loop::ChangedAction& example : effect.examples) {
      console.out << fmt::format("  {} step {}: {} | without the rule: {}\n",
                                 EscapeControls(example.episode), example.step,
                                 EscapeControls(example.with), EscapeControls(example.without));
    }
  }

  loop::LearnSessionOptions session_;
  bool no_witness_ = false;
  bool explain_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeLearnCommand() { return std::make_unique<LearnCommand>(); }

}  // namespace kedge::cli
