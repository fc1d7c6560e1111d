#include "harness/loop/trace_witness.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "harness/core/random.h"
#include "harness/run/world_replay.h"
#include "harness/suite/scorer.h"

namespace kedge::loop {
namespace {

const std::string* FirstUserWords(const trace::Trace& trace) {
  const auto said =
      std::find_if(trace.steps.begin(), trace.steps.end(), [](const trace::Step& step) {
        return step.kind == trace::StepKind::kMessage && step.actor == "user";
      });
  return said == trace.steps.end() ? nullptr : &said->text;
}

// Whether both say the same of each call: that it went well, or the class of its error.
bool SameErrors(const trace::Trace& recorded, const trace::Trace& replayed) {
  std::map<std::string, std::pair<bool, std::string>> errors;
  for (const trace::Step& step : replayed.steps) {
    if (step.kind != trace::StepKind::kObservation) continue;
    errors[step.observation.call_id] = {step.observation.is_error, step.observation.error_class};
  }
  return std::all_of(recorded.steps.begin(), recorded.steps.end(), [&](const trace::Step& step) {
    if (step.kind != trace::StepKind::kObservation) return true;
    const auto found = errors.find(step.observation.call_id);
    return found != errors.end() &&
           found->second == std::pair(step.observation.is_error, step.observation.error_class);
  });
}

}  // namespace

std::string_view ToString(TraceDoubt doubt) {
  switch (doubt) {
    case TraceDoubt::kNone:
      return "none";
    case TraceDoubt::kTask:
      return "task";
    case TraceDoubt::kWords:
      return "words";
    case TraceDoubt::kAnswers:
      return "answers";
    case TraceDoubt::kOutcome:
      return "outcome";
  }
  return "";
}

TraceWitness::TraceWitness(std::shared_ptr<const suite::Suite> suite)
    : suite_(std::move(suite)), session_(suite_->world()) {}

TraceDoubt TraceWitness::Examine(const trace::Trace& trace) {
  const auto task = suite_->FindTask(trace.key.task_id);
  if (!task || suite_->tasks()[*task].family != trace.key.family) return TraceDoubt::kTask;
  const std::string* words = FirstUserWords(trace);
  if (words == nullptr || *words != suite_->tasks()[*task].instruction) return TraceDoubt::kWords;
  run::WorldReplayOptions options;
  options.seed = DeriveSeed(trace.seed, "world");
  options.session = {true, true};
  const run::WorldReplay replay = run::ReplayOnWorld(trace, session_, options);
  if (replay.agreeing != replay.compared || !SameErrors(trace, replay.trace)) {
    return TraceDoubt::kAnswers;
  }
  if (!trace.outcome || trace.outcome->status != trace::EpisodeStatus::kScored) {
    return TraceDoubt::kNone;
  }
  const suite::Judgement judgement =
      suite::ScoreEpisode(*suite_, *task, {&trace, replay.final_text, replay.difference});
  const bool answered = trace.outcome->end == "answered";
  return (judgement.success && answered) == trace.outcome->success ? TraceDoubt::kNone
                                                                   : TraceDoubt::kOutcome;
}

}  // namespace kedge::loop
