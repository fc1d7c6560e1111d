#pragma once

#include <optional>

#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// Collects OpenTelemetry's `gen_ai.evaluation.result` events into an outcome.
class EvaluationEvents {
 public:
  /// Takes the evaluation events out of `span`.
  void Take(Span& span);

  /// One Score per event: passed by its label (pass, passed, true, yes, correct, success), or
  /// without a label by a value of 1 or more; values are cut to [0, 1]. The episode succeeded when
  /// every score passed; its score is their mean. nullopt when there was no event.
  std::optional<Outcome> Finish(const Trace& trace) &&;

 private:
  std::vector<Score> scores_;
};

/// Fills an outcome's steps, tool calls and tokens from the trace's steps.
void AddMeters(const Trace& trace, Outcome& outcome);

}  // namespace kedge::trace
