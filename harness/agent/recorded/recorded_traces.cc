#include "harness/agent/recorded/recorded_traces.h"

#include <utility>

#include "harness/trace/formats/agentdojo.h"

namespace kedge::agent {
namespace {

std::string VersionOf(const Json& extra) {
  if (!extra.is_object()) return {};
  const auto it = extra.find(trace::kTaskVersion);
  return it != extra.end() && it->is_string() ? it->get<std::string>() : std::string();
}

RecordedRun RunOf(trace::Trace&& trace, const std::string& path) {
  const auto bad = [&](const char* field, const char* message) {
    return std::move(BadData("trace \"" + trace.id + "\": " + message).At(path, 0, field));
  };
  if (trace.key.task_id.empty()) throw bad("task_id", "is missing");
  if (!trace.outcome) throw bad("outcome", "is missing; only scored traces can be compared");
  RecordedRun run;
  run.task_version = VersionOf(trace.extra);
  run.record.key = std::move(trace.key);
  run.record.subject = trace.strategy.empty() ? std::move(trace.agent) : std::move(trace.strategy);
  run.record.outcome = std::move(*trace.outcome);
  run.record.inclusion_probability = trace.inclusion_probability;
  return run;
}

}  // namespace

std::vector<RecordedRun> ReadTraceOutcomes(const std::string& path,
                                           const trace::ReadOptions& options) {
  std::vector<RecordedRun> runs;
  const trace::ReadReport report =
      trace::ReadTraces(path, options, [&runs, &path](trace::Trace&& trace) {
        if (trace.key.family == trace::kInjectionAsUser) return;
        runs.push_back(RunOf(std::move(trace), path));
      });
  if (report.bad > 0) {
    Error first = report.errors.front();
    if (report.bad > 1) {
      first.AddContext(std::to_string(report.bad) + " broken records, the first");
    }
    throw first;
  }
  return runs;
}

}  // namespace kedge::agent
