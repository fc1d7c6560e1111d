#include <algorithm>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

// Whether a stranger could have had a hand in what the guideline quotes.
bool IsTainted(const strategy::GuidelineSource& source, const SourceTraces& traces) {
  if (source.trust != "trusted") return true;
  const SourceTrace* trace = traces.Find(source.trace);
  if (trace == nullptr || trace->first_untrusted < 0) return false;
  return source.steps.empty() ||
         *std::max_element(source.steps.begin(), source.steps.end()) >= trace->first_untrusted;
}

}  // namespace

void CheckTaint(ChangeContext& context) {
  if (context.evidence.source_traces == nullptr) return;
  const SourceTraces& traces = *context.evidence.source_traces;
  for (const AddedText& added : context.added) {
    if (!added.spoken || !traces.RepeatsUntrusted(added.text)) continue;
    context.Report(kTaintRule, added.what,
                   "the text repeats " + std::to_string(SourceTraces::kOverlapWords) +
                       " words of an untrusted tool result: \"" + Elided(added.text) + "\"");
  }
  for (const ParsedGuideline& brought : context.brought()) {
    const auto& sources = brought.guideline->sources;
    const bool tainted = !sources.empty() &&
                         std::all_of(sources.begin(), sources.end(),
                                     [&](const auto& source) { return IsTainted(source, traces); });
    if (!tainted) continue;
    context.Report(kTaintRule, brought.guideline->id,
                   "every trace that guideline '" + brought.guideline->id +
                       "' names had a stranger's text before the quoted steps");
  }
}

}  // namespace kedge::guards
