#pragma once

#include "harness/core/json.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// A trace as one OTLP/JSON document (TracesData): a root span `invoke_agent` and one span per
/// step, a tool call and its result together in one. GenAI attribute names of OpenTelemetry hold
/// what they have a place for, `kedge.*` attributes the rest, so that reading gives the same trace.
/// Ids are derived from the trace's id, so that the same trace gives the same bytes. Scores become
/// `gen_ai.evaluation.result` events.
Json ToOtlp(const Trace& trace);

}  // namespace kedge::trace
