#include <algorithm>

#include "guards/change/rules.h"
#include "harness/text/views.h"

namespace kedge::guards {
namespace {

void CheckText(ChangeContext& context, const AddedText& added, const LeakIndex& hidden) {
  for (const text::View& view : text::MakeViews(added.text)) {
    const auto leak = hidden.Find(view.text);
    if (!leak) continue;
    // What leaked is not shown: the finding is read by those who may not know it.
    context.Report(kLeakageRule, added.what,
                   "the text repeats a hidden task (" + leak->how + " of " +
                       std::to_string(leak->what.size()) + " bytes, seen as " + view.name +
                       "); a learner may read dev tasks only");
    return;
  }
}

}  // namespace

void CheckLeakage(ChangeContext& context) {
  const bool speaks = std::any_of(context.added.begin(), context.added.end(),
                                  [](const AddedText& added) { return added.spoken; });
  if (!speaks || !context.evidence.hidden_tasks) return;
  const std::shared_ptr<const LeakIndex> hidden = context.evidence.hidden_tasks();
  for (const AddedText& added : context.added) {
    if (added.spoken) CheckText(context, added, *hidden);
  }
}

}  // namespace kedge::guards
