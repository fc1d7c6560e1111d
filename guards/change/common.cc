#include <algorithm>

#include "guards/change/rules.h"
#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kShownBytes = 60;

}  // namespace

bool BringsGuideline(const strategy::Change& change) {
  return change.layer == "guidelines" && (change.kind == "add" || change.kind == "revise");
}

std::vector<const strategy::Guideline*> BroughtGuidelines(const ChangeContext& context) {
  std::vector<const strategy::Guideline*> brought;
  const auto& guidelines = context.candidate.guidelines();
  for (const strategy::Change& change : context.changes) {
    if (!BringsGuideline(change)) continue;
    const auto found = std::find_if(guidelines.begin(), guidelines.end(),
                                    [&](const auto& one) { return one.id == change.what; });
    if (found != guidelines.end() && found->status == "active") brought.push_back(&*found);
  }
  return brought;
}

std::string Elided(const std::string& text) { return EscapeControls(Elide(text, kShownBytes)); }

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
