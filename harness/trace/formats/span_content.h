#pragma once

#include <vector>

#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// What a model was given and what it said.
struct SpanContent {
  std::vector<ChatMessage> input;
  std::vector<ChatMessage> output;

  bool empty() const { return input.empty() && output.empty(); }
};

/// Takes the messages out of a model call's span, from the first of these that holds any:
/// OpenTelemetry's `gen_ai.input.messages`, `gen_ai.output.messages` and
/// `gen_ai.system_instructions` (as attributes or in an event); its older events
/// (`gen_ai.user.message`, `gen_ai.choice`, ...); the older indexed attributes
/// (`gen_ai.prompt.0.content`); OpenInference's `llm.input_messages.0.message.content`; Google
/// ADK's `gcp.vertex.agent.llm_request`; the Vercel AI SDK's `ai.prompt`; OpenInference's
/// `input.value`. What is not taken stays in the span. Throws Error(kBadData) when a message is
/// malformed.
SpanContent TakeSpanContent(Span& span);

}  // namespace kedge::trace
