#include <algorithm>
#include <set>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

const strategy::Guideline* Find(const strategy::Strategy& strategy, const std::string& id) {
  for (const strategy::Guideline& guideline : strategy.guidelines()) {
    if (guideline.id == id) return &guideline;
  }
  return nullptr;
}

bool IsComplete(const strategy::GuidelineSource& source) {
  return !source.trace.empty() && !source.steps.empty() && source.trust == "trusted";
}

void CheckSources(ChangeContext& context, const strategy::Guideline& guideline) {
  std::set<std::string> named;
  std::set<std::string> complete;
  for (const strategy::GuidelineSource& source : guideline.sources) {
    named.insert(source.trace);
    if (IsComplete(source)) complete.insert(source.trace);
  }
  const auto count = static_cast<std::int64_t>(complete.size());
  if (count < context.policy.min_traces) {
    context.Report(kProvenanceRule, guideline.id,
                   "guideline '" + guideline.id + "' names " + std::to_string(count) +
                       " trusted traces with steps; at least " +
                       std::to_string(context.policy.min_traces) + " are needed");
  }
  if (guideline.support > static_cast<std::int64_t>(named.size())) {
    context.Report(kProvenanceRule, guideline.id,
                   "guideline '" + guideline.id + "' claims a support of " +
                       std::to_string(guideline.support) + " but names " +
                       std::to_string(named.size()) + " traces");
  }
}

bool IsFromDev(const Json& provenance) { return Member(provenance, "split") == Json("dev"); }

}  // namespace

void CheckProvenance(ChangeContext& context) {
  if (!context.policy.require_provenance) return;
  bool learned = false;
  for (const strategy::Change& change : context.changes) {
    if (!BringsGuideline(change)) continue;
    const strategy::Guideline* guideline = Find(context.candidate, change.what);
    if (guideline == nullptr || guideline->status != "active") continue;
    learned = true;
    CheckSources(context, *guideline);
  }
  if (learned && !IsFromDev(context.candidate.provenance())) {
    context.Report(kProvenanceRule, "",
                   "the strategy's provenance must say that its traces are of the split dev "
                   "(`split: dev`)");
  }
}

}  // namespace kedge::guards
