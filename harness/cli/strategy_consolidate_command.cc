#include "harness/cli/strategy_consolidate_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

#include "harness/core/utf8.h"
#include "harness/loop/consolidate_session.h"

namespace kedge::cli {
namespace {

class StrategyConsolidate : public Command {
 public:
  std::string name() const override { return "strategy consolidate"; }
  std::string summary() const override {
    return "Merge guidelines that say the same into a candidate; report those that conflict";
  }
  std::vector<Argument> arguments() override {
    return {{"champion", &session_.champion_folder, "Strategy folder", "FOLDER", true},
            {"--out", &session_.output_folder, "Folder of the candidate", "FOLDER", true},
            {"--name", &session_.name, "Name of the candidate", "NAME"},
            {"--json", &json_, "Print the report as JSON"}};
  }

  int Run(Console& console) override {
    const loop::ConsolidateSessionResult result = loop::RunConsolidateSession(session_);
    if (json_) {
      console.out << PrettyJson(result.report) << "\n";
      return 0;
    }
    const agent_ref::Consolidation& found = result.consolidation;
    for (const agent_ref::MergedGuidelines& merge : found.merges) {
      console.out << fmt::format("merged into {} by {}: {}\n", EscapeControls(merge.kept), merge.by,
                                 EscapeControls(fmt::format("{}", fmt::join(merge.merged, ", "))));
    }
    for (const agent_ref::KeptApart& pair : found.kept_apart) {
      console.out << fmt::format("kept apart: {} and {}: {}\n", EscapeControls(pair.kept),
                                 EscapeControls(pair.apart), EscapeControls(pair.why));
    }
    for (const agent_ref::RuleConflict& conflict : found.conflicts) {
      console.out << fmt::format("{}: {} and {}: {}\n", conflict.kind, EscapeControls(conflict.one),
                                 EscapeControls(conflict.other), EscapeControls(conflict.why));
    }
    console.out << fmt::format("{} merges, {} conflicts, candidate {}\n", found.merges.size(),
                               found.conflicts.size(), result.candidate_hash);
    return 0;
  }

 private:
  loop::ConsolidateSessionOptions session_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeStrategyConsolidateCommand() {
  return std::make_unique<StrategyConsolidate>();
}

}  // namespace kedge::cli
