#include "harness/cli/curve_command.h"

#include <charconv>
#include <ostream>
#include <sstream>

#include "harness/cli/agents.h"
#include "harness/cli/version.h"
#include "harness/core/clock.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/loop/learning_curve.h"

namespace kedge::cli {
namespace {

std::vector<std::int64_t> ReadCheckpoints(const std::string& text) {
  std::vector<std::int64_t> points;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    std::int64_t value = 0;
    const char* end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) {
      throw UsageError("--episodes: '" + part + "' is not a number of episodes");
    }
    points.push_back(value);
  }
  return points;
}

class CurveCommand : public Command {
 public:
  std::string name() const override { return "curve"; }
  std::string summary() const override {
    return "Measure what the learner gains from how many episodes, over many worlds";
  }

  std::vector<Argument> arguments() override {
    return {
        {"suite", &options_.suite_folder, "Suite folder; it makes its tasks from families",
         "FOLDER", true},
        {"--champion", &options_.champion_folder,
         "Strategy to start from; the suite's strategies/champion without it", "FOLDER"},
        {"--learning", &options_.learning_file,
         "Operations that it acts under while it learns; the suite's operations/learning.yaml "
         "without it",
         "FILE"},
        {"--episodes", &episodes_, "Training episodes in total, ascending from 0", "N,N,..."},
        {"--world-seeds", &options_.world_seeds, "Worlds, each with tasks of its own", "N"},
        {"--tasks", &options_.tasks, "Fresh held-out tasks of the gate families in each", "N"},
        {"--batch", &options_.batch, "Episodes between two looks at what to try next", "N"},
        {"--permuted", &options_.permuted,
         "Each world draws its quirks' parameters anew (its variant)"},
        {"--strip-observations", &options_.strip_observations,
         "Control: the learner sees no tool result and no error"},
        {"--gate", &options_.gate_folder,
         "Let the real gate judge every candidate, too, in folders of its own under this one",
         "FOLDER"},
        {"--policy", &options_.policy_file, "Of that gate; the suite's kedge.yaml without it",
         "FILE"},
        {"--html", &html_, "Write the curve as a page", "FILE"},
        {"--seed", &options_.seed, "Of the first world", "N"},
        {"--threads", &threads_, "Worker threads; 0 takes every core", "N"},
        {"--json", &json_, "Print the curve as JSON"},
    };
  }

  int Run(Console& console) override {
    if (!episodes_.empty()) options_.checkpoints = ReadCheckpoints(episodes_);
    options_.threads = WorkerThreads(threads_);
    const reports::LearningCurve curve = loop::MeasureLearningCurve(options_, SystemClock());
    if (!html_.empty()) reports::WriteCurveHtml(html_, curve, "kedge " + Version());
    console.out << (json_ ? PrettyJson(reports::ToJson(curve)) + "\n" : reports::ToText(curve));
    return 0;
  }

 private:
  loop::LearningCurveOptions options_;
  std::string episodes_;
  std::string html_;
  std::int64_t threads_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeCurveCommand() { return std::make_unique<CurveCommand>(); }

}  // namespace kedge::cli
