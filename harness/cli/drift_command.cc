#include "harness/cli/drift_command.h"

#include <ostream>

#include "harness/core/error.h"
#include "harness/drift/drift_text.h"
#include "harness/loop/drift_session.h"
#include "harness/loop/watch_session.h"

namespace kedge::cli {
namespace {

class DriftCommand : public Command {
 public:
  std::string name() const override { return "drift"; }
  std::string summary() const override {
    return "Compare the behaviour in two trace archives, or watch graded traces for a drop";
  }

  std::vector<Argument> arguments() override {
    return {
        {"champion", &drift_.champion, "Traces: FILE, or FILE#SUBJECT, FILE#STRATUM, FILE#trial=N",
         "FILE"},
        {"candidate", &drift_.candidate, "The same for the candidate", "FILE"},
        {"--floors", &drift_.floors_file, "Noise of the champion against itself", "FILE"},
        {"--write-floors", &drift_.write_floors_file,
         "Both archives are one strategy: write the noise they show", "FILE"},
        {"--allow", &drift_.allow, "Tool that is in scope whoever used it before", "TOOL"},
        {"--privileged", &drift_.privileged, "Tool of which one new call is a change", "TOOL"},
        {"--judge", &drift_.judge, "Scorers whose name starts so are the LLM judge", "NAME"},
        {"--resamples", &drift_.resamples, "Random labellings", "N"},
        {"--seed", &drift_.seed, "Of the labellings", "N"},
        {"--ignore-latency", &drift_.ignore_latency, "Show wall time, let nothing rest on it"},
        {"--baseline", &watch_.baseline, "Graded traces of the window after a promotion", "FILE"},
        {"--stream", &watch_.stream, "Graded traces to watch, in order of time", "FILE"},
        {"--state", &watch_.state_file, "Go on from this state and leave the new one", "FILE"},
        {"--threshold", &watch_.threshold, "Traces per false alarm, at least, on average", "A"},
        {"--tolerance", &watch_.tolerance, "Below the baseline's lower 95 % limit", "SHARE"},
        {"--cost-cap", &watch_.cost_cap, "Costs above count as this; by the baseline when 0", "X"},
        {"--latency-cap", &watch_.latency_cap, "The same for seconds", "X"},
        {"--min-inclusion", &watch_.min_inclusion,
         "Smallest inclusion probability of the sampling; of both files when 0", "P"},
        {"--json", &json_, "Print the report as JSON"},
    };
  }

  int Run(Console& console) override {
    if (!watch_.stream.empty()) return RunWatch(console);
    if (drift_.champion.empty() || drift_.candidate.empty()) {
      throw UsageError(
          "two archives are needed: kedge drift CHAMPION CANDIDATE, or "
          "--baseline FILE --stream FILE");
    }
    const loop::DriftSessionResult result = loop::RunDriftSession(drift_);
    if (json_) {
      console.out << PrettyJson(result.json) << "\n";
    } else {
      console.out << drift::DriftText(result.report);
      if (result.missing > 0) {
        console.out << result.missing << " runs that infrastructure ended are left out\n";
      }
    }
    return result.report.changed || result.report.privileged_calls > 0 ? 1 : 0;
  }

 private:
  int RunWatch(Console& console) const {
    if (!drift_.champion.empty()) {
      throw UsageError("--stream takes no archives besides --baseline");
    }
    const loop::WatchSessionResult result = loop::RunWatchSession(watch_);
    console.out << (json_ ? PrettyJson(result.json) + "\n" : result.text);
    return result.alarm ? 1 : 0;
  }

  loop::DriftSessionOptions drift_;
  loop::WatchSessionOptions watch_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeDriftCommand() { return std::make_unique<DriftCommand>(); }

}  // namespace kedge::cli
