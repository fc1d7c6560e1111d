#include "harness/cli/compare_command.h"

#include <ostream>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/cli/version.h"
#include "harness/core/clock.h"
#include "harness/core/error.h"
#include "harness/gate/comparison.h"
#include "harness/gate/comparison_text.h"
#include "reports/report.h"

namespace kedge::cli {
namespace {

constexpr std::int64_t kMaxResamples = 1'000'000;

agent::RecordedOutcomes ReadSubject(const std::string& spec, const char* role,
                                    const CompareOptions& options) {
  trace::ReadOptions read;
  read.errors_as_recorded = options.errors_as_recorded;
  try {
    return agent::ReadRecorded(spec, read);
  } catch (Error& error) {
    throw Error(error.AddContext(std::string("reading the ") + role));
  }
}

gate::ComparisonOptions ComparisonOf(const CompareOptions& options) {
  gate::ComparisonOptions comparison;
  if (!options.policy_file.empty()) {
    comparison.policy = gate::LoadGatePolicy(options.policy_file);
  }
  for (const std::string& guard : options.hard_guards) {
    comparison.policy.hard_guards.push_back(guard);
  }
  comparison.allow_unpaired = options.allow_unpaired;
  comparison.bootstrap = options.bootstrap;
  comparison.seed = options.seed;
  return comparison;
}

void WritePage(const std::string& file, const gate::Verdict& verdict) {
  reports::ReportContext context;
  context.title = verdict.champion.name + " against " + verdict.candidate.name;
  context.generated_at = FormatTimestamp(SystemClock().UnixNanos());
  context.version = Version();
  reports::WriteGateHtml(file, verdict, context);
}

class CompareCommand : public Command {
 public:
  std::string name() const override { return "compare"; }
  std::string summary() const override {
    return "Judge a candidate by outcomes that were recorded elsewhere";
  }

  std::vector<Argument> arguments() override {
    return {
        {"champion", &options_.champion, "FILE or FILE#SUBJECT, FILE#STRATUM, FILE#trial=N", "FILE",
         true},
        {"candidate", &options_.candidate, "The same for the candidate", "FILE", true},
        {"--policy", &options_.policy_file, "Rules of the gate (kedge.yaml); defaults without it",
         "FILE"},
        {"--hard-guard", &options_.hard_guards, "Guard of which one violation blocks", "ID"},
        {"--errors-as-recorded", &options_.errors_as_recorded,
         "Count runs that broke as the source does, instead of as missing"},
        {"--allow-unpaired", &options_.allow_unpaired,
         "Judge the common tasks although the champion has more"},
        {"--bootstrap", &options_.bootstrap, "Resamples of a cluster bootstrap, for reading", "N"},
        {"--seed", &options_.seed, "Of sign flips and bootstrap", "N"},
        {"--html", &options_.html_file, "Also write the verdict as a page", "FILE"},
        {"--json", &options_.json, "Print the verdict as JSON"},
    };
  }

  int Run(Console& console) override { return RunCompare(options_, console.out); }

 private:
  CompareOptions options_;
};

}  // namespace

int RunCompare(const CompareOptions& options, std::ostream& out) {
  const bool good =
      options.bootstrap == 0 || (options.bootstrap >= 2 && options.bootstrap <= kMaxResamples);
  if (!good) throw UsageError("--bootstrap: expected 0, or 2 to 1000000 resamples");
  const agent::RecordedOutcomes champion = ReadSubject(options.champion, "champion", options);
  const agent::RecordedOutcomes candidate = ReadSubject(options.candidate, "candidate", options);
  const gate::Verdict verdict = gate::CompareRecorded(champion, candidate, ComparisonOf(options));
  if (!options.html_file.empty()) WritePage(options.html_file, verdict);
  out << (options.json ? PrettyJson(gate::ToJson(verdict)) + "\n" : gate::ComparisonText(verdict));
  out.flush();
  if (!out) throw IoError("could not write the verdict");
  return gate::ExitCode(verdict.kind);
}

std::unique_ptr<Command> MakeCompareCommand() { return std::make_unique<CompareCommand>(); }

}  // namespace kedge::cli
