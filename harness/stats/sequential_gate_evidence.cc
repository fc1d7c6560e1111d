#include <algorithm>
#include <cmath>

#include "harness/stats/multiplicity.h"
#include "harness/stats/sequential_gate.h"

namespace kedge::stats {
namespace {

double MeanOf(const OutcomeMoments& m) {
  return m.count == 0 ? 0 : m.sum / static_cast<double>(m.count);
}

const char* Prefix(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::kStratum:
      return "stratum:";
    case ComponentKind::kGuard:
      return "guard:";
    case ComponentKind::kGuardLimit:
      break;
  }
  return "limit:";
}

// `pairs_per_update`: what one observation of the process costs.
OpenQuestion Question(std::string name, const GateProcess& process, double log_threshold,
                      int pairs_per_update) {
  OpenQuestion q{std::move(name), process.log_e(), log_threshold, 0, std::nullopt};
  const GrowthForecast forecast = process.Forecast(log_threshold);
  q.growth = forecast.growth;
  if (forecast.more) {
    q.pairs_needed = std::max<std::int64_t>(0, std::min(*forecast.more, std::int64_t{1} << 50)) *
                     pairs_per_update;
  }
  return q;
}

}  // namespace

GateEvidence SequentialGate::Evidence() const {
  GateEvidence e;
  e.log_e_gain = gain_.log_e();
  e.log_e_futile = futile_.log_e();
  e.log_e_noninferior = no_loss_.log_e();
  e.log_e_loss = loss_.log_e();
  e.log_m_block = LogBlock();
  e.mean_round = MeanOf(gain_.moments());
  if (saving_) e.log_e_saving = saving_->log_e();
  if (no_saving_) e.log_e_no_saving = no_saving_->log_e();
  e.gain_shown = GainShown();
  e.gain_excluded = GainExcluded();
  e.quality_gain_shown = gain_.at_alpha();
  e.quality_gain_excluded = futile_.at_beta();
  e.saving_shown = SavingShown();
  e.loss_excluded = no_loss_.at_beta();
  std::vector<double> harm;
  for (const Component& c : components_) harm.push_back(c.harm.log_e());
  const std::vector<double> adjusted = EClosureAdjustLog(harm);
  for (std::size_t k = 0; k < components_.size(); ++k) {
    const Component& c = components_[k];
    e.components.push_back({c.name, c.kind, c.noninferior.moments().count,
                            MeanOf(c.noninferior.moments()), c.noninferior.log_e(), c.harm.log_e(),
                            c.noninferior.at_alpha(), c.noninferior.at_beta(), adjusted[k],
                            adjusted[k] >= std::log(1 / design_.alpha_block)});
  }
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    e.resources.push_back(
        {design_.resources[i].name, resources_[i].log_e(), resources_[i].at_alpha()});
  }
  return e;
}

std::vector<OpenQuestion> SequentialGate::OpenQuestions() const {
  std::vector<OpenQuestion> open;
  const int round = design_.pairs_per_round();
  const bool promotable = !Resolved() || GainShown();
  if (!Resolved()) {
    if (design_.objective != Objective::kCost) {
      open.push_back(Question("gain", gain_, gain_.log_alpha_threshold(), round));
      if (!futile_.at_beta()) {
        open.push_back(Question("no_gain", futile_, futile_.log_beta_threshold(), round));
      }
    }
    if (saving_ && !saving_->at_alpha()) {
      open.push_back(Question("saving", *saving_, saving_->log_alpha_threshold(), 1));
    }
    if (!no_loss_.at_beta()) {
      open.push_back(Question("no_loss", no_loss_, no_loss_.log_beta_threshold(), round));
    }
  }
  for (const Component& c : components_) {
    if (!IsOpen(c)) continue;
    const double threshold =
        GainShown() ? c.noninferior.log_alpha_threshold() : c.noninferior.log_beta_threshold();
    open.push_back(Question(Prefix(c.kind) + c.name, c.noninferior, threshold, 1));
  }
  for (std::size_t i = 0; promotable && i < resources_.size(); ++i) {
    if (resources_[i].at_alpha()) continue;
    open.push_back(Question("resource:" + design_.resources[i].name, resources_[i],
                            resources_[i].log_alpha_threshold(), 1));
  }
  return open;
}

double SequentialGate::PromotionLogE() const {
  const bool by_saving = saving_ && (design_.objective == Objective::kCost || !gain_.at_alpha());
  double lowest =
      by_saving ? std::min(saving_->ledger_log_e(), no_loss_.ledger_log_e()) : gain_.ledger_log_e();
  for (const Component& c : components_) lowest = std::min(lowest, c.noninferior.ledger_log_e());
  for (const GateProcess& r : resources_) lowest = std::min(lowest, r.ledger_log_e());
  return lowest;
}

}  // namespace kedge::stats
