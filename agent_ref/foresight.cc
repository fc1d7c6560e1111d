#include "agent_ref/foresight.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "agent_ref/code_length.h"
#include "agent_ref/condition_fields.h"
#include "harness/stats/distributions.h"

namespace kedge::agent_ref {
namespace {

constexpr double kAlmostAlways = 0.9;
constexpr double kAlways = 0.98;  // the recovery itself becomes a precondition
constexpr double kInVain = 0.5;

Trial FirstCall(const EpisodeView& view, std::size_t index) {
  const CallView& call = view.calls[index];
  Trial trial;
  trial.link = Link::kFirstCall;
  trial.tool = call.tool;
  trial.error = call.error_class;
  trial.view = &view;
  trial.good = call.ok;
  trial.steps = {call.step};
  for (std::size_t i = 0; i < index; ++i) {
    const CallView& before = view.calls[i];
    if (!before.ok || before.tool == call.tool) continue;
    trial.helpers.insert(before.tool);
    trial.helper_steps[before.tool] = before.step;
  }
  return trial;
}

// First calls that the recovery is about and that had no help.
std::vector<const Trial*> Unaided(const std::vector<Trial>& trials, const Hypothesis& recovery) {
  std::vector<const Trial*> calls;
  for (const Trial& trial : trials) {
    if (trial.link != Link::kFirstCall || trial.tool != recovery.tool) continue;
    if (!recovery.condition.Holds(trial.situation) || HasRemedy(trial, recovery)) continue;
    calls.push_back(&trial);
  }
  return calls;
}

std::optional<Finding> Foresee(const std::vector<const Trial*>& calls, const Hypothesis& recovery,
                               const ConditionNeeds& needs) {
  Observed observed;
  stats::TwoByTwo all;
  for (const Trial* trial : calls) {
    const bool met = trial->error == recovery.error;
    observed.counts.push_back(1);
    observed.with.push_back(1);
    observed.good.push_back(met ? 1 : 0);
    all.Add(true, met);
  }
  if (all.ExposedRate() >= kAlways) return std::nullopt;
  const std::vector<Field> fields = FieldsOf(calls, needs.min_support, needs.min_families);
  std::int64_t searched = 0;
  std::optional<FieldTest> best;
  double shortest = PooledBits(all) - needs.min_bits;
  for (const Field& field : fields) {
    searched += field.Tests();
    for (FieldTest& test : TestsOf(field, observed)) {
      if (test.within.ExposedRate() < kAlmostAlways) continue;
      const double length = test.bits + ChoiceBits(static_cast<std::int64_t>(fields.size())) +
                            PooledBits(test.within) + PooledBits(Minus(all, test.within));
      if (length >= shortest) continue;
      shortest = length;
      best = std::move(test);
    }
  }
  if (!best) return std::nullopt;
  Finding finding;
  finding.hypothesis = recovery;
  finding.hypothesis.link = Link::kForesees;
  finding.hypothesis.condition = recovery.condition.And(best->condition);
  const stats::TwoByTwo elsewhere = Minus(all, best->within);
  finding.table = {best->within.exposed_successes, best->within.exposed_trials,
                   elsewhere.exposed_successes, elsewhere.exposed_trials};
  finding.searched = searched;
  finding.bits_saved = std::round((PooledBits(all) - shortest) * 1e6) / 1e6;
  finding.p = std::min(1.0, stats::BinomialAtLeast(finding.table.exposed_successes,
                                                   finding.table.exposed_trials, kInVain) *
                                static_cast<double>(searched));
  for (const Trial* trial : calls) {
    if (Supports(*trial, finding.hypothesis)) finding.NoteSupport(*trial->view);
  }
  return finding;
}

}  // namespace

std::vector<Trial> FirstCallTrials(const std::vector<const EpisodeView*>& views,
                                   const std::vector<Trial>& trials) {
  std::set<std::string> tools;
  for (const Trial& trial : trials) {
    if (trial.link == Link::kRecovery) tools.insert(trial.tool);
  }
  std::vector<Trial> calls;
  for (const EpisodeView* view : views) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < view->calls.size(); ++i) {
      const std::string& tool = view->calls[i].tool;
      if (tools.count(tool) == 0 || !seen.insert(tool).second) continue;
      calls.push_back(FirstCall(*view, i));
    }
  }
  return calls;
}

ConditionSearch ForesightFindings(const std::vector<Trial>& trials,
                                  const std::vector<Hypothesis>& recoveries,
                                  const ConditionNeeds& needs) {
  ConditionSearch search;
  for (const Hypothesis& recovery : recoveries) {
    if (recovery.link != Link::kRecovery || recovery.IsSetting()) continue;
    const std::vector<const Trial*> calls = Unaided(trials, recovery);
    if (calls.empty()) continue;
    ++search.remedies;
    std::optional<Finding> finding = Foresee(calls, recovery, needs);
    if (finding) search.findings.push_back(*std::move(finding));
  }
  return search;
}

}  // namespace kedge::agent_ref
