#include <algorithm>

#include "guards/change/rules.h"

namespace kedge::guards {

bool BringsGuideline(const strategy::Change& change) {
  return change.layer == "guidelines" && (change.kind == "add" || change.kind == "revise");
}

bool Contains(const Json& list, const Json& value) {
  return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
}

const Json& Member(const Json& object, const char* name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

}  // namespace kedge::guards
