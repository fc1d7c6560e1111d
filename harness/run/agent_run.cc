#include "harness/run/agent_run.h"

#include <utility>

#include "harness/agent/end_names.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/suite/scorer.h"

namespace kedge::run {
namespace {

constexpr std::size_t kMaxDetailBytes = 500;

agent::EpisodeEnd CrashedEnd(const std::string& what) {
  agent::EpisodeEnd end;
  end.end = agent::kAgentCrashed;
  end.detail = what;
  return end;
}

// Totals as the agent gave them, else what its steps say.
void FillMeters(const agent::EpisodeEnd& end, const std::vector<trace::Step>& steps,
                trace::Outcome& outcome) {
  outcome.input_tokens = end.input_tokens;
  outcome.output_tokens = end.output_tokens;
  outcome.cost = end.cost;
  outcome.has_cost = end.has_cost;
  const bool sum_tokens = end.input_tokens == 0 && end.output_tokens == 0;
  for (const trace::Step& step : steps) {
    if (sum_tokens) {
      outcome.input_tokens += step.input_tokens;
      outcome.output_tokens += step.output_tokens;
    }
    if (!end.has_cost && step.cost) {
      outcome.cost += *step.cost;
      outcome.has_cost = true;
    }
  }
}

void Score(const suite::Suite& suite, std::size_t task_index, const std::string& told,
           world::Session* session, trace::Trace& trace) {
  suite::EpisodeEvidence evidence;
  evidence.trace = &trace;
  evidence.final_text = told;
  if (session != nullptr) evidence.difference = session->difference();
  try {
    suite::Judgement judgement = suite::ScoreEpisode(suite, task_index, evidence);
    trace.outcome->success = judgement.success;
    trace.outcome->score = judgement.score;
    trace.outcome->scores = std::move(judgement.scores);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnavailable) throw;
    trace.outcome->status = trace::EpisodeStatus::kMissing;
    trace.outcome->end = "scorer_unavailable";
    trace.outcome->end_detail = Elide(EscapeControls(error.what()), kMaxDetailBytes);
  }
}

}  // namespace

agent::EpisodeEnd RunAgent(agent::Agent& agent, const agent::EpisodeStart& start, RecordingIo& io) {
  agent::EpisodeEnd end;
  try {
    io.Begin();
    end = agent.Run(start, io);
  } catch (const agent::EpisodeEnded& ended) {
    end.end = ended.end;
    end.detail = ended.detail;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal && !io.defect()) throw;
    end = CrashedEnd(error.what());
  } catch (const std::exception& error) {
    end = CrashedEnd(error.what());
  } catch (...) {
    end = CrashedEnd("an exception of unknown type");
  }
  if (io.defect()) std::rethrow_exception(io.defect());
  if (end.end == agent::kAnswered) io.CheckDeadline();
  if (io.ended()) {
    end.end = io.ended()->end;
    end.detail = io.ended()->detail;
    end.infrastructure = false;
  }
  return end;
}

void FillOutcome(const agent::EpisodeEnd& end, const RecordingIo& io, double seconds,
                 trace::Trace& trace) {
  trace::Outcome& outcome = trace.outcome.emplace();
  outcome.violations = io.violations();
  outcome.shadow_findings = io.shadow_findings();
  outcome.steps = static_cast<std::int64_t>(trace.steps.size());
  outcome.tool_calls = io.tool_calls();
  FillMeters(end, trace.steps, outcome);
  outcome.latency_seconds = seconds;
  outcome.end = end.end;
  outcome.end_detail = Elide(EscapeControls(end.detail), kMaxDetailBytes);
}

void JudgeEpisode(const suite::Suite& suite, std::size_t task_index, const agent::EpisodeEnd& end,
                  const std::string& told, world::Session* session, trace::Trace& trace) {
  trace::Outcome& outcome = *trace.outcome;
  if (end.infrastructure) {
    outcome.status = trace::EpisodeStatus::kMissing;
  } else if (end.end == agent::kAnswered) {
    Score(suite, task_index, told, session, trace);
  } else {
    outcome.scores.push_back({"end", false, 0, "the agent did not finish: " + end.end});
  }
}

}  // namespace kedge::run
