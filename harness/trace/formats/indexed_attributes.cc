#include "harness/trace/formats/indexed_attributes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace kedge::trace {
namespace {

constexpr std::size_t kMaxSegments = 16;

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> segments;
  while (true) {
    const std::size_t dot = path.find('.');
    segments.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return segments;
    path.remove_prefix(dot + 1);
  }
}

// False when a value stands where an object would have to.
bool Place(Json& root, const std::vector<std::string>& segments, Json& value) {
  Json* at = &root;
  for (const std::string& segment : segments) {
    if (at->is_null()) *at = Json::object();
    if (!at->is_object()) return false;
    at = &(*at)[segment];
  }
  if (!at->is_null()) return false;
  *at = std::move(value);
  return true;
}

// Objects whose keys are all numbers become arrays.
void MakeArrays(Json& value) {
  if (!value.is_object() || value.empty()) return;
  for (Json& member : value) MakeArrays(member);
  std::vector<std::pair<int, Json*>> elements;
  for (auto& [key, member] : value.items()) {
    if (!IsNumber(key)) return;
    elements.emplace_back(std::stoi(key), &member);
  }
  std::sort(elements.begin(), elements.end());
  Json array = Json::array();
  for (auto& [index, member] : elements) array.push_back(std::move(*member));
  value = std::move(array);
}

}  // namespace

Json TakeIndexedList(Json& attributes, std::string_view prefix) {
  Json root = Json::object();
  for (auto it = attributes.begin(); it != attributes.end();) {
    const std::string& key = it.key();
    if (!std::string_view(key).starts_with(prefix)) {
      ++it;
      continue;
    }
    const std::vector<std::string> segments = Split(std::string_view(key).substr(prefix.size()));
    const bool taken = segments.size() <= kMaxSegments && IsNumber(segments[0]) &&
                       Place(root, segments, it.value());
    it = taken ? attributes.erase(it) : std::next(it);
  }
  MakeArrays(root);
  return root.is_array() ? root : Json::array();
}

}  // namespace kedge::trace
