#include <algorithm>
#include <set>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

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

void Deny(ChangeContext& context, const strategy::Guideline& guideline, const std::string& trace,
          const std::string& why) {
  context.Report(kProvenanceRule, guideline.id,
                 "guideline '" + guideline.id + "' names the trace '" + trace + "', " + why);
}

// What a source says of its trace must be what the trace says of itself.
void CheckSource(ChangeContext& context, const strategy::Guideline& guideline,
                 const strategy::GuidelineSource& source) {
  const SourceTrace* trace = context.evidence.source_traces->Find(source.trace);
  if (trace == nullptr) {
    Deny(context, guideline, source.trace, "which is not among the traces it was learned from");
  } else if (trace->split != "dev") {
    Deny(context, guideline, source.trace,
         "which is of the split '" + trace->split + "'; only dev may be learned from");
  } else if (trace->outcome != source.outcome || trace->family != source.family) {
    Deny(context, guideline, source.trace,
         "whose outcome or family is another: " + trace->outcome + ", " + trace->family);
  } else if (std::any_of(source.steps.begin(), source.steps.end(),
                         [&](int step) { return step < 0 || step >= trace->steps; })) {
    Deny(context, guideline, source.trace,
         "which has no such step; it has " + std::to_string(trace->steps));
  } else if (trace->violated) {
    Deny(context, guideline, source.trace, "in which a guard was broken");
  }
}

// One principal alone could have made up all that a rule rests on.
void CheckPrincipals(ChangeContext& context, const strategy::Guideline& guideline) {
  std::set<std::string> principals;
  bool named = false;
  for (const strategy::GuidelineSource& source : guideline.sources) {
    const SourceTrace* trace = context.evidence.source_traces->Find(source.trace);
    if (trace == nullptr) continue;
    named = named || !trace->principal.empty();
    principals.insert(trace->principal);
  }
  if (!named || principals.size() >= 2) return;
  context.Report(kProvenanceRule, guideline.id,
                 "all traces that guideline '" + guideline.id +
                     "' names are of one principal; at least two are needed");
}

void CheckAgainstTraces(ChangeContext& context, const strategy::Guideline& guideline) {
  for (const strategy::GuidelineSource& source : guideline.sources) {
    CheckSource(context, guideline, source);
  }
  CheckPrincipals(context, guideline);
}

bool IsFromDev(const Json& provenance) { return Member(provenance, "split") == Json("dev"); }

}  // namespace

void CheckProvenance(ChangeContext& context) {
  if (!context.policy.require_provenance) return;
  const std::vector<ParsedGuideline>& learned = context.brought();
  for (const ParsedGuideline& brought : learned) {
    CheckSources(context, *brought.guideline);
    if (context.evidence.source_traces != nullptr) CheckAgainstTraces(context, *brought.guideline);
  }
  if (!learned.empty() && !IsFromDev(context.candidate.provenance())) {
    context.Report(kProvenanceRule, "",
                   "the strategy's provenance must say that its traces are of the split dev "
                   "(`split: dev`)");
  }
  if (!learned.empty() && context.policy.require_source_traces &&
      context.evidence.source_traces == nullptr) {
    context.Report(kProvenanceRule, "",
                   "the traces that the guidelines were learned from are not at hand, and the "
                   "policy wants them checked");
  }
}

}  // namespace kedge::guards
