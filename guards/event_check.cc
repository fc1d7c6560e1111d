#include "guards/event_check.h"

#include <cmath>

#include "guards/event_view.h"
#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
constexpr int kMaxDepth = 64;
constexpr std::size_t kBytesPerValue = 8;  // what a number or a bracket counts for

class Walk {
 public:
  // The code of the first fault, or empty.
  std::string_view Text(const std::string& text) {
    bytes_ += text.size();
    if (bytes_ > kMaxBytes) return "too_large";
    return IsValidUtf8(text) ? "" : "bad_utf8";
  }

  std::string_view Value(const Json& value, int depth) {
    bytes_ += kBytesPerValue;
    if (bytes_ > kMaxBytes) return "too_large";
    switch (value.type()) {
      case Json::value_t::string:
        return Text(value.get_ref<const std::string&>());
      case Json::value_t::number_float:
        return std::isfinite(value.get<double>()) ? "" : "bad_number";
      case Json::value_t::array:
      case Json::value_t::object:
        return depth < kMaxDepth ? Members(value, depth) : "too_deep";
      case Json::value_t::binary:
      case Json::value_t::discarded:
        return "bad_arguments";
      default:
        return "";
    }
  }

 private:
  std::string_view Members(const Json& value, int depth) {
    for (auto member = value.begin(); member != value.end(); ++member) {
      std::string_view code = value.is_object() ? Text(member.key()) : "";
      if (code.empty()) code = Value(*member, depth + 1);
      if (!code.empty()) return code;
    }
    return "";
  }

  std::size_t bytes_ = 0;
};

std::string Explain(std::string_view code) {
  if (code == "too_large") return "more than 4 MiB of text";
  if (code == "too_deep") return "values nested deeper than 64";
  if (code == "bad_utf8") return "text that is not UTF-8";
  if (code == "bad_number") return "a number that is not finite";
  return "arguments must be a JSON object";
}

}  // namespace

std::optional<EventFault> FindFault(const Event& event, bool with_result) {
  Walk walk;
  std::string_view code = walk.Text(event.text);
  if (HasArguments(event.type)) {
    if (code.empty()) code = walk.Text(event.tool);
    const bool object = event.arguments.is_object() || event.arguments.is_null();
    if (code.empty() && !object) code = "bad_arguments";
    if (code.empty()) code = walk.Value(event.arguments, 0);
  }
  if (with_result && event.type == EventType::kToolResult && code.empty()) {
    code = walk.Value(event.result, 0);
    if (code == "bad_arguments") return EventFault{"bad_result", "the result is no JSON value"};
  }
  if (code.empty()) return std::nullopt;
  return EventFault{code, Explain(code)};
}

}  // namespace kedge::guards
