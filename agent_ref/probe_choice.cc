#include "agent_ref/probe_choice.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kMaxProbes = 3;

struct Candidate {
  const EpisodeView* view = nullptr;
  bool helped = false;
  bool failed_without = false;
};

// Where a rule to give up was not followed, something was tried; a rule to try again has no try
// without it. A rule to keep a helper away was not followed where the helper was called.
bool IsWithout(const Trial& trial, const Hypothesis& hypothesis) {
  if (hypothesis.link == Link::kRetry) return false;
  const bool unless = hypothesis.link == Link::kGiveUp || IsHarm(hypothesis.link);
  return HasRemedy(trial, hypothesis) == unless;
}

bool WentWell(const Trial& trial) { return trial.good != IsHarm(trial.link); }

// That a helper was left out says something only where it would have come.
bool ShowsThatItHelps(const Trial& trial, const Hypothesis& hypothesis) {
  if (!WentWell(trial)) return false;
  if (!IsHarm(hypothesis.link)) return Supports(trial, hypothesis);
  return !HasRemedy(trial, hypothesis) && trial.asked.count(hypothesis.helper) != 0;
}

std::map<std::string, Candidate> CandidatesOf(const Hypothesis& hypothesis,
                                              const std::vector<Trial>& trials) {
  std::map<std::string, Candidate> candidates;  // by trace
  for (const Trial& trial : trials) {
    if (!Concerns(trial, hypothesis) || trial.unclear.count(hypothesis.helper) != 0) continue;
    const bool helped = ShowsThatItHelps(trial, hypothesis);
    const bool failed_without = !WentWell(trial) && IsWithout(trial, hypothesis);
    if (!helped && !failed_without) continue;
    Candidate& candidate = candidates[trial.view->id];
    candidate.view = trial.view;
    candidate.helped = candidate.helped || helped;
    candidate.failed_without = candidate.failed_without || failed_without;
  }
  return candidates;
}

// The task as people know it; the trace stands for it where it has no name.
std::string TaskOf(const EpisodeView& view) { return view.task.empty() ? view.id : view.task; }

/// Takes probes one by one, each of another task, of a new family if it can.
class Chooser {
 public:
  explicit Chooser(const std::map<std::string, Candidate>& candidates) : candidates_(candidates) {}

  template <typename Wanted>
  void Take(Wanted wanted) {
    const Candidate* best = nullptr;
    for (const auto& [id, candidate] : candidates_) {
      if (!wanted(candidate) || tasks_.count(TaskOf(*candidate.view)) != 0) continue;
      if (best == nullptr || Rank(candidate) < Rank(*best)) best = &candidate;
    }
    if (best == nullptr || probes_.size() == kMaxProbes) return;
    tasks_.insert(TaskOf(*best->view));
    families_.insert(best->view->family);
    failed_without_ = failed_without_ || best->failed_without;
    Json probe = {{"trace", best->view->id},
                  {"family", best->view->family},
                  {"helped", best->helped},
                  {"failed_without", best->failed_without}};
    if (!best->view->task.empty()) probe["task"] = best->view->task;
    probes_.push_back(std::move(probe));
  }

  bool ShowsAFailure() const { return failed_without_; }
  Json Probes() && { return std::move(probes_); }

 private:
  std::tuple<bool, bool, std::string> Rank(const Candidate& candidate) const {
    return {families_.count(candidate.view->family) != 0, candidate.view->success != true,
            candidate.view->id};
  }

  const std::map<std::string, Candidate>& candidates_;
  std::set<std::string> tasks_;
  std::set<std::string> families_;
  bool failed_without_ = false;
  Json probes_ = Json::array();
};

}  // namespace

Json ChooseProbes(const Hypothesis& hypothesis, const std::vector<Trial>& trials) {
  const std::map<std::string, Candidate> candidates = CandidatesOf(hypothesis, trials);
  Chooser chooser(candidates);
  const auto helped = [](const Candidate& candidate) { return candidate.helped; };
  chooser.Take(helped);
  chooser.Take(helped);
  if (!chooser.ShowsAFailure()) {
    chooser.Take([](const Candidate& candidate) { return candidate.failed_without; });
  }
  return std::move(chooser).Probes();
}

}  // namespace kedge::agent_ref
