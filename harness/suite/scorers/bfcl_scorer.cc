#include "harness/suite/bfcl/calls_text.h"
#include "harness/suite/bfcl/category.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

/// The agent's calls, or those that the text of its answer writes down, are right by the rules of
/// the Berkeley Function Calling Leaderboard.
class BfclScorer : public Scorer {
 public:
  explicit BfclScorer(bfcl::Expected expected) : expected_(std::move(expected)) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    std::vector<bfcl::Call> calls = CallsMade(evidence);
    if (calls.empty()) {
      calls = bfcl::CallsFromText(expected_.language, evidence.final_text)
                  .value_or(std::vector<bfcl::Call>());
    }
    const bfcl::Verdict verdict = bfcl::MatchCalls(expected_, calls);
    return PassIf(verdict.valid(), verdict.error_type + ": " + verdict.why);
  }

 private:
  static std::vector<bfcl::Call> CallsMade(const EpisodeEvidence& evidence) {
    std::vector<bfcl::Call> calls;
    if (evidence.trace == nullptr) return calls;
    for (const trace::Step& step : evidence.trace->steps) {
      if (step.kind != trace::StepKind::kToolCall || !step.call.arguments.is_object()) continue;
      calls.push_back({step.call.name, step.call.arguments});
    }
    return calls;
  }

  bfcl::Expected expected_;
};

}  // namespace

std::shared_ptr<const Scorer> MakeBfclScorer(const Node& spec) {
  spec.AllowKeys({"type", "category", "functions", "answers"});
  bfcl::Expected expected = bfcl::CategoryRules(spec["category"].String());
  bfcl::ReadExpected(spec["functions"], spec.Find("answers"), expected);
  return std::make_shared<BfclScorer>(std::move(expected));
}

}  // namespace kedge::suite
