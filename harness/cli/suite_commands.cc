#include "harness/cli/suite_commands.h"

#include <fmt/format.h>

#include <map>
#include <ostream>

#include "harness/cli/data_folders.h"
#include "harness/core/utf8.h"
#include "harness/suite/oracle.h"
#include "harness/suite/suite.h"

namespace kedge::cli {
namespace {

/// What all suite commands read.
class SuiteCommand : public Command {
 public:
  std::vector<Argument> arguments() override {
    return {{"suite", &folder_, "Suite folder", "FOLDER", true},
            {"--split", &options_.split, "dev, gate, vault or all", "NAME"},
            {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
            {"--suite-seed", &options_.seed, "Population and tasks; the suite's own when 0", "N"},
            {"--variant", &options_.variant, "Another draw of the world's parameters", "N"},
            {"--tasks-per-family", &options_.tasks_per_family, "What suite.yaml says when 0", "N"}};
  }

 protected:
  std::shared_ptr<const suite::Suite> Load() {
    options_.data = ReadDataFolders(data_);
    return suite::Suite::Load(folder_, options_);
  }

 private:
  std::string folder_;
  std::vector<std::string> data_;
  suite::SuiteOptions options_;
};

class SuiteList : public SuiteCommand {
 public:
  std::string name() const override { return "suite list"; }
  std::string summary() const override { return "List the families of a suite with their tasks"; }

  int Run(Console& console) override {
    const auto suite = Load();
    console.out << fmt::format("{}: {} tasks, seed {}, digest {}\n", EscapeControls(suite->name()),
                               suite->tasks().size(), suite->seed(), suite->digest());
    std::map<std::string, std::int64_t> counts;
    for (const suite::Task& task : suite->tasks()) ++counts[task.family];
    for (const suite::Stratum& stratum : suite->strata()) {
      console.out << fmt::format("{} (weight {:.3g})\n", EscapeControls(stratum.name),
                                 stratum.weight);
      for (const std::string& family : stratum.families) {
        console.out << fmt::format("  {:<28}{:>6}\n", EscapeControls(family), counts[family]);
      }
    }
    return 0;
  }
};

class SuiteGenerate : public SuiteCommand {
 public:
  std::string name() const override { return "suite generate"; }
  std::string summary() const override { return "Print the tasks of a suite as JSON lines"; }

  int Run(Console& console) override {
    const auto suite = Load();
    for (const suite::Task& task : suite->tasks()) {
      console.out << CanonicalJson(ToJson(task)) << "\n";
    }
    return 0;
  }
};

class SuiteCheck : public SuiteCommand {
 public:
  std::string name() const override { return "suite check"; }
  std::string summary() const override {
    return "Validate a suite and let the scripted oracle solve every task";
  }

  int Run(Console& console) override {
    const auto suite = Load();
    std::unique_ptr<world::Session> session;
    if (suite->world()) session = std::make_unique<world::Session>(suite->world());
    std::int64_t solvable = 0, solved = 0;
    for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
      const suite::Task& task = suite->tasks()[i];
      const suite::OracleRun run = suite::RunOracle(*suite, i, session.get(), suite->seed());
      if (task.impossible) continue;
      ++solvable;
      solved += run.judgement.success ? 1 : 0;
      for (const trace::Score& score : run.judgement.scores) {
        if (score.pass) continue;
        console.out << EscapeControls(task.id + ": " + score.scorer + ": " + score.why) << "\n";
      }
    }
    console.out << fmt::format("oracle: {} of {} solvable tasks solved, {} impossible\n", solved,
                               solvable,
                               static_cast<std::int64_t>(suite->tasks().size()) - solvable);
    return solved == solvable ? 0 : 1;
  }
};

}  // namespace

std::vector<std::unique_ptr<Command>> MakeSuiteCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<SuiteList>());
  commands.push_back(std::make_unique<SuiteGenerate>());
  commands.push_back(std::make_unique<SuiteCheck>());
  return commands;
}

}  // namespace kedge::cli
