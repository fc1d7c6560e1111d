#include "agent_ref/situation.h"

#include <map>
#include <utility>

#include "agent_ref/seen_rows.h"

namespace kedge::agent_ref {
namespace {

/// What was known in one episode, call by call.
class Knowledge {
 public:
  explicit Knowledge(const EpisodeView& view) : view_(view) {
    for (const CallView& call : view.calls) {
      // Text that is no JSON holds no rows.
      const bool tells = call.ok && !call.explored;
      results_.push_back(tells ? Json::parse(call.result, nullptr, false) : Json());
    }
  }

  // Before a call with these arguments, or another step of the trace; `after`: with its own result.
  Json At(int step, const Json& arguments, bool after) const {
    SeenRows rows;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      if (view_.calls[i].step >= step + (after ? 1 : 0)) break;
      if (results_[i].is_structured()) rows.Add(view_.calls[i].arguments, results_[i]);
    }
    Json own = Json::object();
    if (arguments.is_object()) {
      for (const auto& [name, value] : arguments.items()) {
        if (value.is_primitive() && !value.is_null()) own[name] = value;
      }
    }
    return {{"arguments", std::move(own)}, {"seen", rows.About(arguments)}};
  }

 private:
  const EpisodeView& view_;
  std::vector<Json> results_;  // null: tells nothing
};

// The arguments of the call at a step, or of the one that was refused there; null when it is none.
const Json* ArgumentsAt(const EpisodeView& view, int step) {
  for (const CallView& call : view.calls) {
    if (call.step == step) return &call.arguments;
  }
  for (const RefusalView& refusal : view.refusals) {
    if (refusal.step == step) return &refusal.arguments;
  }
  return nullptr;
}

}  // namespace

Json SituationOf(const EpisodeView& view, std::size_t call, bool after) {
  return Knowledge(view).At(view.calls[call].step, view.calls[call].arguments, after);
}

void NoteSituations(std::vector<Trial>& trials) {
  std::map<const EpisodeView*, Knowledge> known;
  std::map<std::pair<const EpisodeView*, std::pair<int, bool>>, Json> situations;
  for (Trial& trial : trials) {
    if (trial.steps.empty()) continue;
    const bool after = trial.link == Link::kAfter;
    const auto [place, fresh] =
        situations.try_emplace({trial.view, {trial.steps[0], after}}, Json());
    if (fresh) {
      const Json* arguments = ArgumentsAt(*trial.view, trial.steps[0]);
      if (arguments == nullptr) continue;
      const Knowledge& knowledge = known.try_emplace(trial.view, *trial.view).first->second;
      place->second = knowledge.At(trial.steps[0], *arguments, after);
    }
    trial.situation = place->second;
  }
}

}  // namespace kedge::agent_ref
