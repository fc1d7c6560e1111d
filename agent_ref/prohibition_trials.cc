#include "agent_ref/prohibition_trials.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace kedge::agent_ref {
namespace {

bool IsCallForAGoal(const CallView& call, const std::string& tool) {
  return call.tool == tool && !call.explored;
}

// Index of the tool's first call for a goal; the number of calls when there is none.
std::size_t FirstCallForAGoal(const EpisodeView& view, const std::string& tool) {
  const auto& calls = view.calls;
  return static_cast<std::size_t>(
      std::find_if(calls.begin(), calls.end(),
                   [&](const CallView& call) { return IsCallForAGoal(call, tool); }) -
      calls.begin());
}

bool IsChosen(const EpisodeView& view, const std::string& tool) {
  return view.chosen_tools.empty() || view.chosen_tools.count(tool) != 0;
}

Trial TrialOf(Link link, const std::string& tool, const EpisodeView& view, int step) {
  Trial trial;
  trial.link = link;
  trial.tool = tool;
  trial.view = &view;
  trial.steps = {step};
  return trial;
}

// A call without arguments is about everything.
bool IsAboutTheSame(const Json& helper, const Json& tool) {
  if (!helper.is_object() || !tool.is_object() || helper.empty()) return true;
  for (const auto& [name, value] : helper.items()) {
    const auto own = tool.find(name);
    if (own != tool.end() && *own == value) return true;
  }
  return false;
}

bool WasAsked(const EpisodeView& view, const Trial& trial, const CallView& call) {
  return std::any_of(view.asked.begin(), view.asked.end(), [&](const AskedView& asked) {
    return asked.tool == trial.tool && asked.helper == call.tool && asked.step < call.step &&
           asked.answer == AskedView::Answer::kCalled;
  });
}

// Helpers among calls [from, to) about the same thing as the call at `own`.
void NoteHarmful(const EpisodeView& view, std::size_t own, std::size_t from, std::size_t to,
                 Trial& trial) {
  for (std::size_t i = from; i < to; ++i) {
    const CallView& call = view.calls[i];
    if (call.tool == trial.tool || view.chosen_tools.count(call.tool) != 0) continue;
    if (!IsAboutTheSame(call.arguments, view.calls[own].arguments)) continue;
    const bool sent = !view.logs_decisions || call.explored || WasAsked(view, trial, call);
    if (!call.ok || !sent) {
      trial.unclear.insert(call.tool);
      continue;
    }
    trial.helpers.insert(call.tool);
    trial.helper_steps[call.tool] = call.step;
    trial.closest = call.tool;
  }
}

// What rules asked for around the tool up to a step, called or left out by chance.
void NoteAsked(const EpisodeView& view, int before, Trial& trial) {
  for (const AskedView& asked : view.asked) {
    if (asked.tool != trial.tool || asked.step >= before) continue;
    trial.asked.insert(asked.helper);
    const bool missed =
        asked.answer == AskedView::Answer::kCalled && trial.helpers.count(asked.helper) == 0;
    if (missed || asked.answer == AskedView::Answer::kKeptAway) trial.unclear.insert(asked.helper);
  }
}

Trial BlocksTrial(const EpisodeView& view, const std::string& tool, std::size_t first,
                  bool worked) {
  Trial trial = TrialOf(Link::kBlocks, tool, view, view.calls[first].step);
  trial.good = !worked;
  NoteHarmful(view, first, 0, first, trial);
  NoteAsked(view, view.calls[first].step, trial);
  return trial;
}

Trial SpoilsTrial(const EpisodeView& view, const std::string& tool, std::size_t first,
                  std::size_t last) {
  Trial trial = TrialOf(Link::kHarms, tool, view, view.calls[first].step);
  trial.good = !*view.success;
  NoteHarmful(view, first, 0, first, trial);
  NoteHarmful(view, first, last + 1, view.calls.size(), trial);
  // What came on account of an error goes with the error.
  for (std::size_t i = first; i < last; ++i) trial.unclear.insert(view.calls[i].tool);
  NoteAsked(view, std::numeric_limits<int>::max(), trial);
  return trial;
}

}  // namespace

std::vector<Trial> RefusalTrials(const std::vector<const EpisodeView*>& views,
                                 const std::set<std::string>& tools) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    if (!view->success || view->refusals.size() > 1) continue;
    const RefusalView* refusal = view->refusals.empty() ? nullptr : view->refusals.data();
    for (const std::string& tool : tools) {
      const std::size_t first = FirstCallForAGoal(*view, tool);
      const bool called = first < view->calls.size();
      const bool refused = refusal != nullptr && refusal->tool == tool;
      if (!IsChosen(*view, tool) || called == refused || (refusal != nullptr && !refused)) continue;
      Trial trial =
          TrialOf(Link::kRefuse, tool, *view, refused ? refusal->step : view->calls[first].step);
      trial.refused = refused;
      trial.good = *view->success;
      trials.push_back(std::move(trial));
    }
  }
  return trials;
}

std::vector<Trial> HarmTrials(const std::vector<const EpisodeView*>& views,
                              const std::set<std::string>& tools) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    for (const std::string& tool : tools) {
      const std::size_t first = FirstCallForAGoal(*view, tool);
      if (!IsChosen(*view, tool) || first == view->calls.size()) continue;
      std::size_t last = first;
      bool worked = false;
      for (std::size_t i = first; i < view->calls.size(); ++i) {
        if (!IsCallForAGoal(view->calls[i], tool) || !view->calls[i].ok) continue;
        worked = true;
        last = i;
      }
      trials.push_back(BlocksTrial(*view, tool, first, worked));
      if (worked && view->success) trials.push_back(SpoilsTrial(*view, tool, first, last));
    }
  }
  return trials;
}

std::vector<Hypothesis> Prohibitions(const std::vector<Trial>& trials) {
  std::set<Hypothesis> found;
  for (const Trial& trial : trials) {
    if (!IsProhibition(trial.link)) continue;
    if (trial.refused) found.insert({trial.link, trial.tool, "", ""});
    for (const std::string& helper : trial.helpers) {
      found.insert({trial.link, trial.tool, "", helper});
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace kedge::agent_ref
