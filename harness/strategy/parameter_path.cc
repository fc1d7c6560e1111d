#include "harness/strategy/parameter_path.h"

#include <algorithm>
#include <set>

#include "harness/core/error.h"

namespace kedge::strategy {
namespace {

std::string Unescape(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '~') {
      text += segment[i];
      continue;
    }
    const char next = i + 1 < segment.size() ? segment[++i] : ' ';
    if (next != '0' && next != '1') throw BadData("a `~` in a path is written `~0`");
    text += next == '0' ? '~' : '/';
  }
  return text;
}

Json* FindElement(Json& list, const std::string& id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Json& item) { return item["id"] == id; });
  return found == list.end() ? nullptr : &*found;
}

// The child that `segment` names; made when it is a missing member of an object.
Json& Descend(Json& value, const std::string& segment) {
  if (value.is_object()) {
    const auto member = value.find(segment);
    return member != value.end() ? *member : (value[segment] = Json::object());
  }
  if (!IsKeyedList(value)) throw BadData("\"" + segment + "\" is below a value that has no parts");
  Json* element = FindElement(value, segment);
  if (element == nullptr) throw BadData("there is no element with id \"" + segment + "\"");
  return *element;
}

}  // namespace

ParameterPath ParseParameterPath(std::string_view text) {
  ParameterPath path;
  while (true) {
    const std::size_t slash = text.find('/');
    path.push_back(Unescape(text.substr(0, slash)));
    if (path.back().empty()) throw BadData("a path has no empty parts");
    if (slash == std::string_view::npos) return path;
    text.remove_prefix(slash + 1);
  }
}

std::string AppendSegment(const std::string& path, std::string_view segment) {
  std::string text = path + "/";
  for (const char c : segment) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return text;
}

bool IsKeyedList(const Json& value) {
  if (!value.is_array() || value.empty()) return false;
  std::set<std::string> ids;
  return std::all_of(value.begin(), value.end(), [&](const Json& item) {
    if (!item.is_object()) return false;
    const auto id = item.find("id");
    return id != item.end() && id->is_string() && !id->get_ref<const std::string&>().empty() &&
           ids.insert(id->get<std::string>()).second;
  });
}

void SetParameter(Json& root, const ParameterPath& path, const Json& value) {
  Json* place = &root;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) place = &Descend(*place, path[i]);
  const std::string& last = path.back();
  if (!place->is_object()) {
    if (value.is_null()) throw BadData("elements of a list are not removed; set the whole list");
    Descend(*place, last) = value;
  } else if (value.is_null()) {
    if (place->erase(last) == 0) throw BadData("there is no \"" + last + "\" to remove");
  } else {
    (*place)[last] = value;
  }
}

}  // namespace kedge::strategy
