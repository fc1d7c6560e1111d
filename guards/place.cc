#include "guards/place.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

std::string Unescaped(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool escape = segment[i] == '~' && i + 1 < segment.size();
    out += !escape ? segment[i] : segment[++i] == '1' ? '/' : '~';
  }
  return out;
}

void AddLeaves(const Json& value, const std::string& pointer, std::vector<Leaf>& out) {
  if (value.is_structured()) {
    std::size_t index = 0;
    for (auto member = value.begin(); member != value.end(); ++member, ++index) {
      const std::string token = value.is_object() ? member.key() : std::to_string(index);
      AddLeaves(*member, text::AppendPointer(pointer, token), out);
    }
    return;
  }
  Leaf leaf{pointer, "", value.is_string() || value.is_number(), value.is_null()};
  if (value.is_string()) leaf.text = value.get_ref<const std::string&>();
  if (value.is_number()) leaf.text = CanonicalJson(value);
  out.push_back(std::move(leaf));
}

}  // namespace

Place Place::Read(const Node& node, std::string_view text) {
  if (!text::IsJsonPointer(text)) {
    throw node.Fail("expected a JSON Pointer such as /order_id or /items/*/id, got '" +
                    std::string(text) + "'");
  }
  Place place;
  place.text_ = text == "/" ? std::string_view() : text;
  std::string_view rest = place.text_;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('/'), rest.size());
    place.segments_.push_back(Unescaped(rest.substr(0, end)));
    rest.remove_prefix(end);
  }
  return place;
}

bool Place::has_star() const {
  return std::find(segments_.begin(), segments_.end(), "*") != segments_.end();
}

bool Place::Select(const Json& value, std::vector<Placed>& out) const {
  std::string pointer;
  return Walk(value, 0, pointer, out);
}

bool Place::Walk(const Json& value, std::size_t at, std::string& pointer,
                 std::vector<Placed>& out) const {
  if (at == segments_.size()) {
    out.push_back({pointer, &value});
    return true;
  }
  const std::size_t length = pointer.size();
  const std::string& segment = segments_[at];
  const auto step = [&](const std::string& token, const Json& child) {
    pointer = text::AppendPointer(pointer, token);
    const bool complete = Walk(child, at + 1, pointer, out);
    pointer.resize(length);
    return complete;
  };
  if (segment != "*") {
    const Json* child = text::ResolvePointer(value, text::AppendPointer("", segment));
    return child != nullptr && step(segment, *child);
  }
  if (!value.is_structured()) return false;
  bool complete = true;
  std::size_t index = 0;
  for (auto member = value.begin(); member != value.end(); ++member, ++index) {
    complete &= step(value.is_object() ? member.key() : std::to_string(index), *member);
  }
  return complete;
}

bool Place::Covers(const std::vector<std::string>& segments) const {
  if (segments.size() < segments_.size()) return false;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i] != "*" && segments_[i] != segments[i]) return false;
  }
  return true;
}

std::vector<Leaf> LeavesOf(const Json& value, const std::string& pointer) {
  std::vector<Leaf> out;
  AddLeaves(value, pointer, out);
  return out;
}

}  // namespace kedge::guards
