#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "harness/core/document.h"
#include "harness/core/utf8.h"

namespace kedge {
namespace {

std::string Quoted(std::string_view text) { return "\"" + EscapeControls(Elide(text, 60)) + "\""; }

// `a.b` for plain keys, `a["odd key"]` for others.
std::string MemberPath(const std::string& parent, std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (key.empty() || key.size() > 60 || !std::all_of(key.begin(), key.end(), plain)) {
    return parent + "[" + Quoted(key) + "]";
  }
  return parent.empty() ? std::string(key) : parent + "." + std::string(key);
}

std::string ShortNumber(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

// What a value is, in the words of a message.
std::string Describe(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "nothing (null)";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "text " + Quoted(value.get_ref<const std::string&>());
    case Json::value_t::number_float:
      return ShortNumber(value.get<double>());
    default:
      return value.dump();
  }
}

Error WrongType(const Node& node, std::string_view expected) {
  return node.Fail("expected " + std::string(expected) + ", got " + Describe(node.json()));
}

template <typename Strings>
std::string Listed(const Strings& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

std::string DidYouMean(std::string_view word, std::initializer_list<std::string_view> known) {
  const std::string nearest = NearestWord(word, {known.begin(), known.end()});
  return nearest.empty() ? "" : "; did you mean " + Quoted(nearest) + "?";
}

std::string RangeText(std::string_view noun, bool has_min, const std::string& min, bool has_max,
                      const std::string& max) {
  const std::string text(noun);
  if (has_min && has_max) return text + " from " + min + " to " + max;
  if (has_min) return text + " of at least " + min;
  if (has_max) return text + " of at most " + max;
  return text;
}

// The value as an integer if it is one: 3 and 3.0 are, 3.5 and "3" are not.
std::optional<std::int64_t> AsInteger(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > std::uint64_t{INT64_MAX}) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  constexpr double kExact = 9007199254740992;  // 2^53
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(std::fabs(number) <= kExact) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

Error Node::Fail(std::string message) const {
  return BadData(std::move(message)).At(source_name(), line(), path_);
}

const Node& Node::AllowKeys(std::initializer_list<std::string_view> allowed) const {
  if (!is_object()) throw WrongType(*this, "an object");
  std::optional<std::pair<std::string, Node>> first;  // in the order of the file
  for (const auto& member : Members()) {
    const auto& [key, value] = member;
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    if (!first || value.line() < first->second.line()) first = member;
  }
  if (!first) return *this;
  const std::string hint = DidYouMean(first->first, allowed);
  throw first->second.Fail("unknown field" +
                           (hint.empty() ? "; known are " + Listed(allowed) : hint));
}

bool Node::Has(std::string_view key) const { return Find(key).has_value(); }

std::optional<Node> Node::Find(std::string_view key) const {
  if (!is_object()) throw WrongType(*this, "an object");
  const auto& members = value_->get_ref<const Json::object_t&>();
  const auto found = members.find(key);
  if (found == members.end()) return std::nullopt;
  return Node(data_, &found->second, MemberPath(path_, key));
}

Node Node::operator[](std::string_view key) const {
  std::optional<Node> member = Find(key);
  if (member) return *std::move(member);
  throw BadData("required field is missing").At(source_name(), line(), MemberPath(path_, key));
}

std::vector<Node> Node::Items() const {
  if (!is_array()) throw WrongType(*this, "a list");
  std::vector<Node> items;
  items.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) {
    items.push_back(Node(data_, &(*value_)[i], path_ + "[" + std::to_string(i) + "]"));
  }
  return items;
}

std::vector<std::pair<std::string, Node>> Node::Members() const {
  if (!is_object()) throw WrongType(*this, "an object");
  std::vector<std::pair<std::string, Node>> members;
  members.reserve(value_->size());
  for (const auto& [key, value] : value_->get_ref<const Json::object_t&>()) {
    members.emplace_back(key, Node(data_, &value, MemberPath(path_, key)));
  }
  return members;
}

std::string Node::String() const {
  if (!is_string()) throw WrongType(*this, "text");
  return value_->get<std::string>();
}

std::string Node::NonEmptyString() const {
  std::string text = String();
  if (text.empty()) throw Fail("must not be empty");
  return text;
}

bool Node::Bool() const {
  if (!value_->is_boolean()) throw WrongType(*this, "true or false");
  return value_->get<bool>();
}

std::int64_t Node::Int(std::int64_t min, std::int64_t max) const {
  const std::optional<std::int64_t> number = AsInteger(*value_);
  if (number && *number >= min && *number <= max) return *number;
  throw WrongType(*this, RangeText("a whole number", min != INT64_MIN, std::to_string(min),
                                   max != INT64_MAX, std::to_string(max)));
}

double Node::Number(double min, double max) const {
  const double number =
      value_->is_number() ? value_->get<double>() : std::numeric_limits<double>::quiet_NaN();
  if (number >= min && number <= max) return number;
  throw WrongType(
      *this, RangeText("a number", min > -1e308, ShortNumber(min), max < 1e308, ShortNumber(max)));
}

std::vector<std::string> Node::Strings() const {
  std::vector<std::string> strings;
  for (const Node& item : Items()) strings.push_back(item.String());
  return strings;
}

std::string Node::OneOf(std::initializer_list<std::string_view> allowed) const {
  std::string word = String();
  if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) return word;
  throw Fail("expected one of " + Listed(allowed) + ", got " + Quoted(word) +
             DidYouMean(word, allowed));
}

std::string Node::StringOr(std::string_view key, std::string fallback) const {
  const auto member = Find(key);
  return member ? member->String() : std::move(fallback);
}

bool Node::BoolOr(std::string_view key, bool fallback) const {
  const auto member = Find(key);
  return member ? member->Bool() : fallback;
}

std::int64_t Node::IntOr(std::string_view key, std::int64_t fallback, std::int64_t min,
                         std::int64_t max) const {
  const auto member = Find(key);
  return member ? member->Int(min, max) : fallback;
}

double Node::NumberOr(std::string_view key, double fallback, double min, double max) const {
  const auto member = Find(key);
  return member ? member->Number(min, max) : fallback;
}

std::vector<std::string> Node::StringsOr(std::string_view key) const {
  const auto member = Find(key);
  return member ? member->Strings() : std::vector<std::string>();
}

}  // namespace kedge
