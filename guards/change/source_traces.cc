#include "guards/change/source_traces.h"

#include "guards/change/words_of.h"
#include "guards/detect/detector.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

std::string OutcomeName(const trace::Trace& trace) {
  if (!trace.outcome || trace.outcome->status != trace::EpisodeStatus::kScored) return "unknown";
  return trace.outcome->success ? "success" : "failure";
}

bool Violated(const trace::Trace& trace) {
  if (!trace.outcome) return false;
  for (const auto& [guard, attempts] : trace.outcome->violations) {
    if (attempts > 0) return true;
  }
  return false;
}

}  // namespace

SourceTraces::SourceTraces(std::set<std::string> untrusted_tools)
    : untrusted_tools_(std::move(untrusted_tools)) {}

bool SourceTraces::IsUntrusted(const std::string& tool, const std::string& content) const {
  static const std::shared_ptr<const DetectorPack> kInjection = DetectorPack::Find("injection/v1");
  return untrusted_tools_.contains(tool) || kInjection->Matches(content);
}

void SourceTraces::Add(const trace::Trace& trace) {
  SourceTrace source;
  source.split = trace.split;
  source.family = trace.key.family;
  source.principal = trace.principal;
  source.outcome = OutcomeName(trace);
  source.steps = static_cast<int>(trace.steps.size());
  source.violated = Violated(trace);
  std::map<std::string, std::string> tool_of_call;
  for (int i = 0; i < source.steps; ++i) {
    const trace::Step& step = trace.steps[static_cast<std::size_t>(i)];
    if (step.kind == trace::StepKind::kToolCall) {
      source.tools.insert(step.call.name);
      tool_of_call[step.call.id] = step.call.name;
    }
    if (step.kind != trace::StepKind::kObservation) continue;
    if (step.observation.is_error) source.errors.insert(step.observation.error_class);
    const std::string& content = step.observation.content;
    if (!IsUntrusted(tool_of_call[step.observation.call_id], content)) continue;
    if (source.first_untrusted < 0) source.first_untrusted = i;
    ForEachPhrase(WordsOf(content), kOverlapWords,
                  [this](const std::string& phrase) { untrusted_phrases_.insert(phrase); });
  }
  if (!traces_.emplace(trace.id, std::move(source)).second) {
    throw BadData("the trace '" + trace.id + "' comes twice among the source traces");
  }
}

const SourceTrace* SourceTraces::Find(const std::string& id) const {
  const auto found = traces_.find(id);
  return found == traces_.end() ? nullptr : &found->second;
}

bool SourceTraces::RepeatsUntrusted(std::string_view text) const {
  bool repeats = false;
  ForEachPhrase(WordsOf(text), kOverlapWords, [&](const std::string& phrase) {
    repeats = repeats || untrusted_phrases_.contains(phrase);
  });
  return repeats;
}

}  // namespace kedge::guards
