#include "harness/gate/production.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/gate/data_quality.h"
#include "harness/stats/distributions.h"
#include "harness/stats/gate_process.h"

namespace kedge::gate {
namespace {

constexpr const char* kComponent = "stratum:production";
constexpr double kIntervalLevel = 0.90;
constexpr double kPriorPairs = 20;     // weight of the expected discordance, as in the gate
constexpr double kMostOfWealth = 0.9;  // that one pair may cost
constexpr std::size_t kShownLosses = 5;

std::string InPoints(double value) { return fmt::format("{:+.1f} points", 100 * value); }

/// What is drawn independently: a pair, or a cluster of them.
struct Unit {
  double weight = 0;
  double total = 0;  // of weight times difference

  double difference() const { return total / weight; }
};

std::vector<Unit> UnitsOf(const std::vector<ProductionPair>& pairs) {
  std::vector<Unit> units;
  std::map<std::string, std::size_t> places;
  for (const ProductionPair& pair : pairs) {
    std::size_t place = units.size();
    if (!pair.cluster.empty()) place = places.emplace(pair.cluster, place).first->second;
    if (place == units.size()) units.emplace_back();
    units[place].weight += pair.weight;
    units[place].total += pair.weight * pair.difference;
  }
  return units;
}

Interval WeightedInterval(const std::vector<Unit>& units) {
  if (units.empty()) return {0, -1, 1, kIntervalLevel};
  double weights = 0, total = 0;
  for (const Unit& unit : units) {
    weights += unit.weight;
    total += unit.total;
  }
  const double mean = total / weights;
  double variance = 0;
  for (const Unit& unit : units) {
    const double residual = unit.weight * (unit.difference() - mean) / weights;
    variance += residual * residual;
  }
  const double half = stats::NormalQuantile(0.5 + kIntervalLevel / 2) * std::sqrt(variance);
  return {mean, std::max(-1.0, mean - half), std::min(1.0, mean + half), kIntervalLevel};
}

double LargestWeight(const std::vector<Unit>& units) {
  double largest = 0;
  for (const Unit& unit : units) largest = std::max(largest, unit.weight);
  return largest;
}

std::string StateOf(const stats::GateProcess& noninferior, const stats::GateProcess& harm) {
  if (harm.at_alpha()) return "harm shown";
  if (noninferior.at_alpha()) return "non-inferior";
  if (noninferior.at_beta()) return "non-inferior at beta";
  return "open";
}

std::string Examples(const std::vector<ProductionPair>& pairs) {
  std::string text;
  std::size_t shown = 0;
  for (const ProductionPair& pair : pairs) {
    if (pair.difference >= 0 || shown == kShownLosses) continue;
    text += (shown++ == 0 ? "" : ", ") + pair.trace_id + " (" + pair.task_id + ")";
  }
  return text;
}

Json Describe(const ProductionEvidence& evidence, const ProductionLevels& levels) {
  const double total = evidence.total_weight();
  const auto share = [total](double weight) { return total > 0 ? weight / total : 0; };
  Json worse = Json::array();
  for (const ProductionPair& pair : evidence.pairs) {
    if (pair.difference < 0) worse.push_back({{"trace", pair.trace_id}, {"task", pair.task_id}});
  }
  return {
      {"archive", evidence.archive},
      {"archive_digest", evidence.archive_digest},
      {"traces", evidence.traces},
      {"coverage",
       {{"rebuilt", share(evidence.rebuilt_weight)},
        {"followed", share(evidence.followed_weight)},
        {"unreplayable", share(evidence.unreplayable_weight)}}},
      {"pairs", evidence.pairs.size()},
      {"dropped_pairs", DroppedCount(evidence.drops)},
      {"episodes", evidence.episodes},
      {"worse", std::move(worse)},
      {"alpha", levels.alpha},
      {"alpha_block", levels.alpha_block},
      {"beta", levels.beta},
      {"agreement",
       {{"champion", evidence.champion_agreement}, {"candidate", evidence.candidate_agreement}}},
      {"divergence",
       {{"champion", evidence.champion_divergence}, {"candidate", evidence.candidate_divergence}}}};
}

std::vector<Reason> BlockingReasons(const ProductionEvidence& evidence, const Component& component,
                                    const ProductionLevels& levels) {
  std::vector<Reason> reasons;
  for (const auto& [rule, trace] : evidence.hard_violations) {
    reasons.push_back(
        {"hard_guard:" + rule,
         fmt::format("The candidate broke {} when it replayed production, e.g. trace {}; no "
                     "violation is allowed.",
                     rule, trace)});
  }
  if (component.state == "harm shown") {
    reasons.push_back(
        {"regression:production",
         fmt::format(
             "production got worse: {} [{:+.1f}, {:+.1f}] over {} recorded traces run "
             "again as tasks (e = {:.3g}, needed {:.3g}), whatever the suite says; worse on "
             "{}.",
             InPoints(component.delta.estimate), 100 * component.delta.low,
             100 * component.delta.high, component.n, std::exp(*component.log_e_harm),
             1 / levels.alpha_block, Examples(evidence.pairs))});
  }
  return reasons;
}

void Block(std::vector<Reason> reasons, Verdict& verdict) {
  if (verdict.kind == VerdictKind::kBlock) {
    verdict.reasons.insert(verdict.reasons.end(), reasons.begin(), reasons.end());
    return;
  }
  verdict.kind = VerdictKind::kBlock;
  verdict.reasons = std::move(reasons);
  verdict.what_would_settle.clear();
}

void Hold(Reason reason, std::string next_step, Verdict& verdict) {
  verdict.kind = VerdictKind::kHoldInconclusive;
  verdict.reasons.insert(verdict.reasons.begin(), std::move(reason));
  verdict.what_would_settle.insert(verdict.what_would_settle.begin(), std::move(next_step));
}

bool IsShown(const Component& component, VerdictKind kind) {
  if (component.state == "non-inferior") return true;
  return kind == VerdictKind::kHoldNoDifference && component.state == "non-inferior at beta";
}

void HoldWhereOpen(const ProductionEvidence& evidence, const GatePolicy& policy,
                   const Component& component, Verdict& verdict) {
  const double least = policy.traces ? policy.traces->min_coverage : 0;
  if (evidence.coverage() < least) {
    return Hold({"divergence",
                 fmt::format("Only {:.1f} % of the production traces' weight could be run again as "
                             "tasks; the policy wants {:.1f} %.",
                             100 * evidence.coverage(), 100 * least)},
                "Traces of tasks that the suite's world can rebuild, or a world that can.",
                verdict);
  }
  if (const auto problem = FindDataQualityProblem(evidence.drops, policy.max_dropped_share)) {
    return Hold(*problem, "Make the infrastructure reliable and run the same gate again.", verdict);
  }
  const bool claims_no_loss = verdict.kind == VerdictKind::kPromote ||
                              (verdict.kind == VerdictKind::kHoldNoDifference && !policy.economy);
  if (!claims_no_loss || evidence.rebuilt_weight == 0 || IsShown(component, verdict.kind)) return;
  Hold({"underpowered",
        fmt::format("A loss of {:.1f} points or more on production is not excluded after {} "
                    "recorded traces ({} [{:+.1f}, {:+.1f}]).",
                    100 * component.margin, component.n, InPoints(component.delta.estimate),
                    100 * component.delta.low, 100 * component.delta.high)},
       component.n_more && *component.n_more > 0
           ? fmt::format("{}: about {} more traces.", kComponent, *component.n_more)
           : fmt::format("{}: no number of traces can be named; so far the data do not point "
                         "there.",
                         kComponent),
       verdict);
}

}  // namespace

double ProductionEvidence::coverage() const {
  const double total = total_weight();
  return total > 0 ? rebuilt_weight / total : 0;
}

Component TestProduction(const std::vector<ProductionPair>& pairs, const ProductionLevels& levels) {
  const auto bet = [&levels](double null_mean, double design_mean) {
    return stats::BetDesign{null_mean, design_mean, levels.prior_discordance, kPriorPairs,
                            kMostOfWealth};
  };
  stats::GateProcess noninferior(bet(-levels.margin, 0), levels.alpha, levels.beta);
  stats::GateProcess harm(bet(0, levels.margin), levels.alpha_block, levels.beta);
  const std::vector<Unit> units = UnitsOf(pairs);
  const double largest = LargestWeight(units);
  for (const Unit& unit : units) {
    const double r = unit.weight / largest;
    noninferior.Update(
        std::clamp(r * (unit.difference() + levels.margin) - levels.margin, -1.0, 1.0));
    harm.Update(std::clamp(-r * unit.difference(), -1.0, 1.0));
  }
  Component component;
  component.name = kComponent;
  component.margin = levels.margin;
  component.n = static_cast<std::int64_t>(pairs.size());
  component.clusters = static_cast<std::int64_t>(units.size());
  component.delta = WeightedInterval(units);
  component.log_e_noninferior = noninferior.ledger_log_e();
  component.log_e_harm = harm.ledger_log_e();
  component.state = StateOf(noninferior, harm);
  if (!noninferior.at_alpha() && !pairs.empty()) {
    component.n_more = noninferior.Forecast(noninferior.log_alpha_threshold()).more;
  }
  return component;
}

ProductionLevels LevelsBeside(const GatePolicy& policy, const Verdict& verdict) {
  return {verdict.alpha, verdict.alpha_block, policy.beta,
          policy.traces ? policy.traces->margin : TracePolicy{}.margin, policy.prior_discordance};
}

void AddProduction(const ProductionEvidence& evidence, const GatePolicy& policy,
                   const ProductionLevels& levels, Verdict& verdict) {
  Component component = TestProduction(evidence.pairs, levels);
  if (!verdict.details.is_object()) verdict.details = Json::object();
  verdict.details["production"] = Describe(evidence, levels);
  verdict.episodes += evidence.episodes;
  verdict.missing_episodes += evidence.drops.champion_missing + evidence.drops.candidate_missing;
  std::vector<Reason> blocking = BlockingReasons(evidence, component, levels);
  if (!blocking.empty()) {
    Block(std::move(blocking), verdict);
  } else if (verdict.kind != VerdictKind::kBlock) {
    HoldWhereOpen(evidence, policy, component, verdict);
    if (verdict.kind == VerdictKind::kPromote && component.n > 0) {
      verdict.reasons.push_back(
          {"non_inferior_on_production",
           fmt::format("A loss of {:.1f} points or more is excluded on production: {} over {} "
                       "recorded traces, {:.1f} % of the archive's weight.",
                       100 * component.margin, InPoints(component.delta.estimate), component.n,
                       100 * evidence.coverage())});
    }
  }
  verdict.components.push_back(std::move(component));
}

}  // namespace kedge::gate
