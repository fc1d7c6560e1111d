#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::text {

/// `pointer` (RFC 6901) extended by one reference token, escaped.
std::string AppendPointer(std::string_view pointer, std::string_view token);

/// True for "" and for "/..." whose escapes are all ~0 or ~1.
bool IsJsonPointer(std::string_view pointer);

/// The value a pointer names, or nullptr. Array positions are 0 or digits without a leading zero.
const Json* ResolvePointer(const Json& value, std::string_view pointer);

/// The pointer in a URI fragment (RFC 6901 section 6, without the '#'); nullopt when a percent
/// escape is broken.
std::optional<std::string> DecodeFragment(std::string_view fragment);

}  // namespace kedge::text
