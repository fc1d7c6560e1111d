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

  Json At(std::size_t index, bool after) const {
    const Json& arguments = view_.calls[index].arguments;
    SeenRows rows;
    for (std::size_t i = 0; i < index + (after ? 1 : 0); ++i) {
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

}  // namespace

Json SituationOf(const EpisodeView& view, std::size_t call, bool after) {
  return Knowledge(view).At(call, after);
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
      const auto& calls = trial.view->calls;
      std::size_t index = 0;
      while (index < calls.size() && calls[index].step != trial.steps[0]) ++index;
      if (index == calls.size()) continue;
      const Knowledge& knowledge = known.try_emplace(trial.view, *trial.view).first->second;
      place->second = knowledge.At(index, after);
    }
    trial.situation = place->second;
  }
}

}  // namespace kedge::agent_ref
