#include <algorithm>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

using Guidelines = std::vector<strategy::Guideline>;

std::size_t IndexOf(const Guidelines& guidelines, const std::string& id) {
  const auto found =
      std::find_if(guidelines.begin(), guidelines.end(),
                   [&id](const strategy::Guideline& guideline) { return guideline.id == id; });
  return static_cast<std::size_t>(found - guidelines.begin());
}

}  // namespace

void CheckProtected(ChangeContext& context) {
  const Guidelines& before = context.base.guidelines();
  const Guidelines& after = context.candidate.guidelines();
  for (const std::string& id : context.policy.protected_guidelines) {
    const std::size_t was = IndexOf(before, id);
    const std::size_t is = IndexOf(after, id);
    if (was == before.size()) {
      context.Report(kProtectedRule, id, "the champion has no protected guideline '" + id + "'");
    } else if (is == after.size() || !(before[was] == after[is])) {
      context.Report(kProtectedRule, id,
                     "the protected guideline '" + id + "' was changed or removed");
    } else if (was != is) {
      context.Report(kProtectedRule, id,
                     "the protected guideline '" + id + "' has another rank: was number " +
                         std::to_string(was + 1) + ", is number " + std::to_string(is + 1));
    }
  }
}

}  // namespace kedge::guards
