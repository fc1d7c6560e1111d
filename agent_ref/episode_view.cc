#include "agent_ref/episode_view.h"

#include <string_view>
#include <utility>

#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

// The observation of the call at `index`: by id, or the next one before any other call.
const trace::Observation* ObservationOf(const std::vector<trace::Step>& steps, std::size_t index) {
  const std::string& id = steps[index].call.id;
  for (std::size_t i = index + 1; i < steps.size(); ++i) {
    const trace::Step& step = steps[i];
    if (step.kind == trace::StepKind::kToolCall && id.empty()) return nullptr;
    if (step.kind != trace::StepKind::kObservation) continue;
    if (id.empty() || step.observation.call_id == id) return &step.observation;
  }
  return nullptr;
}

/// A tool that a decision says will be called ("call NAME", "call NAME instead"), or no name.
struct Picked {
  std::string tool;
  bool instead = false;
};

Picked Called(const trace::Decision& decision) {
  constexpr std::string_view kCall = "call ";
  constexpr std::string_view kInstead = " instead";
  if (decision.chosen.rfind(kCall, 0) != 0) return {};
  std::string tool = decision.chosen.substr(kCall.size());
  const bool instead = tool.ends_with(kInstead);
  if (instead) tool.resize(tool.size() - kInstead.size());
  return {std::move(tool), instead};
}

// The argument that a decision gives another value, or empty.
std::string Varied(const trace::Decision& decision) {
  const bool gives = decision.point == "explore" || decision.point == "retry";
  return gives ? ArgumentSet(decision.chosen) : std::string();
}

// What decisions say about the next call of a tool: that an argument comes from elsewhere.
class TakenSources {
 public:
  void Note(const trace::Decision& decision) {
    if (decision.point != "explore" && decision.point != "retry") return;
    if (IsKept(decision.chosen)) taken_.reset();
    if (auto taken = TakenIn(decision.chosen)) taken_ = std::move(taken);
  }
  // The call that the last decision was about; it may have taken others to find the value.
  void Apply(CallView& call) {
    if (!taken_ || taken_->tool != call.tool) return;
    call.varied = taken_->argument;
    call.source = taken_->source;
  }
  void Forget(const std::string& tool) {
    if (taken_ && taken_->tool == tool) taken_.reset();
  }

 private:
  std::optional<TakenFrom> taken_;
};

}  // namespace

std::string ValueText(const CallView& call, const std::string& argument) {
  if (!call.arguments.is_object()) return "";
  const auto value = call.arguments.find(argument);
  return value == call.arguments.end() ? std::string() : CanonicalJson(*value);
}

EpisodeView ViewOf(const trace::Trace& trace) {
  EpisodeView view;
  view.id = trace.id;
  view.family = trace.key.family;
  view.task = trace.key.task_id;
  view.principal = trace.principal;
  if (trace.outcome && trace.outcome->status == trace::EpisodeStatus::kScored) {
    view.success = trace.outcome->success;
  }
  // A tool that exploration picked is called as soon as its arguments are found, which may take
  // other calls and questions.
  Picked picked;
  std::string varied;
  TakenSources sources;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    if (step.kind == trace::StepKind::kDecision) {
      view.logs_decisions = true;
      if (step.decision.point == "tool") view.chosen_tools.insert(step.decision.chosen);
      if (step.decision.point == "explore") picked = Called(step.decision);
      sources.Note(step.decision);
      if (std::string argument = Varied(step.decision); !argument.empty()) {
        varied = std::move(argument);
      }
    }
    if (step.kind != trace::StepKind::kToolCall) continue;
    const bool explored = step.call.name == picked.tool;
    const bool instead = explored && picked.instead;
    if (explored) picked = {};
    const std::string set = std::move(varied);
    varied.clear();
    const trace::Observation* observation = ObservationOf(trace.steps, i);
    if (observation != nullptr) {
      view.calls.push_back({step.call.name, step.call.arguments, !observation->is_error,
                            observation->error_class, static_cast<int>(i), explored,
                            observation->is_error ? std::string() : observation->content, set});
      view.calls.back().instead = instead;
      sources.Apply(view.calls.back());
    }
    sources.Forget(step.call.name);
  }
  return view;
}

Json ToJson(const EpisodeView& view) {
  Json calls = Json::array();
  for (const CallView& call : view.calls) {
    calls.push_back({call.tool, call.arguments, call.ok, call.error_class, call.result, call.step,
                     call.explored, call.varied});
    if (!call.source.empty()) calls.back().push_back(call.source);
    if (call.instead) calls.back().push_back("instead");
  }
  Json json = {{"id", view.id},
               {"family", view.family},
               {"task", view.task},
               {"principal", view.principal},
               {"calls", std::move(calls)},
               {"chosen_tools", view.chosen_tools}};
  if (view.success) json["success"] = *view.success;
  return json;
}

}  // namespace kedge::agent_ref
