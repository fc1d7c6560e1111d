#include "harness/suite/oracle.h"

namespace kedge::suite {
namespace {

constexpr int kMaxTries = 50;  // at the highest transient rate, 0.5, all fail once in 1e15

world::ToolResult CallPatiently(world::Session& session, const ExpectedCall& call) {
  const std::string& transient = session.world().transient_error_class();
  world::ToolResult result = session.Call(call.tool, call.arguments);
  for (int tries = 1; tries < kMaxTries && result.error_class == transient; ++tries) {
    result = session.Call(call.tool, call.arguments);
  }
  return result;
}

void Record(const ExpectedCall& call, const world::ToolResult& result, trace::Trace& trace) {
  trace::Step asked;
  asked.kind = trace::StepKind::kToolCall;
  asked.actor = "agent";
  asked.call = {"call-" + std::to_string(trace.steps.size() / 2 + 1), call.tool, call.arguments};
  trace::Step seen;
  seen.kind = trace::StepKind::kObservation;
  seen.actor = "tool";
  seen.observation = {asked.call.id, !result.ok, result.error_class,
                      result.ok ? DumpJson(result.content) : result.message};
  trace.steps.push_back(std::move(asked));
  trace.steps.push_back(std::move(seen));
}

std::string FinalText(const Task& task) {
  if (!task.answer.empty()) return task.answer;
  std::string text;
  for (const std::string& part : task.tell) text += (text.empty() ? "" : "\n") + part;
  return text;
}

}  // namespace

OracleRun RunOracle(const Suite& suite, std::size_t task_index, world::Session* session,
                    std::uint64_t seed) {
  const Task& task = suite.tasks()[task_index];
  OracleRun run;
  EpisodeEvidence evidence;
  if (session != nullptr) {
    session->Begin(seed);
    for (const ExpectedCall& call : task.solution.empty() ? task.expected_calls : task.solution) {
      Record(call, CallPatiently(*session, call), run.trace);
    }
    evidence.difference = session->difference();
    session->End();
  }
  evidence.trace = &run.trace;
  evidence.final_text = FinalText(task);
  run.judgement = ScoreEpisode(suite, task_index, evidence);
  return run;
}

}  // namespace kedge::suite
