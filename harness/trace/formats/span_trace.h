#pragma once

#include <string>
#include <vector>

#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// What ties the requests of one conversation together: `gen_ai.conversation.id`, else
/// `session.id`; empty when the span has neither.
std::string ConversationOf(const Span& span);

/// Makes one trace of the spans of one conversation, which may come in any order.
///
/// - A model call's span becomes a kModelCall with what the model said, and a kToolCall for each
///   call it asked for; before it, the messages it was given that no earlier step holds (most
///   instrumentations repeat the whole history). Of nested model spans (a framework's and the
///   client library's) the innermost counts, so that nothing is counted twice.
/// - A tool's span gives its call the result (kObservation); a call that no model span announced
///   gets a step of its own. Memory operations and retrievals are tools.
/// - `plan` becomes a kDecision, a guardrail's span a kGuard, `gen_ai.evaluation.result` events
///   the outcome; the outermost agent's span names the agent.
/// - All else a span says is kept in `extra.span` of its step. Other spans (HTTP, queues) are
///   counted in `extra.otel.other_spans`; those with an error status are kept in
///   `extra.otel.error_spans`.
///
/// Spans written by kedge itself are read back exactly (otlp_writer.h). Steps are in order of time.
/// Oddities and malformed messages go to `report`.
Trace TraceFromSpans(std::string id, std::vector<Span>&& spans, ReadReport& report);

}  // namespace kedge::trace
