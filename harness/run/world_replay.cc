#include "harness/run/world_replay.h"

#include <algorithm>
#include <optional>

#include "harness/core/error.h"

namespace kedge::run {
namespace {

std::optional<std::string> CanonicalText(const std::string& text) {
  try {
    return CanonicalJson(ParseJson(text));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Foreign traces hold what an agent said as the text of a model call; one that goes with a call is
// for the agent itself.
bool IsSaid(const std::vector<trace::Step>& steps, std::size_t index) {
  const trace::Step& step = steps[index];
  if (step.actor != "agent" || step.text.empty()) return false;
  if (step.kind == trace::StepKind::kMessage) return true;
  const bool calls =
      index + 1 < steps.size() && steps[index + 1].kind == trace::StepKind::kToolCall;
  return step.kind == trace::StepKind::kModelCall && !calls;
}

/// Plays one trace.
class Player {
 public:
  Player(const trace::Trace& recorded, world::Session& session, const WorldReplayOptions& options)
      : recorded_(recorded), session_(session), options_(options) {}

  WorldReplay Play() {
    replay_.trace.id = recorded_.id;
    replay_.trace.agent = recorded_.agent;
    replay_.trace.key = recorded_.key;
    session_.Begin(options_.seed, options_.session);
    for (std::size_t i = 0; i < recorded_.steps.size(); ++i) PlayStep(i);
    replay_.difference = session_.difference();
    session_.End();
    return std::move(replay_);
  }

 private:
  void PlayStep(std::size_t index) {
    const trace::Step& step = recorded_.steps[index];
    if (step.kind == trace::StepKind::kToolCall) {
      const std::string* answer = RecordedAnswer(index);
      if (step.actor == "agent" && answer != nullptr) PlayCall(index, *answer);
    } else if (IsSaid(recorded_.steps, index)) {
      trace::Step said = step;
      said.kind = trace::StepKind::kMessage;
      replay_.final_text = said.text;
      replay_.trace.steps.push_back(std::move(said));
    } else if (step.kind == trace::StepKind::kMessage) {
      replay_.trace.steps.push_back(step);
    }
  }

  // Some sources use an id twice, so the answer is the first one after the call.
  const std::string* RecordedAnswer(std::size_t call) const {
    for (std::size_t i = call + 1; i < recorded_.steps.size(); ++i) {
      const trace::Step& step = recorded_.steps[i];
      if (step.kind != trace::StepKind::kObservation) continue;
      if (step.observation.call_id == recorded_.steps[call].call.id) {
        return &step.observation.content;
      }
    }
    return nullptr;
  }

  void PlayCall(std::size_t index, const std::string& recorded) {
    const trace::Step& step = recorded_.steps[index];
    const world::ToolResult result = session_.Call(step.call.name, step.call.arguments);
    ReplayedCall call{index, step.call.name, true, false, recorded, ShownText(result)};
    const auto& apart = options_.apart;
    call.compared = std::find(apart.begin(), apart.end(), call.tool) == apart.end();
    call.agrees = call.compared && SameAnswer(recorded, call.answered);
    replay_.compared += call.compared ? 1 : 0;
    replay_.agreeing += call.agrees ? 1 : 0;
    trace::Step seen;
    seen.kind = trace::StepKind::kObservation;
    seen.actor = "tool";
    seen.observation = {step.call.id, !result.ok, result.error_class, call.answered};
    replay_.trace.steps.push_back(step);
    replay_.trace.steps.push_back(std::move(seen));
    replay_.calls.push_back(std::move(call));
  }

  const trace::Trace& recorded_;
  world::Session& session_;
  const WorldReplayOptions& options_;
  WorldReplay replay_;
};

}  // namespace

std::string ShownText(const world::ToolResult& result) {
  if (!result.ok) return result.message;
  return result.content.is_string() ? result.content.get<std::string>() : DumpJson(result.content);
}

bool SameAnswer(const std::string& left, const std::string& right) {
  if (left == right) return true;
  const std::optional<std::string> canonical = CanonicalText(left);
  return canonical.has_value() && canonical == CanonicalText(right);
}

WorldReplay ReplayOnWorld(const trace::Trace& recorded, world::Session& session,
                          const WorldReplayOptions& options) {
  return Player(recorded, session, options).Play();
}

}  // namespace kedge::run
