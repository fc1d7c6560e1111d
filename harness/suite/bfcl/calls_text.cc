#include "harness/suite/bfcl/calls_text.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/suite/bfcl/source_text.h"

namespace kedge::suite::bfcl {
namespace {

bool IsNameCharacter(char c) {
  // Names may be in any language: bytes of UTF-8 beyond ASCII are letters here.
  if (static_cast<unsigned char>(c) >= 0x80) return true;
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$';
}

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), &IsNameCharacter) &&
         (text.front() < '0' || text.front() > '9');
}

Json ValueFrom(Language language, const std::string& source) {
  if (language != Language::kPython) return Unquoted(source).value_or(source);
  return PythonLiteral(source).value_or(source);
}

// "name=value"; the first = outside of a value.
bool AddArgument(Language language, const std::string& part, Json& arguments) {
  const std::size_t equals = part.find('=');
  if (equals == std::string::npos) return false;
  const std::string name(Trimmed(std::string_view(part).substr(0, equals)));
  if (!IsName(name) || arguments.contains(name)) return false;
  const std::string source(Trimmed(std::string_view(part).substr(equals + 1)));
  if (source.empty()) return false;
  arguments[name] = ValueFrom(language, source);
  return true;
}

std::optional<Call> OneCall(Language language, const std::string& text) {
  const std::size_t open = text.find('(');
  if (open == std::string::npos || ClosingBracket(text, open) != text.size() - 1) {
    return std::nullopt;
  }
  Call call{std::string(Trimmed(std::string_view(text).substr(0, open))), Json::object()};
  if (!IsName(call.name)) return std::nullopt;
  const std::string_view inner(text.data() + open + 1, text.size() - open - 2);
  for (const std::string& part : SplitTopLevel(inner, ',')) {
    if (!AddArgument(language, part, call.arguments)) return std::nullopt;
  }
  return call;
}

std::optional<Call> CallFromMember(const Json& item) {
  if (!item.is_object() || item.size() != 1) return std::nullopt;
  const Json& arguments = *item.begin();
  try {
    Json parsed = arguments.is_string() ? ParseJson(arguments.get<std::string>()) : arguments;
    if (!parsed.is_object()) return std::nullopt;
    return Call{item.begin().key(), std::move(parsed)};
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string PythonSource(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return Quoted(value.get_ref<const std::string&>());
  std::string inner;
  for (const auto& [key, item] : value.items()) {
    inner += inner.empty() ? "" : ", ";
    if (value.is_object()) inner += Quoted(key) + ": ";
    if (value.is_structured()) inner += PythonSource(item);
  }
  if (value.is_array()) return "[" + inner + "]";
  return value.is_object() ? "{" + inner + "}" : DumpJson(value);
}

}  // namespace

std::optional<std::vector<Call>> CallsFromText(Language language, std::string_view text) {
  std::string_view body = Trimmed(text);
  if (NestedTooDeep(body)) return std::nullopt;
  if (!body.empty() && body.front() == '[' && ClosingBracket(body, 0) == body.size() - 1) {
    body = body.substr(1, body.size() - 2);
  }
  std::vector<Call> calls;
  for (const std::string& part : SplitTopLevel(body, ',')) {
    auto call = OneCall(language, part);
    if (!call) return std::nullopt;
    calls.push_back(*std::move(call));
  }
  if (calls.empty()) return std::nullopt;
  return calls;
}

std::optional<std::vector<Call>> CallsFromResult(Language language, const Json& result) {
  if (result.is_string()) return CallsFromText(language, result.get_ref<const std::string&>());
  if (!result.is_array() || result.empty()) return std::nullopt;
  std::vector<Call> calls;
  for (const Json& item : result) {
    auto call = CallFromMember(item);
    if (!call) return std::nullopt;
    calls.push_back(*std::move(call));
  }
  return calls;
}

std::string CallsAsText(Language language, const std::vector<Call>& calls) {
  std::string text;
  for (const Call& call : calls) {
    std::string arguments;
    for (const auto& [name, value] : call.arguments.items()) {
      const bool source = language != Language::kPython && value.is_string();
      arguments += (arguments.empty() ? "" : ", ") + name + "=" +
                   (source ? Quoted(value.get_ref<const std::string&>()) : PythonSource(value));
    }
    text += (text.empty() ? "" : ", ") + call.name + "(" + arguments + ")";
  }
  return "[" + text + "]";
}

}  // namespace kedge::suite::bfcl
