#include "harness/stats/sequential_gate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {
namespace {

BetDesign Bet(const GateDesign& d, double null_mean, double design_mean, double psi0) {
  return {null_mean, design_mean, psi0, d.n_v, d.cap};
}

double GainAlpha(const GateDesign& d) {
  return d.objective == Objective::kEither ? kQualityShareOfAlpha * d.alpha : d.alpha;
}

GateProcess OverallProcess(const GateDesign& d, double null_mean, double design_mean,
                           double alpha) {
  d.Validate();
  return GateProcess(Bet(d, null_mean, design_mean, d.overall_psi0()), alpha, d.beta);
}

void CheckAmounts(std::span<const double> amounts, std::size_t expected) {
  RequireSameSize(amounts.size(), expected, "amounts of a pair and resources of the gate");
  for (const double a : amounts) {
    Require(a >= 0 && std::isfinite(a), "an amount of a resource must be finite and >= 0");
  }
}

// Positive when the candidate uses less than `factor` times the champion; scaled into [-1, 1].
double ScaledSaving(const ResourceDesign& r, double factor, double champion, double candidate) {
  const double scale = std::max(1.0, factor) * r.cap;
  return (factor * std::min(champion, r.cap) - std::min(candidate, r.cap)) / scale;
}

}  // namespace

SequentialGate::SequentialGate(GateDesign design)
    : design_(std::move(design)),
      gain_(OverallProcess(design_, 0, design_.delta_star, GainAlpha(design_))),
      futile_(OverallProcess(design_, -design_.delta_star, 0, design_.alpha)),
      no_loss_(OverallProcess(design_, -design_.delta_overall, 0, design_.alpha)),
      loss_(OverallProcess(design_, 0, design_.delta_overall, design_.alpha)) {
  AddComponents();
  AddResources();
  state_.round_sums.assign(design_.strata.size(), 0.0);
}

void SequentialGate::AddComponents() {
  const auto add = [this](const std::string& name, ComponentKind kind, std::size_t index,
                          const BetDesign& noninferior, const BetDesign& harm) {
    components_.push_back({name, kind, index, GateProcess(noninferior, design_.alpha, design_.beta),
                           GateProcess(harm, design_.alpha, design_.beta)});
  };
  for (std::size_t s = 0; s < design_.strata.size(); ++s) {
    const StratumDesign& stratum = design_.strata[s];
    add(stratum.name, ComponentKind::kStratum, s, Bet(design_, -stratum.delta, 0, design_.psi0),
        Bet(design_, stratum.tau, stratum.delta, design_.psi0));
  }
  for (std::size_t g = 0; g < design_.guards.size(); ++g) {
    const GuardDesign& guard = design_.guards[g];
    add(guard.name, ComponentKind::kGuard, g, Bet(design_, -guard.margin, 0, design_.guard_psi0),
        Bet(design_, 0, guard.margin, design_.guard_psi0));
  }
  for (std::size_t g = 0; g < design_.guards.size(); ++g) {
    if (!design_.guards[g].absolute_max) continue;
    // Harm is designed for twice the allowed rate; the second moment of a violation is its rate.
    const double limit = *design_.guards[g].absolute_max;
    const double twice = std::min(1.0, 2 * limit);
    add(design_.guards[g].name, ComponentKind::kGuardLimit, g,
        Bet(design_, -limit, 0, design_.guard_psi0),
        Bet(design_, limit, twice, std::max(design_.guard_psi0, twice)));
  }
}

void SequentialGate::AddResources() {
  for (const ResourceDesign& r : design_.resources) {
    const double mean = r.tolerance * r.champion_mean / ((1 + r.tolerance) * r.cap);
    resources_.emplace_back(Bet(design_, 0, mean, r.prior_second_moment), design_.alpha,
                            design_.beta);
  }
  if (design_.objective == Objective::kQuality) return;
  const ResourceDesign& r = design_.resources[0];
  const double mean = design_.saving * r.champion_mean / r.cap;
  const double alpha = design_.objective == Objective::kEither
                           ? (1 - kQualityShareOfAlpha) * design_.alpha
                           : design_.alpha;
  saving_.emplace(Bet(design_, 0, mean, r.prior_second_moment), alpha, design_.beta);
  no_saving_.emplace(Bet(design_, -mean, 0, r.prior_second_moment), design_.alpha, design_.beta);
}

bool SequentialGate::SavingShown() const {
  return saving_ && saving_->at_alpha() && no_loss_.at_alpha();
}

bool SequentialGate::GainShown() const {
  const bool quality = design_.objective != Objective::kCost && gain_.at_alpha();
  return quality || SavingShown();
}

bool SequentialGate::GainExcluded() const {
  const bool quality = design_.objective == Objective::kCost || futile_.at_beta();
  const bool cost = !no_saving_ || no_saving_->at_beta();
  return quality && cost;
}

bool SequentialGate::Resolved() const {
  const bool loss_settled = design_.hold_mode == HoldMode::kEconomy || no_loss_.at_beta();
  return GainShown() || (GainExcluded() && loss_settled);
}

bool SequentialGate::IsOpen(const Component& component) const {
  return !(GainShown() ? component.noninferior.at_alpha() : component.noninferior.at_beta());
}

bool SequentialGate::AllNoninferior(bool at_alpha) const {
  return std::all_of(components_.begin(), components_.end(), [at_alpha](const Component& c) {
    return at_alpha ? c.noninferior.at_alpha() : c.noninferior.at_beta();
  });
}

bool SequentialGate::ResourcesWithinLimits() const {
  return std::all_of(resources_.begin(), resources_.end(),
                     [](const GateProcess& p) { return p.at_alpha(); });
}

double SequentialGate::LogBlock() const {
  std::vector<double> terms{loss_.log_e() - std::numbers::ln2};
  const double share = std::log(0.5 / static_cast<double>(components_.size()));
  for (const Component& c : components_) terms.push_back(share + c.harm.log_e());
  return LogSumExp(terms);
}

void SequentialGate::PlanRound() {
  const bool resolved = Resolved();
  state_.round_counts = !resolved;
  for (std::size_t s = 0; s < design_.strata.size(); ++s) {
    if (resolved && !IsOpen(components_[s])) continue;
    state_.round.insert(state_.round.end(),
                        static_cast<std::size_t>(design_.strata[s].pairs_per_round),
                        static_cast<int>(s));
  }
  if (!state_.round.empty()) return;
  const bool guard_open = std::any_of(components_.begin(), components_.end(),
                                      [this](const Component& c) { return IsOpen(c); });
  if (guard_open) {
    state_.round.push_back(0);
    return;
  }
  // Only a resource is open: its claim is about all strata.
  for (std::size_t s = 0; s < design_.strata.size(); ++s) {
    state_.round.push_back(static_cast<int>(s));
  }
}

std::vector<int> SequentialGate::NextRound() {
  if (verdict_ != Verdict::kUndecided) return {};
  if (state_.round.empty()) PlanRound();
  return {state_.round.begin() + state_.round_done, state_.round.end()};
}

void SequentialGate::CheckPair(int stratum, const PairObservation& pair) const {
  const auto due = static_cast<std::size_t>(state_.round_done);
  if (verdict_ != Verdict::kUndecided || due >= state_.round.size() ||
      state_.round[due] != stratum) {
    throw InternalError("the gate was given a pair of a stratum that is not due");
  }
  Require(pair.difference >= -1 && pair.difference <= 1,
          "the difference of a pair must lie in [-1, 1]");
  RequireSameSize(pair.guard_differences.size(), design_.guards.size(),
                  "guard differences of a pair and guards of the gate");
  for (const double d : pair.guard_differences) {
    Require(d >= -1 && d <= 1, "the guard difference of a pair must lie in [-1, 1]");
  }
  const bool limits = std::any_of(design_.guards.begin(), design_.guards.end(),
                                  [](const GuardDesign& g) { return g.absolute_max.has_value(); });
  if (limits) {
    RequireSameSize(pair.candidate_violations.size(), design_.guards.size(),
                    "candidate violations of a pair and guards of the gate");
    for (const double v : pair.candidate_violations) {
      Require(v >= 0 && v <= 1, "a violation must lie in [0, 1]");
    }
  }
  CheckAmounts(pair.champion_amounts, design_.resources.size());
  CheckAmounts(pair.candidate_amounts, design_.resources.size());
}

// Harm is not looked for any further once non-inferiority was established before this pair.
void SequentialGate::UpdateComponent(Component& component, double difference) {
  const bool settled = component.noninferior.at_alpha();
  component.noninferior.Update(difference);
  if (!settled) component.harm.Update(-difference);
}

void SequentialGate::UpdateGuards(const PairObservation& pair) {
  for (std::size_t k = design_.strata.size(); k < components_.size(); ++k) {
    Component& c = components_[k];
    UpdateComponent(c, c.kind == ComponentKind::kGuard ? pair.guard_differences[c.index]
                                                       : -pair.candidate_violations[c.index]);
  }
}

void SequentialGate::UpdateResources(const PairObservation& pair) {
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const ResourceDesign& r = design_.resources[i];
    resources_[i].Update(
        ScaledSaving(r, 1 + r.tolerance, pair.champion_amounts[i], pair.candidate_amounts[i]));
  }
  if (!saving_) return;
  const double saved = ScaledSaving(design_.resources[0], 1 - design_.saving,
                                    pair.champion_amounts[0], pair.candidate_amounts[0]);
  saving_->Update(saved);
  no_saving_->Update(-saved);
}

void SequentialGate::AddPair(int stratum, const PairObservation& pair) {
  CheckPair(stratum, pair);
  const auto s = static_cast<std::size_t>(stratum);
  UpdateComponent(components_[s], pair.difference);
  UpdateGuards(pair);
  UpdateResources(pair);
  state_.round_sums[s] += pair.difference;
  ++state_.round_done;
  ++state_.pairs;
}

// The unit of the overall test: planned weights, whatever the strata's effects.
void SequentialGate::UpdateOverall() {
  double mean = 0;
  for (std::size_t s = 0; s < design_.strata.size(); ++s) {
    const StratumDesign& stratum = design_.strata[s];
    mean += stratum.weight * state_.round_sums[s] / stratum.pairs_per_round;
  }
  mean = std::clamp(mean, -1.0, 1.0);
  gain_.Update(mean);
  loss_.Update(-mean);
  futile_.Update(-mean);
  no_loss_.Update(mean);
}

void SequentialGate::EndRound() {
  if (state_.round.empty() || state_.round_done != static_cast<std::int64_t>(state_.round.size())) {
    throw InternalError("the gate's round was ended before all its pairs were added");
  }
  if (state_.round_counts) UpdateOverall();
  ++state_.rounds;
  state_.round.clear();
  state_.round_done = 0;
  std::fill(state_.round_sums.begin(), state_.round_sums.end(), 0.0);
  Decide();
}

void SequentialGate::Decide() {
  const double log_block = std::log(1 / design_.alpha_block);
  const bool hold = GainExcluded() && Resolved();
  const bool settled = design_.hold_mode == HoldMode::kEconomy || AllNoninferior(false);
  if (state_.hard_violation || LogBlock() >= log_block) {
    verdict_ = Verdict::kBlock;
  } else if (GainShown() && AllNoninferior(true) && ResourcesWithinLimits()) {
    verdict_ = Verdict::kPromote;
  } else if (!GainShown() && hold && settled) {
    verdict_ = Verdict::kHoldNoDifference;
  } else if (state_.pairs >= design_.max_pairs) {
    verdict_ = Verdict::kHoldInconclusive;
  }
}

void SequentialGate::ReportHardViolation() {
  state_.hard_violation = true;
  verdict_ = Verdict::kBlock;
}

void SequentialGate::Stop() {
  if (verdict_ == Verdict::kUndecided) verdict_ = Verdict::kHoldInconclusive;
}

// Fixed order: it is the layout of GateState::processes.
template <typename Self, typename Visit>
void SequentialGate::ForEachProcess(Self& self, const Visit& visit) {
  for (auto* p : {&self.gain_, &self.futile_, &self.no_loss_, &self.loss_}) visit(*p);
  for (auto& c : self.components_) {
    visit(c.noninferior);
    visit(c.harm);
  }
  for (auto& p : self.resources_) visit(p);
  if (self.saving_) visit(*self.saving_);
  if (self.no_saving_) visit(*self.no_saving_);
}

GateState SequentialGate::Save() const {
  GateState saved = state_;
  ForEachProcess(*this, [&](const GateProcess& p) { saved.processes.push_back(p.Save()); });
  return saved;
}

SequentialGate SequentialGate::Restore(GateDesign design, const GateState& state) {
  SequentialGate gate(std::move(design));
  std::size_t count = 0;
  ForEachProcess(gate, [&count](GateProcess&) { ++count; });
  RequireSameSize(state.processes.size(), count, "saved gate state: processes");
  RequireSameSize(state.round_sums.size(), gate.design_.strata.size(), "saved gate state: strata");
  Require(state.rounds >= 0 && state.pairs >= 0, "saved gate state: a negative count");
  Require(state.round_done >= 0 && std::cmp_less_equal(state.round_done, state.round.size()),
          "saved gate state: more pairs done than the round has");
  for (const int s : state.round) {
    Require(s >= 0 && std::cmp_less(s, gate.design_.strata.size()),
            "saved gate state: a stratum that does not exist");
  }
  RequireFinite(state.round_sums, "saved gate state: round sums");
  std::size_t next = 0;
  ForEachProcess(gate, [&](GateProcess& p) { p.Restore(state.processes[next++]); });
  gate.state_ = state;
  gate.state_.processes.clear();
  if (state.hard_violation) gate.verdict_ = Verdict::kBlock;
  if (state.round.empty() && state.rounds > 0) gate.Decide();
  return gate;
}

}  // namespace kedge::stats
