#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// Where a chat format keeps what the others keep elsewhere.
enum class ChatDialect {
  kOpenAi,     ///< `function{name, arguments: JSON text}`; failures begin with "Error" (tau-bench)
  kAgentDojo,  ///< `function: name`, `args: object`; tool messages repeat the call, carry `error`
  kTau2,       ///< `name`, `arguments: object`, `requestor`; tool messages' `id` is the call's
};

/// Turns the messages of a chat into steps: one kMessage for a system or user message; for an
/// assistant message one kModelCall and one kToolCall for each call in it; one kObservation for a
/// tool message. `path` names the array in errors. Throws Error(kBadData) for a message without a
/// role or of an unknown one.
std::vector<Step> StepsFromChat(Json&& messages, ChatDialect dialect, const std::string& path);

}  // namespace kedge::trace
