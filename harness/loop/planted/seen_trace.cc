#include "harness/loop/planted/seen_trace.h"

#include "harness/loop/trace_archive.h"

namespace kedge::loop {

SeenTrace See(const trace::Trace& trace) {
  SeenTrace seen;
  seen.id = trace.id;
  seen.family = trace.key.family;
  seen.principal = trace.principal;
  const bool scored = trace.outcome && trace.outcome->status == trace::EpisodeStatus::kScored;
  seen.outcome = !scored ? "unknown" : trace.outcome->success ? "success" : "failure";
  std::map<std::string, std::string> tool_of_call;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    if (step.kind == trace::StepKind::kToolCall) {
      seen.calls.try_emplace(step.call.name, static_cast<int>(i));
      tool_of_call[step.call.id] = step.call.name;
    } else if (step.kind == trace::StepKind::kObservation && step.observation.is_error) {
      seen.errors.emplace(tool_of_call[step.observation.call_id], step.observation.error_class);
    }
  }
  return seen;
}

std::vector<SeenTrace> SeeArchives(const std::vector<std::string>& files) {
  std::vector<SeenTrace> seen;
  for (const std::string& file : files) {
    ReadArchive(file, [&](trace::Trace&& trace) { seen.push_back(See(trace)); });
  }
  return seen;
}

}  // namespace kedge::loop
