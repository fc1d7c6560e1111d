#include "harness/suite/bfcl/python_value.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/suite/bfcl/source_text.h"

namespace kedge::suite::bfcl {
namespace {

bool IsNumeric(const Json& value) { return value.is_number() || value.is_boolean(); }

Json AsNumber(const Json& value) {
  return value.is_boolean() ? Json(value.get<bool>() ? 1 : 0) : value;
}

std::optional<Json> ListLiteral(std::string_view inner) {
  Json list = Json::array();
  for (const std::string& part : SplitTopLevel(inner, ',')) {
    if (part.empty()) continue;  // a comma may end the list
    auto item = PythonLiteral(part);
    if (!item) return std::nullopt;
    list.push_back(*std::move(item));
  }
  return list;
}

std::optional<Json> DictLiteral(std::string_view inner) {
  Json dict = Json::object();
  for (const std::string& part : SplitTopLevel(inner, ',')) {
    if (part.empty()) continue;
    const auto pair = SplitTopLevel(part, ':');
    if (pair.size() != 2) return std::nullopt;
    const auto key = PythonLiteral(pair[0]);
    auto value = PythonLiteral(pair[1]);
    if (!key || !key->is_string() || !value) return std::nullopt;
    dict[key->get<std::string>()] = *std::move(value);
  }
  return dict;
}

std::optional<Json> NumberLiteral(std::string_view text) {
  std::string_view digits = text;
  if (digits.front() == '+') digits.remove_prefix(1);
  try {
    Json value = ParseJson(digits);
    if (value.is_number()) return value;
  } catch (const Error&) {
    // Python writes numbers that JSON does not (1. and .5); agents hardly ever do.
  }
  return std::nullopt;
}

}  // namespace

ValueType TypeOf(const Json& value) {
  if (value.is_boolean()) return ValueType::kBool;
  if (value.is_number_float()) return ValueType::kFloat;
  if (value.is_number()) return ValueType::kInt;
  if (value.is_string()) return ValueType::kText;
  if (value.is_array()) return ValueType::kList;
  return value.is_object() ? ValueType::kDict : ValueType::kNone;
}

bool EqualValues(const Json& left, const Json& right) {
  if (IsNumeric(left) && IsNumeric(right)) return AsNumber(left) == AsNumber(right);
  if (left.type() != right.type()) return false;
  if (left.is_array()) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), &EqualValues);
  }
  if (!left.is_object()) return left == right;
  if (left.size() != right.size()) return false;
  return std::all_of(left.items().begin(), left.items().end(), [&](const auto& member) {
    const auto other = right.find(member.key());
    return other != right.end() && EqualValues(member.value(), *other);
  });
}

std::string FoldedText(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (std::string_view(" ,./-_*^").find(c) != std::string_view::npos) continue;
    if (c == '\'') {
      folded += '"';
    } else {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  return folded;
}

Json FoldedValue(const Json& value) {
  return value.is_string() ? Json(FoldedText(value.get_ref<const std::string&>())) : value;
}

std::optional<Json> PythonLiteral(std::string_view source) {
  const std::string text(Trimmed(source));
  if (text.empty() || NestedTooDeep(text)) return std::nullopt;
  if (text == "True") return true;
  if (text == "False") return false;
  if (text == "None") return Json();
  if (const auto quoted = Unquoted(text)) return Json(*quoted);
  const std::string_view inner = std::string_view(text).substr(1, text.size() - 1);
  const bool closed = text.size() >= 2;
  if (closed && text.front() == '[' && text.back() == ']') {
    return ListLiteral(inner.substr(0, inner.size() - 1));
  }
  if (closed && text.front() == '(' && text.back() == ')') {
    return ListLiteral(inner.substr(0, inner.size() - 1));
  }
  if (closed && text.front() == '{' && text.back() == '}') {
    return DictLiteral(inner.substr(0, inner.size() - 1));
  }
  return NumberLiteral(text);
}

}  // namespace kedge::suite::bfcl
