#include "harness/gate/sequential_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/gate/data_quality.h"
#include "harness/stats/confidence_sequence.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/mcnemar.h"

namespace kedge::gate {
namespace {

constexpr double kLevel = 0.90;

Interval SequenceInterval(const std::vector<double>& differences) {
  if (differences.empty()) return {0, -1, 1, kLevel};
  const stats::Interval bounds = stats::DifferenceConfidenceSequence(differences, 1 - kLevel);
  return {stats::Mean(differences), bounds.low, bounds.high, kLevel};
}

std::string ComponentName(const stats::ComponentEvidence& component) {
  return (component.kind == stats::ComponentKind::kStratum ? "stratum:" : "guard:") +
         component.name;
}

std::string ComponentState(const stats::ComponentEvidence& component) {
  if (component.harmed) return "harm shown";
  if (component.noninferior_at_alpha) return "non-inferior";
  if (component.noninferior_at_beta) return "non-inferior at beta";
  return "open";
}

std::string Points(double value) { return fmt::format("{:+.1f} points", 100 * value); }

/// Guilty components by name; "overall" when harm is shown but no single one can be named.
std::vector<Reason> HarmReasons(const stats::GateEvidence& evidence, double alpha_block) {
  std::vector<Reason> reasons;
  for (const stats::ComponentEvidence& component : evidence.components) {
    if (!component.harmed) continue;
    const bool stratum = component.kind == stats::ComponentKind::kStratum;
    reasons.push_back(
        {(stratum ? "regression:" : "guard_rate:") + component.name,
         stratum ? fmt::format("{} got worse: {} over {} pairs (e = {:.3g}, needed {:.3g}).",
                               component.name, Points(component.mean), component.pairs,
                               std::exp(component.log_e_harm_adjusted), 1 / alpha_block)
                 : fmt::format("violations of {} rose by {} over {} pairs.", component.name,
                               Points(-component.mean), component.pairs)});
  }
  if (reasons.empty()) {
    reasons.push_back(
        {"regression:overall",
         fmt::format("The candidate is worse (overall {}); no single stratum or guard "
                     "can be named at this level.",
                     Points(evidence.mean_round))});
  }
  return reasons;
}

std::vector<Reason> HardGuardReasons(const SequentialEvidence& evidence) {
  std::vector<Reason> reasons;
  for (const std::string& guard : std::set<std::string>(evidence.hard_guards_broken.begin(),
                                                        evidence.hard_guards_broken.end())) {
    reasons.push_back({"hard_guard:" + guard,
                       fmt::format("The candidate broke {} in {} of its episodes; none is allowed.",
                                   guard, evidence.pairs.CandidateViolations(guard))});
  }
  return reasons;
}

// What of alpha a gain has.
double GainShare(PromoteFor promote_for) {
  return promote_for == PromoteFor::kEither ? stats::kQualityShareOfAlpha : 1;
}

Reason SavingReason(const SequentialEvidence& evidence, const stats::GateEvidence& found) {
  const ObjectivePolicy& objective = evidence.inputs.policy.objective;
  const double share =
      objective.promote_for == PromoteFor::kEither ? 1 - stats::kQualityShareOfAlpha : 1;
  std::string ratio;
  for (const ResourceUse& use : evidence.pairs.Resources()) {
    if (use.name == objective.resource && use.ratio) {
      ratio = fmt::format(": {:.2f} times the champion's", *use.ratio);
    }
  }
  return {
      "saving",
      fmt::format("A saving of more than {:.3g} % of {} is shown (e = {:.3g}, needed {:.3g}){}, "
                  "and a loss of {} or more is excluded.",
                  100 * objective.smallest_saving, objective.resource,
                  std::exp(found.log_e_saving.value_or(0)), 1 / (evidence.inputs.alpha * share),
                  ratio, Points(evidence.inputs.policy.overall_margin))};
}

std::vector<Reason> PromoteReasons(const SequentialEvidence& evidence,
                                   const stats::GateEvidence& found, const Interval& overall) {
  const GateInputs& inputs = evidence.inputs;
  const ObjectivePolicy& objective = inputs.policy.objective;
  const bool by_gain = found.quality_gain_shown && objective.promote_for != PromoteFor::kSaving;
  std::vector<Reason> reasons = {
      by_gain ? Reason{"improvement",
                       fmt::format("An overall gain is shown (e = {:.3g}, needed {:.3g}): {} "
                                   "[{:+.1f}, {:+.1f}].",
                                   std::exp(found.log_e_gain),
                                   1 / (inputs.alpha * GainShare(objective.promote_for)),
                                   Points(overall.estimate), 100 * overall.low, 100 * overall.high)}
              : SavingReason(evidence, found),
      {"non_inferior",
       fmt::format("A loss beyond the margin is excluded in every stratum{}.",
                   found.components.size() > inputs.suite->strata().size() ? " and guard" : "")}};
  if (!found.resources.empty()) {
    reasons.push_back({"within_budget", "Every resource limit is shown to hold."});
  }
  return reasons;
}

std::vector<Reason> NoDifferenceReasons(const GateInputs& inputs) {
  const ObjectivePolicy& objective = inputs.policy.objective;
  std::vector<Reason> reasons;
  if (objective.promote_for != PromoteFor::kSaving) {
    reasons.push_back({"no_worthwhile_gain", fmt::format("A gain of {} or more is excluded.",
                                                         Points(inputs.policy.smallest_gain))});
  }
  if (objective.promote_for != PromoteFor::kGain) {
    reasons.push_back(
        {"no_worthwhile_saving", fmt::format("A saving of {:.3g} % of {} or more is excluded.",
                                             100 * objective.smallest_saving, objective.resource)});
  }
  reasons.push_back(inputs.policy.economy
                        ? Reason{"regression_not_excluded",
                                 "Economy mode stopped here; a regression is not excluded."}
                        : Reason{"no_regression",
                                 "A loss beyond the margin is excluded overall and in every "
                                 "stratum."});
  return reasons;
}

void ExplainUnderpowered(const SequentialEvidence& evidence, Verdict& verdict) {
  verdict.reasons.push_back(
      {"underpowered",
       evidence.used_up.empty()
           ? fmt::format("{} pairs were run, the policy's most, and the question is open.",
                         evidence.gate.pairs())
           : fmt::format("every task of stratum {} was used once after {} pairs, and the question "
                         "is open.",
                         evidence.used_up, evidence.gate.pairs())});
  if (!evidence.used_up.empty()) {
    verdict.what_would_settle.push_back(
        "More tasks: a claim about a population may use each only once.");
  }
  for (const stats::OpenQuestion& question : evidence.gate.OpenQuestions()) {
    const double share = 100 * std::max(0.0, question.log_e) / question.log_threshold;
    verdict.what_would_settle.push_back(
        question.pairs_needed
            ? fmt::format("{}: about {} more pairs ({:.0f} % of the evidence is there).",
                          question.name, *question.pairs_needed, share)
            : fmt::format("{}: no number of pairs can be named; so far the data do not point "
                          "there.",
                          question.name));
  }
}

void FillComponents(const SequentialEvidence& evidence, const stats::GateEvidence& found,
                    Verdict& verdict) {
  Component overall;
  overall.name = "overall";
  overall.weight = 1;
  overall.margin = evidence.inputs.policy.overall_margin;
  overall.n = static_cast<std::int64_t>(evidence.round_differences.size());
  overall.clusters = overall.n;
  overall.delta = verdict.delta;
  overall.log_e_gain = found.log_e_gain;
  overall.log_e_noninferior = found.log_e_noninferior;
  overall.log_e_harm = found.log_e_loss;
  overall.state = found.quality_gain_shown      ? "gain shown"
                  : found.quality_gain_excluded ? "worthwhile gain excluded"
                                                : "open";
  verdict.components.push_back(std::move(overall));
  const stats::GateDesign& design = evidence.gate.design();
  for (std::size_t i = 0; i < found.components.size(); ++i) {
    const stats::ComponentEvidence& c = found.components[i];
    Component row;
    row.name = ComponentName(c);
    row.n = c.pairs;
    row.clusters = c.pairs;
    row.log_e_noninferior = c.log_e_noninferior;
    row.log_e_harm = c.log_e_harm;
    row.state = ComponentState(c);
    if (i < design.strata.size()) {
      row.weight = design.strata[i].weight;
      row.margin = design.strata[i].delta;
      row.delta = SequenceInterval(evidence.differences[i]);
    } else {
      row.margin = evidence.inputs.policy.guard_margin;
      row.delta = SequenceInterval(evidence.guard_differences[i - design.strata.size()]);
    }
    verdict.components.push_back(std::move(row));
  }
}

void FillResources(const stats::GateEvidence& found, const stats::GateDesign& design,
                   Verdict& verdict) {
  for (std::size_t i = 0; i < found.resources.size(); ++i) {
    Component row;
    row.name = "resource:" + found.resources[i].name;
    row.margin = design.resources[i].tolerance;
    row.n = verdict.pairs.n;
    row.clusters = verdict.pairs.n;
    row.log_e_noninferior = found.resources[i].log_e;
    row.state = found.resources[i].within_limit ? "within the limit" : "open";
    verdict.components.push_back(std::move(row));
  }
  if (!found.log_e_saving) return;
  Component saving;
  saving.name = "saving:" + design.resources[0].name;
  saving.margin = design.saving;
  saving.n = verdict.pairs.n;
  saving.clusters = verdict.pairs.n;
  saving.log_e_gain = found.log_e_saving;
  saving.state = found.saving_shown ? "saving shown" : "open";
  verdict.components.push_back(std::move(saving));
}

Verdict Describe(const SequentialEvidence& evidence) {
  const GateInputs& inputs = evidence.inputs;
  Verdict v;
  v.mode = "sequential";
  v.estimand = "mean over the suite's strata, by weight, of the candidate's minus the champion's " +
               std::string(inputs.policy.use_score ? "score" : "success rate") +
               (inputs.policy.claim == Claim::kPopulation
                    ? " on the population that the tasks are a sample of"
                    : " on the listed tasks");
  v.champion = {inputs.champion.name(), inputs.champion.hash(), {}};
  v.candidate = {inputs.candidate.name(), inputs.candidate.hash(), {}};
  v.suite = inputs.suite->name();
  v.suite_digest = inputs.suite->digest();
  v.suite_seed = inputs.suite->seed();
  v.suite_variant = inputs.suite->variant();
  v.policy_digest = PolicyDigest(inputs.policy, inputs.guard_policy.get());
  v.guard_policy_digest = inputs.guard_policy ? inputs.guard_policy->digest() : "";
  v.alpha = inputs.alpha;
  v.alpha_block = inputs.policy.alpha_block;
  v.beta = inputs.policy.beta;
  v.error_budget_left = inputs.error_budget_left;
  v.pairs = evidence.pairs.table();
  v.delta = SequenceInterval(evidence.round_differences);
  v.delta_label = "at stopping, biased away from 0";
  const stats::McnemarResult mcnemar =
      stats::McnemarTest(v.pairs.only_champion, v.pairs.only_candidate);
  v.mcnemar_exact_p = mcnemar.exact_two_sided;
  v.mcnemar_mid_p = mcnemar.midp_two_point;
  v.decision_method = "betting e-processes, four verdicts";
  v.families = evidence.pairs.Families();
  v.guards = inputs.guard_policy
                 ? evidence.pairs.Guards(*inputs.guard_policy, inputs.policy.hard_guards)
                 : std::vector<GuardCount>{};
  v.resources = evidence.pairs.Resources();
  v.flips = evidence.pairs.flips();
  v.seen_pairs = evidence.pairs.seen();
  v.episodes = 2 * (v.pairs.n + v.pairs.dropped);
  v.missing_episodes =
      evidence.pairs.drops().champion_missing + evidence.pairs.drops().candidate_missing;
  const double n = static_cast<double>(std::max<std::int64_t>(v.pairs.n, 1));
  v.details = {
      {"discordance", static_cast<double>(v.pairs.only_champion + v.pairs.only_candidate) / n},
      {"rounds", evidence.gate.rounds()},
      {"log_e_block", evidence.gate.Evidence().log_m_block},
      {"promotion_log_e", evidence.gate.PromotionLogE()}};
  return v;
}

std::optional<Reason> QualityProblem(const SequentialEvidence& evidence) {
  return FindDataQualityProblem(evidence.pairs.drops(), evidence.inputs.policy.max_dropped_share);
}

// Guards that say nothing yet because they watched too little; only a PROMOTE rests on them.
std::vector<Reason> ExposureReasons(const SequentialEvidence& evidence) {
  std::vector<Reason> reasons;
  if (KindOf(evidence.gate.verdict()) != VerdictKind::kPromote) return reasons;
  for (const auto& [guard, needed] : evidence.inputs.policy.minimum_exposure) {
    const std::int64_t watched = evidence.pairs.Exposure(guard);
    if (watched >= needed) continue;
    reasons.push_back(
        {"exposure:" + guard, fmt::format("{} watched {} episodes of the candidate; {} are needed.",
                                          guard, watched, needed)});
  }
  return reasons;
}

}  // namespace

VerdictKind DecideSequential(const SequentialEvidence& evidence) {
  if (!evidence.hard_guards_broken.empty()) return VerdictKind::kBlock;
  if (QualityProblem(evidence)) return VerdictKind::kHoldInconclusive;
  if (!ExposureReasons(evidence).empty()) return VerdictKind::kHoldInconclusive;
  return KindOf(evidence.gate.verdict());
}

Verdict MakeSequentialVerdict(const SequentialEvidence& evidence) {
  const GateInputs& inputs = evidence.inputs;
  const stats::GateEvidence found = evidence.gate.Evidence();
  Verdict verdict = Describe(evidence);
  verdict.kind = DecideSequential(evidence);
  FillComponents(evidence, found, verdict);
  FillResources(found, evidence.gate.design(), verdict);

  if (!evidence.hard_guards_broken.empty()) {
    verdict.reasons = HardGuardReasons(evidence);
    return verdict;
  }
  if (const auto problem = QualityProblem(evidence)) {
    verdict.reasons = {*problem};
    verdict.what_would_settle = {"Make the infrastructure reliable and run the same gate again."};
    return verdict;
  }
  if (std::vector<Reason> reasons = ExposureReasons(evidence); !reasons.empty()) {
    verdict.reasons = std::move(reasons);
    verdict.what_would_settle = {
        "The gain is shown, the guards are not yet: ask for stronger evidence (a smaller alpha or "
        "guard_margin needs more pairs), or lower guards.minimum_exposure."};
    return verdict;
  }
  switch (verdict.kind) {
    case VerdictKind::kPromote:
      verdict.reasons = PromoteReasons(evidence, found, verdict.delta);
      break;
    case VerdictKind::kBlock:
      verdict.reasons = HarmReasons(found, inputs.policy.alpha_block);
      break;
    case VerdictKind::kHoldNoDifference:
      verdict.reasons = NoDifferenceReasons(inputs);
      break;
    case VerdictKind::kHoldInconclusive:
      ExplainUnderpowered(evidence, verdict);
      break;
  }
  return verdict;
}

}  // namespace kedge::gate
