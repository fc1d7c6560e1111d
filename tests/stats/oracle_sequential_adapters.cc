// Betting processes, sequential tests and change detection.
#include <cmath>
#include <vector>

#include "harness/stats/betting.h"
#include "harness/stats/change_detection.h"
#include "harness/stats/confidence_sequence.h"
#include "harness/stats/group_sequential.h"
#include "harness/stats/sample_size.h"
#include "harness/stats/sprt.h"
#include "tests/stats/oracle_runner.h"

namespace kedge::stats_oracle {
namespace {

std::vector<double> Series(const Json& in) { return in.at("x").get<std::vector<double>>(); }

stats::BetDesign Design(const Json& in, const char* weight_key) {
  return {in.at("m0"), in.at("mu_design"), in.at("psi0"), in.at(weight_key), in.at("c")};
}

template <typename Process>
Json Paths(const Json& in, Process process) {
  std::vector<double> lambdas;
  std::vector<double> wealth;
  for (const double x : Series(in)) {
    lambdas.push_back(process.Lambda());
    process.Update(x);
    wealth.push_back(process.log_wealth());
  }
  return {{"lambda_path", lambdas}, {"log_wealth_path", wealth}};
}

Json Dmlv(const Json& in) { return Paths(in, stats::BetProcess(Design(in, "n_v"))); }
Json Agrapa(const Json& in) { return Paths(in, stats::AgrapaProcess(Design(in, "n0"))); }

Json BettingSequence(const Json& in) {
  stats::BettingConfidenceSequence sequence(in.at("alpha").get<double>());
  for (const double x : Series(in)) sequence.Add(x);
  std::vector<double> capital;
  for (const Json& m : in.at("m_probe")) capital.push_back(sequence.LogCapital(m.get<double>()));
  const stats::Interval bounds = sequence.Bounds();
  return {{"lambda_path", sequence.lambdas()},
          {"log_K_at_probe", capital},
          {"ci_lower", bounds.low},
          {"ci_upper", bounds.high}};
}

Json Bernstein(const Json& in) {
  const auto paths =
      stats::EmpiricalBernsteinSequence(Series(in), in.at("alpha"), in.at("truncation"));
  return {{"lower_path", paths.lower}, {"upper_path", paths.upper}};
}

const char* Name(stats::SprtDecision d) {
  if (d == stats::SprtDecision::kContinue) return "continue";
  return d == stats::SprtDecision::kAcceptH0 ? "accept_h0" : "accept_h1";
}

Json Sprt(const Json& in) {
  stats::BernoulliSprt test(in.at("p0"), in.at("p1"), in.at("alpha"), in.at("beta"));
  std::vector<double> path;
  for (const double x : Series(in)) {
    if (test.decision() != stats::SprtDecision::kContinue) break;
    test.Update(x > 0.5);
    path.push_back(test.log_ratio());
  }
  Json out = {{"upper", test.upper()},
              {"lower", test.lower()},
              {"llr_path", path},
              {"decision", Name(test.decision())},
              {"stop", nullptr}};
  if (test.decision() != stats::SprtDecision::kContinue) out["stop"] = test.observations();
  return out;
}

Json SequentialMcnemar(const Json& in) {
  const auto r = stats::SequentialMcnemarExact(in.at("theta1"), in.at("upper"), in.at("lower"),
                                               in.at("m_max"));
  return {{"null_p_up", r.null.up},
          {"null_p_down", r.null.down},
          {"null_p_trunc", r.null.truncated},
          {"null_E_discordant", r.null.expected_discordant},
          {"alt_p_up", r.alternative.up},
          {"alt_p_down", r.alternative.down},
          {"alt_p_trunc", r.alternative.truncated},
          {"alt_E_discordant", r.alternative.expected_discordant}};
}

Json LowerBound(const Json& in) {
  const auto r =
      stats::WaldLowerBound(in.at("w"), in.at("l"), in.at("m0"), in.at("alpha"), in.at("beta"));
  return {{"lambda_star", r.lambda},
          {"kl_inf", r.kl_inf},
          {"kl_binary", r.kl_binary},
          {"asn_lower_bound", r.pairs}};
}

Json RequiredN(const Json& in) {
  const stats::PairedDesign design{in.at("psi"), in.at("Delta"), in.at("delta"), in.at("alpha"),
                                   in.at("beta")};
  return {
      {"n_exact", stats::RequiredPairsExact(design)},
      {"n", stats::RequiredPairs(design)},
      {"mde_at_n400", stats::MinimumDetectableEffect(design.psi, 400, design.alpha, design.beta)}};
}

Json MoreRuns(const Json& in) {
  const stats::BetDesign design = Design(in, "n_v");
  stats::BetProcess bet(design);
  stats::OutcomeMoments moments;
  for (const double x : Series(in)) {
    bet.Update(x);
    moments.Add(x);
  }
  const auto f =
      stats::ForecastGrowth(design, bet, moments, in.at("log_threshold"), in.at("prior_n"));
  Json out = {{"logW", bet.log_wealth()},
              {"lam_next", bet.Lambda()},
              {"growth", f.growth},
              {"n_more", nullptr}};
  if (f.more) out["n_more"] = *f.more;
  return out;
}

Json Detect(const Json& in) {
  stats::EDetector detector({in.at("m0"), in.at("shifts"), in.at("weights"), in.at("threshold")});
  const std::vector<double> x = Series(in);
  const Json weights = in.value("rel_weight", Json::array());
  std::vector<double> path;
  Json alarm;
  for (std::size_t t = 0; t < x.size(); ++t) {
    const bool raised = detector.Update(x[t], weights.empty() ? 1.0 : weights[t].get<double>());
    if (raised && alarm.is_null()) alarm = t + 1;
    path.push_back(detector.log_statistic());
  }
  return {{"lambdas", detector.lambdas()}, {"log_path", path}, {"alarm", alarm}};
}

template <typename Detector, typename Feed>
Json AlarmPath(const Json& in, Detector detector, Feed feed) {
  std::vector<double> path;
  Json alarm;
  const std::vector<double> x = Series(in);
  for (std::size_t t = 0; t < x.size(); ++t) {
    if (feed(detector, x[t]) && alarm.is_null()) alarm = t + 1;
    path.push_back(detector.statistic());
  }
  return {{"path", path}, {"alarm", alarm}};
}

Json Cusum(const Json& in) {
  return AlarmPath(in, stats::BernoulliCusum(in.at("p0"), in.at("p1"), in.at("h")),
                   [](auto& d, double x) { return d.Update(x > 0.5); });
}

Json PageHinkleyCase(const Json& in) {
  return AlarmPath(in,
                   stats::PageHinkley(in.at("delta"), in.at("threshold"), in.at("alpha"),
                                      in.at("min_instances")),
                   [](auto& d, double x) { return d.Update(x); });
}

Json GroupSequential(const Json& in) {
  const auto r = stats::LanDeMetsObrienFleming(in.at("alpha"), in.at("looks"));
  return {{"cum_alpha", r.cumulative_alpha}, {"z_bounds", r.z_bounds}};
}

}  // namespace

void AddSequentialAdapters(std::map<std::string, Adapter>& adapters) {
  adapters.insert({{"bet_dmlv", Dmlv},
                   {"bet_agrapa_shrunk", Agrapa},
                   {"betting_confidence_sequence", BettingSequence},
                   {"predmix_empirical_bernstein_cs", Bernstein},
                   {"wald_sprt_bernoulli", Sprt},
                   {"sequential_mcnemar_exact_dp", SequentialMcnemar},
                   {"wald_lower_bound", LowerBound},
                   {"required_n_paired", RequiredN},
                   {"n_more_runs", MoreRuns},
                   {"sr_e_detector", Detect},
                   {"sr_e_detector_weighted", Detect},
                   {"cusum_bernoulli", Cusum},
                   {"page_hinkley", PageHinkleyCase},
                   {"group_sequential_ld_obf", GroupSequential}});
}

}  // namespace kedge::stats_oracle
