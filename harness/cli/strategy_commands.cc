#include "harness/cli/strategy_commands.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/cli/strategy_apply_command.h"
#include "harness/cli/strategy_approve_command.h"
#include "harness/cli/strategy_consolidate_command.h"
#include "harness/cli/strategy_import_command.h"
#include "harness/core/utf8.h"
#include "harness/strategy/strategy.h"

namespace kedge::cli {
namespace {

class StrategyShow : public Command {
 public:
  std::string name() const override { return "strategy show"; }
  std::string summary() const override { return "Print a strategy: hash, layers, guidelines"; }
  std::vector<Argument> arguments() override {
    return {{"strategy", &folder_, "Strategy folder", "FOLDER", true},
            {"--json", &json_, "Print the whole document as JSON"}};
  }

  int Run(Console& console) override {
    const strategy::Strategy strategy = strategy::Strategy::Load(folder_);
    if (json_) {
      console.out << PrettyJson(strategy.ToJson()) << "\n";
      return 0;
    }
    console.out << fmt::format("{}  {}\n", EscapeControls(strategy.name()), strategy.hash());
    for (const std::string& parent : strategy.parents()) {
      console.out << fmt::format("  made from {}\n", parent);
    }
    for (const auto& [layer, hash] : strategy.layer_hashes()) {
      console.out << fmt::format("  {:<14}{}\n", layer, hash.substr(0, 16));
    }
    for (const strategy::Guideline& guideline : strategy.guidelines()) {
      console.out << fmt::format("  [{}] {}: {} (support {})\n", guideline.status,
                                 EscapeControls(guideline.id), EscapeControls(guideline.text),
                                 guideline.support);
    }
    return 0;
  }

 private:
  std::string folder_;
  bool json_ = false;
};

class StrategyDiff : public Command {
 public:
  std::string name() const override { return "strategy diff"; }
  std::string summary() const override {
    return "Show what changed from one strategy to another; exit code 1 when anything did";
  }
  std::vector<Argument> arguments() override {
    return {{"base", &base_, "Strategy folder", "FOLDER", true},
            {"candidate", &candidate_, "Strategy folder", "FOLDER", true},
            {"--json", &json_, "Print one JSON object per change"}};
  }

  int Run(Console& console) override {
    const auto changes =
        strategy::Diff(strategy::Strategy::Load(base_), strategy::Strategy::Load(candidate_));
    for (const strategy::Change& change : changes) {
      if (json_) {
        console.out << DumpJson({{"layer", change.layer},
                                 {"kind", change.kind},
                                 {"what", change.what},
                                 {"before", change.before},
                                 {"after", change.after}})
                    << "\n";
        continue;
      }
      console.out << fmt::format("{} {} {}\n", change.layer, change.kind,
                                 EscapeControls(change.what));
      if (!change.before.is_null()) {
        console.out << "  - " << Elide(EscapeControls(DumpJson(change.before)), 400) << "\n";
      }
      if (!change.after.is_null()) {
        console.out << "  + " << Elide(EscapeControls(DumpJson(change.after)), 400) << "\n";
      }
    }
    return changes.empty() ? 0 : 1;
  }

 private:
  std::string base_;
  std::string candidate_;
  bool json_ = false;
};

class StrategyValidate : public Command {
 public:
  std::string name() const override { return "strategy validate"; }
  std::string summary() const override { return "Check a strategy folder and print its hash"; }
  std::vector<Argument> arguments() override {
    return {{"strategy", &folder_, "Strategy folder", "FOLDER", true}};
  }

  int Run(Console& console) override {
    console.out << strategy::Strategy::Load(folder_).hash() << "\n";
    return 0;
  }

 private:
  std::string folder_;
};

}  // namespace

std::vector<std::unique_ptr<Command>> MakeStrategyCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<StrategyShow>());
  commands.push_back(std::make_unique<StrategyDiff>());
  commands.push_back(std::make_unique<StrategyValidate>());
  commands.push_back(MakeStrategyApplyCommand());
  commands.push_back(MakeStrategyConsolidateCommand());
  commands.push_back(MakeStrategyImportCommand());
  commands.push_back(MakeStrategyKeygenCommand());
  commands.push_back(MakeStrategyApproveCommand());
  return commands;
}

}  // namespace kedge::cli
