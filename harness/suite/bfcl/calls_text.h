#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/bfcl/call_matcher.h"

namespace kedge::suite::bfcl {

/// Calls from the text of an answer: `[f(a=1), g.h(b="x")]`, one call also without the brackets.
/// Python values are literals; what is none stays text. Java and JavaScript values stay source
/// text, quotes around a whole value removed. nullopt when the text is no list of calls.
std::optional<std::vector<Call>> CallsFromText(Language language, std::string_view text);

/// Calls as a result file holds them: text, or [{"function": "{json arguments}"}, ...]. nullopt
/// when they cannot be read, which the leaderboard calls a decoder failure.
std::optional<std::vector<Call>> CallsFromResult(Language language, const Json& result);

/// The text that CallsFromText reads as these calls.
std::string CallsAsText(Language language, const std::vector<Call>& calls);

}  // namespace kedge::suite::bfcl
