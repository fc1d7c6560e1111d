#include <fmt/format.h>

#include <filesystem>
#include <ostream>
#include <thread>

#include "guards/mutation_score.h"
#include "guards/policy_cases.h"
#include "harness/cli/guard_commands.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::cli {
namespace {

class GuardTestCommand : public Command {
 public:
  std::string name() const override { return "guard test"; }
  std::string summary() const override {
    return "Run a guard policy's examples and cases; score them by mutation";
  }

  std::vector<Argument> arguments() override {
    return {{"policy", &policy_, "Guard policy", "POLICY", true},
            {"--cases", &cases_, "Folder of episodes with the verdicts they must get", "FOLDER"},
            {"--min-score", &min_score_, "Exit with 1 below this mutation score", "SHARE"},
            {"--no-mutants", &no_mutants_, "Leave the mutation score out"},
            {"--json", &json_, "Print the result as JSON"}};
  }

  int Run(Console& console) override {
    if (!(min_score_ >= 0 && min_score_ <= 1)) {
      throw UsageError("--min-score: expected a share from 0 to 1");
    }
    const auto policy = guards::Policy::Load(policy_);  // runs the examples
    Json report = {{"policy_digest", policy->digest()}};
    bool good = RunCases(policy, report);
    if (!no_mutants_) good = ScoreMutants(report) && good;
    if (json_) {
      console.out << PrettyJson(report) << "\n";
    } else {
      Print(console, report);
    }
    return good ? 0 : 1;
  }

 private:
  bool RunCases(const std::shared_ptr<const guards::Policy>& policy, Json& report) const {
    if (cases_.empty()) return true;
    guards::Monitor monitor(policy);
    Json failed = Json::array();
    const std::vector<guards::PolicyCase> cases = guards::LoadPolicyCases(cases_);
    for (const guards::PolicyCase& one : cases) {
      const std::string wrong = guards::RunPolicyCase(one, monitor);
      if (!wrong.empty()) failed.push_back({{"file", one.file}, {"wrong", wrong}});
    }
    const bool good = failed.empty();
    report["cases"] = {{"run", cases.size()}, {"failed", std::move(failed)}};
    return good;
  }

  bool ScoreMutants(Json& report) const {
    const std::string folder = std::filesystem::path(policy_).parent_path().string();
    const guards::MutationScore score =
        guards::ScoreExamples(Document::Load(policy_).root().json(), folder.empty() ? "." : folder,
                              std::max(1U, std::thread::hardware_concurrency()));
    Json survivors = Json::array();
    for (const guards::PolicyMutant& mutant : score.survivors) {
      survivors.push_back(
          {{"rule", mutant.rule}, {"operation", mutant.operation}, {"change", mutant.change}});
    }
    report["mutants"] = {{"killed", score.killed},
                         {"counted", score.counted()},
                         {"stillborn", score.stillborn},
                         {"score", score.score()},
                         {"survivors", std::move(survivors)}};
    return score.score() >= min_score_;
  }

  static void Print(Console& console, const Json& report) {
    console.out << "examples: as they say\n";
    if (report.contains("cases")) {
      const Json& failed = report["cases"]["failed"];
      for (const Json& one : failed) {
        console.out << EscapeControls(fmt::format("{}: {}\n", one["file"].get<std::string>(),
                                                  one["wrong"].get<std::string>()));
      }
      console.out << fmt::format("cases: {} run, {} failed\n",
                                 report["cases"]["run"].get<std::size_t>(), failed.size());
    }
    if (!report.contains("mutants")) return;
    const Json& mutants = report["mutants"];
    for (const Json& one : mutants["survivors"]) {
      console.out << EscapeControls(
          fmt::format("survived: {} {} {}\n", one["rule"].get<std::string>(),
                      one["operation"].get<std::string>(), one["change"].get<std::string>()));
    }
    console.out << fmt::format(
        "mutation score {:.1f} %: {} of {} killed, {} do not load\n",
        100 * mutants["score"].get<double>(), mutants["killed"].get<std::size_t>(),
        mutants["counted"].get<std::size_t>(), mutants["stillborn"].get<std::size_t>());
  }

  std::string policy_;
  std::string cases_;
  double min_score_ = 0;
  bool no_mutants_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeGuardTestCommand() { return std::make_unique<GuardTestCommand>(); }

}  // namespace kedge::cli
