// Classical tests, intervals and distances.
#include <cmath>
#include <vector>

#include "harness/core/error.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/clustered.h"
#include "harness/stats/contingency.h"
#include "harness/stats/cuped.h"
#include "harness/stats/distribution_distance.h"
#include "harness/stats/distributions.h"
#include "harness/stats/mcnemar.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/pass_at_k.h"
#include "harness/stats/permutation.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/stats/rank_tests.h"
#include "harness/stats/ratio.h"
#include "harness/stats/variance_components.h"
#include "tests/stats/oracle_runner.h"

namespace kedge::stats_oracle {
namespace {

using Numbers = std::vector<double>;

Numbers Values(const Json& in, const char* key) { return in.at(key).get<Numbers>(); }
double Number(const Json& in, const char* key) { return in.at(key).get<double>(); }
std::int64_t Whole(const Json& in, const char* key) { return in.at(key).get<std::int64_t>(); }

Json Special(const Json& in) {
  const std::string fn = in.at("fn");
  const Numbers a = Values(in, "args");
  if (fn == "norm_ppf") return {{"value", stats::NormalQuantile(a.at(0))}};
  if (fn == "t_ppf") return {{"value", stats::StudentTQuantile(a.at(0), a.at(1))}};
  if (fn == "beta_ppf") return {{"value", stats::BetaQuantile(a.at(0), a.at(1), a.at(2))}};
  if (fn == "chi2_sf") return {{"value", stats::ChiSquaredSf(a.at(0), a.at(1))}};
  if (fn == "kolmogorov_sf") return {{"value", stats::KolmogorovSf(a.at(0))}};
  if (fn == "binom_cdf") {
    return {{"value", stats::BinomialCdf(std::llround(a.at(0)), std::llround(a.at(1)), a.at(2))}};
  }
  throw BadData("unknown special function " + fn);
}

Json Mcnemar(const Json& in) {
  const auto r = stats::McnemarTest(Whole(in, "b"), Whole(in, "c"));
  return {{"p_exact_two", r.exact_two_sided},   {"p_midp_two", r.midp_two_sided},
          {"p_exact_greater", r.exact_greater}, {"p_midp_greater", r.midp_greater},
          {"p_exact_less", r.exact_less},       {"p_midp_less", r.midp_less}};
}

Json Newcombe(const Json& in) {
  const auto r = stats::Newcombe10({Whole(in, "a"), Whole(in, "b"), Whole(in, "c"), Whole(in, "d")},
                                   Number(in, "level"));
  return {{"diff", r.difference},
          {"phi", r.phi},
          {"lower", r.interval.low},
          {"upper", r.interval.high}};
}

Json Wilson(const Json& in) {
  const auto r = stats::WilsonInterval(Whole(in, "x"), Whole(in, "n"), Number(in, "level"));
  return {{"lower", r.low}, {"upper", r.high}};
}

Json ClopperPearson(const Json& in) {
  const auto r = stats::ClopperPearsonInterval(Whole(in, "x"), Whole(in, "n"), Number(in, "level"));
  return {{"lower", r.low}, {"upper", r.high}};
}

Json Permutation(const Json& in) {
  const auto r =
      stats::PairedPermutationExact(in.at("diffs_units").get<std::vector<std::int64_t>>());
  return {{"sum", r.sum},
          {"n_perm", r.sign_vectors},
          {"count_ge", r.count_greater},
          {"count_le", r.count_less},
          {"count_abs", r.count_both},
          {"p_greater", r.p_greater},
          {"p_less", r.p_less},
          {"p_two", r.p_two_sided}};
}

Json Clustered(const Json& in) {
  const auto r = stats::ClusteredMeanEstimate(
      Values(in, "diff"), in.at("cluster").get<std::vector<std::int64_t>>(), Number(in, "level"));
  return {{"mean", r.mean},
          {"n", r.n},
          {"n_clusters", r.clusters},
          {"se_iid", r.se_iid},
          {"se_cr0", r.se_cr0},
          {"se_cr1", r.se_cr1},
          {"df", r.df},
          {"ci_lower", r.interval.low},
          {"ci_upper", r.interval.high},
          {"t_stat", r.t},
          {"p_two", r.p_two_sided},
          {"deff", r.design_effect}};
}

Json Bca(const Json& in) {
  const Numbers data = Values(in, "data");
  double sum = 0;
  for (const double v : data) sum += v;
  const auto n = static_cast<double>(data.size());
  Numbers jackknife;
  for (const double v : data) jackknife.push_back((sum - v) / (n - 1));
  const auto r =
      stats::BcaInterval(sum / n, jackknife, Values(in, "boot_means"), Number(in, "level"));
  return {{"theta_hat", r.estimate},
          {"z0", r.z0},
          {"accel", r.acceleration},
          {"alpha1", r.alpha_low},
          {"alpha2", r.alpha_high},
          {"ci_lower", r.interval.low},
          {"ci_upper", r.interval.high},
          {"percentile_lower", r.percentile.low},
          {"percentile_upper", r.percentile.high}};
}

Json ClusterBootstrap(const Json& in) {
  const auto r =
      stats::ClusterBootstrapExact({Values(in, "cluster_sums"), Values(in, "cluster_sizes")});
  return {{"n_resamples", r.resamples}, {"boot_mean", r.mean}, {"boot_sd", r.sd},
          {"point", r.point},           {"q05", r.q05},        {"q95", r.q95}};
}

Json PAdjust(const Json& in) {
  const Numbers p = Values(in, "p");
  return {{"holm", stats::HolmAdjust(p)},
          {"bh", stats::BenjaminiHochbergAdjust(p)},
          {"by", stats::BenjaminiYekutieliAdjust(p)}};
}

Json MannWhitney(const Json& in) {
  const auto r = stats::MannWhitneyTest(Values(in, "x"), Values(in, "y"));
  return {{"U1", r.u},
          {"sigma", r.sigma},
          {"p_two_cc", r.p_two_sided},
          {"p_two_nocc", r.p_two_sided_uncorrected},
          {"p_greater_cc", r.p_greater},
          {"p_less_cc", r.p_less},
          {"A12", r.a12}};
}

Json KolmogorovSmirnov(const Json& in) {
  const auto r = stats::KolmogorovSmirnovTest(Values(in, "x"), Values(in, "y"));
  return {{"D", r.distance}, {"p_kolmogorov_limit", r.p_limit}, {"p_exact", r.p_exact}};
}

Json Psi(const stats::PsiResult& r) {
  return {{"psi", r.psi}, {"null_scale", r.null_scale}, {"p_chi2_approx", r.p_chi2}};
}

Json PsiOfCounts(const Json& in) {
  return Psi(stats::PsiCategorical(Values(in, "ref_counts"), Values(in, "cur_counts")));
}

Json PsiOfNumbers(const Json& in) {
  const auto r = stats::PsiNumeric(Values(in, "ref"), Values(in, "cur"), in.at("bins").get<int>());
  Json out = Psi(r.psi);
  out["edges"] = r.edges;
  out["ref_counts"] = r.reference_counts;
  out["cur_counts"] = r.current_counts;
  return out;
}

Json JensenShannon(const Json& in) {
  const double bits = stats::JensenShannonBits(Values(in, "ref_counts"), Values(in, "cur_counts"));
  return {{"jsd_bits", bits}, {"js_distance", std::sqrt(bits)}};
}

Json Energy(const Json& in) {
  const auto r = stats::DistanceBetweenSamples(Values(in, "x"), Values(in, "y"));
  return {{"energy_squared", r.energy_squared},
          {"scipy_energy_distance", r.energy},
          {"wasserstein1", r.wasserstein1}};
}

Json Contingency(const Json& in) {
  const auto r = stats::ContingencyTest(in.at("table").get<std::vector<Numbers>>());
  return {{"chi2", r.chi2},     {"g", r.g},     {"df", r.df},
          {"p_chi2", r.p_chi2}, {"p_g", r.p_g}, {"cramers_v", r.cramers_v}};
}

Json PassAtK(const Json& in) {
  std::vector<stats::Trials> tasks;
  if (in.contains("tasks_n_c")) {
    for (const Json& t : in.at("tasks_n_c")) {
      tasks.push_back({t.at(0).get<std::int64_t>(), t.at(1).get<std::int64_t>()});
    }
  } else {
    tasks.push_back({Whole(in, "n"), Whole(in, "c")});
  }
  return {{"pass_at_k", stats::MeanPassAtK(tasks, Whole(in, "k"))},
          {"pass_hat_k", stats::MeanPassHatK(tasks, Whole(in, "k"))}};
}

Json Components(const stats::VarianceComponents& r) {
  return {{"n0", r.n0},
          {"msb", r.msb},
          {"msw", r.msw},
          {"var_between", r.var_between},
          {"var_between_trunc", r.var_between_truncated},
          {"var_within", r.var_within},
          {"icc1", r.icc1},
          {"icc1k", r.icc1k},
          {"F", r.f},
          {"se_mean", r.se_mean},
          {"aa_discordance", r.aa_discordance}};
}

Json Balanced(const Json& in) {
  return Components(stats::AnalyseRepeats(in.at("outcomes").get<std::vector<Numbers>>()));
}

Json Unbalanced(const Json& in) {
  return Components(stats::AnalyseRepeats(in.at("groups").get<std::vector<Numbers>>()));
}

Json BetaBinomial(const Json& in) {
  std::vector<stats::Trials> tasks;
  for (const Json& c : in.at("successes")) {
    tasks.push_back({Whole(in, "n"), c.get<std::int64_t>()});
  }
  const auto r = stats::BetaBinomialMoments(tasks);
  return {{"mean", r.mean}, {"pass2", r.pass2}, {"rho", r.rho},
          {"a", r.a},       {"b", r.b},         {"aa_discordance", r.aa_discordance}};
}

Json Ratio(const Json& in) {
  const auto r = stats::RatioOfPairedMeans(Values(in, "candidate"), Values(in, "champion"),
                                           Number(in, "level"));
  return {{"ratio", r.ratio},
          {"se", r.se},
          {"delta_lower", r.delta.low},
          {"delta_upper", r.delta.high},
          {"fieller_g", r.fieller_g},
          {"fieller_lower", r.fieller.low},
          {"fieller_upper", r.fieller.high},
          {"geo_mean_ratio", r.geometric_ratio}};
}

Json CupedCase(const Json& in) {
  const auto r = stats::Cuped(Values(in, "y"), Values(in, "x"));
  return {{"theta", r.theta},
          {"adj_mean", r.mean},
          {"var_raw", r.var_raw},
          {"var_adj", r.var_adjusted},
          {"rho2", r.rho2}};
}

}  // namespace

void AddTestAdapters(std::map<std::string, Adapter>& adapters) {
  adapters.insert({{"special_functions", Special},
                   {"mcnemar", Mcnemar},
                   {"newcombe10_paired_diff", Newcombe},
                   {"wilson", Wilson},
                   {"clopper_pearson", ClopperPearson},
                   {"paired_permutation_exact", Permutation},
                   {"clustered_se_paired_mean", Clustered},
                   {"bca_bootstrap_deterministic", Bca},
                   {"cluster_bootstrap_exact", ClusterBootstrap},
                   {"p_adjust", PAdjust},
                   {"mann_whitney_ties", MannWhitney},
                   {"ks_two_sample", KolmogorovSmirnov},
                   {"psi_categorical", PsiOfCounts},
                   {"psi_numeric", PsiOfNumbers},
                   {"jensen_shannon", JensenShannon},
                   {"energy_and_wasserstein", Energy},
                   {"chi2_and_g", Contingency},
                   {"pass_at_k_and_pass_hat_k", PassAtK},
                   {"variance_components_icc", Balanced},
                   {"variance_components_unbalanced", Unbalanced},
                   {"beta_binomial_moments", BetaBinomial},
                   {"ratio_of_means_paired", Ratio},
                   {"cuped", CupedCase}});
}

}  // namespace kedge::stats_oracle
