#include "guards/change/rules.h"
#include "harness/text/views.h"

namespace kedge::guards {

void CheckLeakage(ChangeContext& context) {
  if (context.evidence.hidden_tasks == nullptr) return;
  for (const AddedText& added : context.added) {
    if (!added.spoken) continue;
    for (const text::View& view : text::MakeViews(added.text)) {
      const auto leak = context.evidence.hidden_tasks->Find(view.text);
      if (!leak) continue;
      // What leaked is not shown: the finding is read by those who may not know it.
      context.Report(kLeakageRule, added.what,
                     "the text repeats a hidden task (" + leak->how + " of " +
                         std::to_string(leak->what.size()) + " bytes, seen as " + view.name +
                         "); a learner may read dev tasks only");
      break;
    }
  }
}

}  // namespace kedge::guards
