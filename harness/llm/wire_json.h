#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/json.h"
#include "harness/llm/chat.h"

namespace kedge::llm {

/// Members of what a server sent. A member that is absent, null or of another type reads as empty:
/// servers differ in what they leave out.
const Json& Member(const Json& object, std::string_view key);  ///< null when absent
std::string TextMember(const Json& object, std::string_view key);
/// 0 when absent, negative or beyond 1e12.
std::int64_t CountMember(const Json& object, std::string_view key);

/// Arguments as a model wrote them; what is no JSON object goes to `malformed`, and empty text is
/// the empty object.
void SetArguments(ToolUse& use, const std::string& text);

}  // namespace kedge::llm
