#include <set>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

bool IsGlobal(const strategy::Guideline& guideline, const strategy::Rule& rule) {
  return guideline.scope.empty() && rule.tools.empty() && rule.goals.empty() &&
         rule.errors.empty() && rule.argument.empty() && rule.effect.empty();
}

// What the traces that a guideline names have seen.
struct Seen {
  std::set<std::string> tools;
  std::set<std::string> errors;
  bool complete = true;
};

Seen SeenBy(const strategy::Guideline& guideline, const SourceTraces& traces) {
  Seen seen;
  for (const strategy::GuidelineSource& source : guideline.sources) {
    const SourceTrace* trace = traces.Find(source.trace);
    seen.complete = seen.complete && trace != nullptr;
    if (trace == nullptr) continue;
    seen.tools.insert(trace->tools.begin(), trace->tools.end());
    seen.errors.insert(trace->errors.begin(), trace->errors.end());
  }
  return seen;
}

void CheckAgainstSources(ChangeContext& context, const strategy::Guideline& guideline,
                         const strategy::Rule& rule) {
  const Seen seen = SeenBy(guideline, *context.evidence.source_traces);
  if (!seen.complete) return;  // S11 says so
  for (const std::vector<std::string>* tools : {&rule.tools, &rule.helpers}) {
    for (const std::string& tool : *tools) {
      if (seen.tools.contains(tool)) continue;
      context.Report(kScopeRule, guideline.id,
                     "guideline '" + guideline.id + "' speaks of the tool '" + tool +
                         "', which no trace that it names has called");
      return;
    }
  }
  // A rule that waits for what nobody has met says nothing in any test.
  for (const std::string& error : rule.errors) {
    if (seen.errors.contains(error)) continue;
    context.Report(kScopeRule, guideline.id,
                   "guideline '" + guideline.id + "' speaks of the error '" + error +
                       "', which no trace that it names has met");
    return;
  }
}

}  // namespace

void CheckScope(ChangeContext& context) {
  for (const auto& [guideline, rule] : context.brought()) {
    if (IsGlobal(*guideline, rule)) {
      context.Ask(kScopeRule, guideline->id,
                  "guideline '" + guideline->id +
                      "' speaks everywhere; name the tools, goals or errors that it is about");
    }
    if (context.evidence.source_traces != nullptr) CheckAgainstSources(context, *guideline, rule);
  }
}

}  // namespace kedge::guards
