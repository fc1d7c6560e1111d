#include "harness/llm/wire_json.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/llm/wire_format.h"

namespace kedge::llm {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000'000'000;

const Json& NullJson() {
  static const Json null;
  return null;
}

}  // namespace

const Json& Member(const Json& object, std::string_view key) {
  if (!object.is_object()) return NullJson();
  const auto found = object.find(key);
  return found == object.end() ? NullJson() : *found;
}

std::string TextMember(const Json& object, std::string_view key) {
  const Json& member = Member(object, key);
  return member.is_string() ? member.get<std::string>() : std::string();
}

std::int64_t CountMember(const Json& object, std::string_view key) {
  const Json& member = Member(object, key);
  if (!member.is_number_integer()) return 0;
  if (member.is_number_unsigned() && member.get<std::uint64_t>() > kMaxCount) return 0;
  const auto count = member.get<std::int64_t>();
  return count < 0 || count > kMaxCount ? 0 : count;
}

void SetArguments(ToolUse& use, const std::string& text) {
  use.arguments = Json::object();
  use.malformed.clear();
  if (std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; })) return;
  try {
    Json parsed = ParseJson(text);
    if (parsed.is_object()) {
      use.arguments = std::move(parsed);
      return;
    }
  } catch (const Error&) {
    // Told to the model as the result of its call: it may do better at the next try.
  }
  use.malformed = text;
}

std::optional<ServerError> FindServerError(const Json& body) {
  const Json& error = Member(body, "error");
  if (error.is_string()) return ServerError{"", error.get<std::string>()};
  if (!error.is_object()) return std::nullopt;
  ServerError found{TextMember(error, "code"), TextMember(error, "message")};
  if (found.type.empty()) found.type = TextMember(error, "type");
  return found;
}

}  // namespace kedge::llm
