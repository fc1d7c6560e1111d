#include "agent_ref/hypothesis.h"

#include <algorithm>

namespace kedge::agent_ref {
namespace {

// Successful other tools among calls [from, to).
void NoteHelpers(const EpisodeView& view, std::size_t from, std::size_t to, Trial& trial) {
  for (std::size_t i = from; i < to; ++i) {
    const CallView& call = view.calls[i];
    if (!call.ok || call.tool == trial.tool) continue;
    trial.helpers.insert(call.tool);
    trial.helper_steps[call.tool] = call.step;
    trial.closest = call.tool;
  }
}

bool WorkedIn(const EpisodeView& view, const std::string& tool) {
  return std::any_of(view.calls.begin(), view.calls.end(),
                     [&](const CallView& call) { return call.ok && call.tool == tool; });
}

// Which side of an accepted hypothesis a trial is on, so that what it explains is held fixed.
char Side(const Trial& trial, const Hypothesis& known) {
  if (Concerns(trial, known)) return trial.helpers.count(known.helper) != 0 ? '1' : '0';
  if (trial.link == Link::kRecovery) return '-';
  if (!WorkedIn(*trial.view, known.tool)) return '-';
  return WorkedIn(*trial.view, known.helper) ? '1' : '0';
}

std::string StratumOf(const Trial& trial, const Hypothesis& hypothesis,
                      const std::vector<Hypothesis>& known) {
  std::string stratum = trial.view->family;
  for (const Hypothesis& other : known) {
    if (other == hypothesis) continue;
    if (other.tool == hypothesis.tool || other.helper == hypothesis.helper) {
      stratum += '\n';
      stratum += Side(trial, other);
    }
  }
  return stratum;
}

Trial OrderTrial(const EpisodeView& view, const std::string& tool, Link link) {
  Trial trial;
  trial.link = link;
  trial.tool = tool;
  trial.view = &view;
  trial.good = *view.success;
  const auto worked = [&](const CallView& call) { return call.ok && call.tool == tool; };
  const auto& calls = view.calls;
  const auto first = std::find_if(calls.begin(), calls.end(), worked);
  const auto last = std::find_if(calls.rbegin(), calls.rend(), worked);
  const auto first_index = static_cast<std::size_t>(first - calls.begin());
  const auto after_last = static_cast<std::size_t>(last.base() - calls.begin());
  if (link == Link::kBefore) {
    NoteHelpers(view, 0, first_index, trial);
    trial.steps = {first->step};
  } else {
    NoteHelpers(view, after_last, calls.size(), trial);
    trial.steps = {last->step};
  }
  return trial;
}

}  // namespace

bool Concerns(const Trial& trial, const Hypothesis& hypothesis) {
  return trial.link == hypothesis.link && trial.tool == hypothesis.tool &&
         trial.error == hypothesis.error;
}

std::vector<Trial> RecoveryTrials(const std::vector<const EpisodeView*>& views) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    const auto& calls = view->calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].ok || calls[i].error_class.empty()) continue;
      std::size_t next = i + 1;
      while (next < calls.size() &&
             (calls[next].tool != calls[i].tool || calls[next].arguments != calls[i].arguments)) {
        ++next;
      }
      if (next == calls.size()) continue;
      Trial trial;
      trial.tool = calls[i].tool;
      trial.error = calls[i].error_class;
      trial.view = view;
      trial.good = calls[next].ok || calls[next].error_class != calls[i].error_class;
      trial.steps = {calls[i].step, calls[next].step};
      NoteHelpers(*view, i + 1, next, trial);
      trials.push_back(std::move(trial));
    }
  }
  return trials;
}

std::vector<Trial> OrderTrials(const std::vector<const EpisodeView*>& views,
                               const std::set<std::string>& tools) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    if (!view->success) continue;
    for (const std::string& tool : tools) {
      if (!WorkedIn(*view, tool)) continue;
      trials.push_back(OrderTrial(*view, tool, Link::kBefore));
      trials.push_back(OrderTrial(*view, tool, Link::kAfter));
    }
  }
  return trials;
}

std::vector<Hypothesis> Hypotheses(const std::vector<Trial>& trials) {
  std::set<Hypothesis> found;
  for (const Trial& trial : trials) {
    for (const std::string& helper : trial.helpers) {
      found.insert({trial.link, trial.tool, trial.error, helper});
    }
  }
  return {found.begin(), found.end()};
}

Finding Judge(const Hypothesis& hypothesis, const std::vector<Trial>& trials,
              const std::vector<Hypothesis>& known) {
  Finding finding;
  finding.hypothesis = hypothesis;
  std::map<std::string, Table> strata;
  for (const Trial& trial : trials) {
    if (!Concerns(trial, hypothesis)) continue;
    const bool with = trial.helpers.count(hypothesis.helper) != 0;
    strata[StratumOf(trial, hypothesis, known)].Add(with, trial.good);
    if (!with || !trial.good) continue;
    finding.traces.insert(trial.view->id);
    finding.families.insert(trial.view->family);
    finding.closest += trial.closest == hypothesis.helper ? 1 : 0;
  }
  std::vector<Table> tables;
  for (const auto& [name, table] : strata) {
    finding.table += table;
    tables.push_back(table);
  }
  finding.p = StratifiedExactP(tables);
  return finding;
}

}  // namespace kedge::agent_ref
