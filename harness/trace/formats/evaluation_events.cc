#include "harness/trace/formats/evaluation_events.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/trace/formats/span_kind.h"

namespace kedge::trace {
namespace {

bool IsPassLabel(std::string_view label) {
  constexpr std::string_view kLabels[] = {"pass", "passed", "true", "yes", "correct", "success"};
  return std::find(std::begin(kLabels), std::end(kLabels), label) != std::end(kLabels);
}

Score ScoreOf(const Json& attributes) {
  Score score;
  score.scorer = TextAttribute(attributes, "gen_ai.evaluation.name");
  score.why = TextAttribute(attributes, "gen_ai.evaluation.explanation");
  const std::string label = TextAttribute(attributes, "gen_ai.evaluation.score.label");
  const Json value = attributes.value("gen_ai.evaluation.score.value", Json());
  score.pass = IsPassLabel(label) || (label.empty() && value.is_number() && value >= 1);
  score.score = value.is_number() ? std::clamp(value.get<double>(), 0.0, 1.0) : score.pass ? 1 : 0;
  return score;
}

}  // namespace

void EvaluationEvents::Take(Span& span) {
  const auto kept =
      std::remove_if(span.events.begin(), span.events.end(), [this](SpanEvent& event) {
        if (event.name != "gen_ai.evaluation.result") return false;
        scores_.push_back(ScoreOf(event.attributes));
        return true;
      });
  span.events.erase(kept, span.events.end());
}

std::optional<Outcome> EvaluationEvents::Finish(const Trace& trace) && {
  if (scores_.empty()) return std::nullopt;
  Outcome outcome;
  outcome.success = true;
  for (const Score& score : scores_) {
    outcome.success = outcome.success && score.pass;
    outcome.score += score.score / static_cast<double>(scores_.size());
  }
  outcome.score = std::min(outcome.score, 1.0);
  outcome.scores = std::move(scores_);
  AddMeters(trace, outcome);
  return outcome;
}

void AddMeters(const Trace& trace, Outcome& outcome) {
  for (const Step& step : trace.steps) {
    outcome.input_tokens += step.input_tokens;
    outcome.output_tokens += step.output_tokens;
  }
  outcome.steps = static_cast<std::int64_t>(trace.steps.size());
  outcome.tool_calls = Count(trace).tool_calls;
}

}  // namespace kedge::trace
