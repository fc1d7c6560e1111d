// Error budgets, reuse of suites, sampling and drift.
#include <cmath>
#include <span>
#include <vector>

#include "harness/stats/distribution_distance.h"
#include "harness/stats/drift_permutation.h"
#include "harness/stats/e_lond.h"
#include "harness/stats/ladder.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/reward_hacking.h"
#include "harness/stats/survey.h"
#include "harness/stats/vault.h"
#include "tests/stats/oracle_runner.h"

namespace kedge::stats_oracle {
namespace {

using Numbers = std::vector<double>;

Json EMultiplicity(const Json& in) {
  const Numbers e = in.at("e");
  return {{"ebh_reject", stats::EBenjaminiHochberg(e, in.at("alpha"))},
          {"eclosure_adjusted", stats::EClosureAdjust(e)}};
}

Json Lond(const Json& in) {
  stats::ELond ledger(in.at("alpha"), in.at("gamma").get<Numbers>());
  Json alphas = Json::array();
  Json rejections = Json::array();
  for (const Json& e : in.at("e")) {
    alphas.push_back(ledger.NextAlpha());
    rejections.push_back(ledger.Test(e.get<double>()));
  }
  return {{"path_alpha", alphas}, {"path_reject", rejections}};
}

Json Survey(const Json& in) {
  const auto r = stats::HorvitzThompson(in.at("y").get<Numbers>(), in.at("pi").get<Numbers>());
  return {{"ht_total", r.total},         {"N_hat", r.population_size}, {"hajek_mean", r.mean},
          {"var_ht_total", r.var_total}, {"var_hajek", r.var_mean},    {"se_hajek", r.se_mean},
          {"kish_neff", r.effective_n}};
}

Json Neyman(const Json& in) {
  const auto r =
      stats::AllocateRuns(in.at("w").get<Numbers>(), in.at("sd").get<Numbers>(), in.at("n"));
  return {{"neyman_frac", r.neyman},          {"defensive_frac", r.defensive},
          {"var_prop", r.var_proportional},   {"var_neyman", r.var_neyman},
          {"var_defensive", r.var_defensive}, {"max_weight", r.max_weight}};
}

Json LadderCase(const Json& in) {
  stats::Ladder ladder(in.at("champion").get<Numbers>());
  Json released = Json::array();
  Json better = Json::array();
  for (const Json& candidate : in.at("candidates")) {
    better.push_back(ladder.Submit(candidate.get<Numbers>()));
    released.push_back(ladder.released());
  }
  return {{"released", released}, {"new_best", better}};
}

Json ThresholdoutCase(const Json& in) {
  stats::Thresholdout holdout(in.at("T"), in.at("g0"), in.at("budget"));
  Json answers = Json::array();
  for (std::size_t i = 0; i < in.at("train").size(); ++i) {
    const auto answer = holdout.Query(in.at("train")[i], in.at("holdout")[i],
                                      {in.at("etas")[i], in.at("xis")[i], in.at("gammas")[i]});
    answers.push_back(answer ? Json(*answer) : Json());
  }
  return {{"answers", answers}, {"budget_left", holdout.budget()}};
}

Json Vault(const Json& in) {
  const auto r = stats::ComputeVaultBudget(
      {in.at("n"), in.at("psi"), in.at("tau"), in.at("k"), in.at("alpha")});
  return {{"exponent", r.exponent}, {"budget", r.fails}};
}

stats::TaskFeatures Shares(const Json& counts) {
  stats::TaskFeatures features;
  for (const Json& task : counts) features.push_back(stats::Normalised(task.get<Numbers>()));
  return features;
}

Json Drift(const Json& in) {
  const auto r =
      stats::DriftPermutationExact(Shares(in.at("champion_counts")),
                                   Shares(in.at("candidate_counts")), stats::JensenShannonBits);
  return {
      {"observed", r.observed}, {"n_perm", r.labellings}, {"count_ge", r.hits}, {"p_exact", r.p},
      {"perm_mean", r.mean},    {"perm_sd", r.sd},        {"excess", r.excess}, {"z", r.z}};
}

Json Hacking(const Json& in) {
  const auto r = stats::CompareVaultGain(
      {in.at("delta_gate"), in.at("var_gate"), in.at("n_gate")},
      {in.at("delta_vault"), in.at("var_vault"), in.at("n_vault")}, in.at("retain"));
  return {{"contrast", r.contrast},  {"se", r.se},   {"z", r.z},
          {"p_hack", r.p},           {"gap", r.gap}, {"gap_z", r.gap_z},
          {"suspicion", r.suspicion}};
}

}  // namespace

void AddGovernanceAdapters(std::map<std::string, Adapter>& adapters) {
  adapters.insert({{"e_multiplicity", EMultiplicity},
                   {"e_lond", Lond},
                   {"horvitz_thompson_hajek", Survey},
                   {"neyman_defensive", Neyman},
                   {"ladder_parameter_free", LadderCase},
                   {"thresholdout", ThresholdoutCase},
                   {"vault_query_budget", Vault},
                   {"drift_permutation_exact", Drift},
                   {"reward_hacking_gap", Hacking}});
}

}  // namespace kedge::stats_oracle
