#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/llm/chat.h"
#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"

namespace kedge::agent_ref {

/// The function by which a model hands in its operations.
inline constexpr char kProposeTool[] = "propose_operations";

/// What a model is shown of a trace: what was said, called, answered. Long texts are cut.
Json TraceForModel(const trace::Trace& trace);

/// Everything of the request but the model's name and limits.
llm::ChatRequest ReflectionRequest(const strategy::Strategy& parent, const Json& traces);

}  // namespace kedge::agent_ref
