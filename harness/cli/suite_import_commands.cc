#include "harness/cli/suite_import_commands.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/core/error.h"
#include "harness/suite/bfcl/import_suite.h"

namespace kedge::cli {
namespace {

/// What both commands read: the source and one of its categories.
class SourceCommand : public Command {
 protected:
  std::vector<Argument> SourceArguments() {
    return {{"source", &source_, "Where it comes from: bfcl", "SOURCE", true},
            {"--from", &folder_, "The source's data folder", "FOLDER", true},
            {"--category", &category_, "Category, such as simple_python", "NAME", true}};
  }

  void CheckSource() const {
    if (source_ != "bfcl") throw UsageError("'" + source_ + "': suites are imported from bfcl");
  }

  std::string source_, folder_, category_;
};

class SuiteImport : public SourceCommand {
 public:
  std::string name() const override { return "suite import"; }
  std::string summary() const override { return "Make a suite of a benchmark's questions"; }

  std::vector<Argument> arguments() override {
    std::vector<Argument> arguments = SourceArguments();
    arguments.push_back({"--out", &output_, "Folder of the suite", "FOLDER", true});
    return arguments;
  }

  int Run(Console& console) override {
    CheckSource();
    const std::int64_t tasks = suite::bfcl::ImportCategory(folder_, category_, output_);
    console.out << fmt::format("{} tasks in {}\n", tasks, output_);
    return 0;
  }

 private:
  std::string output_;
};

class SuiteScore : public SourceCommand {
 public:
  std::string name() const override { return "suite score"; }
  std::string summary() const override {
    return "Judge a benchmark's recorded results and write their outcomes for `kedge compare`";
  }

  std::vector<Argument> arguments() override {
    std::vector<Argument> arguments = SourceArguments();
    arguments.push_back({"--results", &results_, "Result file of a run", "FILE", true});
    arguments.push_back({"--out", &output_, "Outcomes, JSON Lines", "FILE", true});
    return arguments;
  }

  int Run(Console& console) override {
    CheckSource();
    const auto scores = suite::bfcl::ScoreRun(folder_, category_, results_, output_);
    console.out << fmt::format("{} right, {} wrong, {} missing (decode)\n", scores.right,
                               scores.wrong, scores.not_decoded);
    return 0;
  }

 private:
  std::string results_, output_;
};

}  // namespace

std::vector<std::unique_ptr<Command>> MakeSuiteImportCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<SuiteImport>());
  commands.push_back(std::make_unique<SuiteScore>());
  return commands;
}

}  // namespace kedge::cli
