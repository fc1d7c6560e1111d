#include "agent_ref/source_findings.h"

#include <algorithm>
#include <set>
#include <string>

#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

struct Failure {
  std::size_t first = 0;  // call that met the error first
  std::size_t last = 0;
};

// Tools that never worked, from the first to the last time that they met the error of the end.
std::vector<Failure> FailuresForGood(const EpisodeView& view) {
  std::map<std::string, Failure> failures;
  std::set<std::string> worked;
  for (std::size_t i = 0; i < view.calls.size(); ++i) {
    const CallView& call = view.calls[i];
    const bool chosen = view.chosen_tools.empty() || view.chosen_tools.count(call.tool) != 0;
    if (call.ok) worked.insert(call.tool);
    if (!chosen || call.error_class.empty()) continue;
    Failure& failure = failures.try_emplace(call.tool, Failure{i, i}).first->second;
    if (view.calls[failure.last].error_class != call.error_class) failure.first = i;
    failure.last = i;
  }
  std::vector<Failure> for_good;
  for (const auto& [tool, failure] : failures) {
    if (worked.count(tool) == 0) for_good.push_back(failure);
  }
  return for_good;
}

Trial InsteadTrial(const EpisodeView& view, const Failure& failure) {
  Trial trial;
  trial.link = Link::kInstead;
  trial.tool = view.calls[failure.first].tool;
  trial.error = view.calls[failure.first].error_class;
  trial.view = &view;
  trial.good = *view.success;
  trial.steps = {view.calls[failure.first].step};
  if (failure.last != failure.first) trial.steps.push_back(view.calls[failure.last].step);
  for (std::size_t i = failure.first + 1; i < view.calls.size(); ++i) {
    const CallView& call = view.calls[i];
    if (!call.ok || call.tool == trial.tool || view.chosen_tools.count(call.tool) != 0) continue;
    if (view.logs_decisions && !call.explored) {
      trial.unclear.insert(call.tool);
      continue;
    }
    trial.helpers.insert(call.tool);
    if (call.instead) trial.replacements.insert(call.tool);
    trial.helper_steps[call.tool] = call.step;
    trial.closest = call.tool;
  }
  return trial;
}

std::set<Hypothesis> SourceHypotheses(const std::vector<Trial>& trials) {
  std::set<Hypothesis> found;
  for (const Trial& trial : trials) {
    for (const std::string& other : trial.replacements) {
      found.insert({Link::kInstead, trial.tool, trial.error, other});
    }
    for (const auto& [argument, source] : trial.sources) {
      // Only the first value that a message quotes has a source that a rule can name.
      const bool nameable = trial.words.count(argument) == 0 || source == kFromMessage;
      if (nameable) found.insert({Link::kSource, trial.tool, trial.error, argument, "", source});
    }
    for (const auto& [argument, value] : trial.words) {
      found.insert({Link::kSource, trial.tool, trial.error, argument, value});
    }
  }
  return found;
}

}  // namespace

std::vector<Trial> InsteadTrials(const std::vector<const EpisodeView*>& views) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    if (!view->success) continue;
    for (const Failure& failure : FailuresForGood(*view)) {
      trials.push_back(InsteadTrial(*view, failure));
    }
  }
  return trials;
}

std::vector<Finding> SourceFindings(const std::vector<Trial>& trials) {
  std::vector<Finding> findings;
  for (const Hypothesis& hypothesis : SourceHypotheses(trials)) {
    findings.push_back(Judge(hypothesis, trials, {}));
  }
  return findings;
}

}  // namespace kedge::agent_ref
