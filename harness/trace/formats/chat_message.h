#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// One chat message, whoever wrote it down. Read are OpenAI's chat messages (content null, text or
/// blocks; `tool_calls[].function{name, arguments}`), Anthropic's content blocks (`tool_use`,
/// `tool_result`, `thinking`), OpenTelemetry's `parts` (`tool_call`, `tool_call_response` with
/// `response` or `result`, `reasoning`), Gemini's `parts` (`function_call`, `function_response`,
/// camel case too), the Vercel AI SDK's (`tool-call`, `tool-result`) and blocks named
/// `function_call` / `function_response`.
struct ChatMessage {
  std::string role;  ///< "system" (developer too), "user", "assistant" (model too), "tool"
  std::string text;  ///< texts of several blocks, joined by new lines
  std::string reasoning;
  std::vector<ToolCall> calls;
  std::vector<Observation> results;
  Json extra;  ///< members and blocks that have no place above; null when none

  bool operator==(const ChatMessage&) const = default;
};

/// Throws Error(kBadData) that names `path` when `json` is no message: not an object, or a role
/// that is absent or unknown.
ChatMessage TakeChatMessage(Json&& json, const std::string& path);

/// Arguments may be JSON text; text that is not JSON is what the model said, and stays text. Null
/// becomes an empty object.
Json ArgumentsFrom(Json&& arguments);

/// Appends the message's steps: results as kObservation, then one kMessage (system, user) or
/// kModelCall (assistant) unless it only carried results, then one kToolCall per call.
void AppendSteps(ChatMessage&& message, std::int64_t unix_nanos, std::vector<Step>& steps);

}  // namespace kedge::trace
