#pragma once

#include <span>
#include <vector>

namespace kedge::stats {

/// Estimates from a Poisson sample with known inclusion probabilities (Horvitz and Thompson 1952;
/// Hajek 1971; Sarndal, Swensson and Wretman 1992).
struct SurveyEstimate {
  double total = 0;            ///< sum y / pi
  double population_size = 0;  ///< sum 1 / pi
  double mean = 0;             ///< Hajek: total / population_size
  double var_total = 0;        ///< sum (1 - pi) / pi^2 y^2
  double var_mean = 0;         ///< sum (1 - pi) / pi^2 (y - mean)^2 / population_size^2
  double se_mean = 0;
  double effective_n = 0;  ///< Kish: (sum 1/pi)^2 / sum 1/pi^2
};

/// y finite, every pi in (0, 1], equal lengths, not empty; else Error(kBadData).
SurveyEstimate HorvitzThompson(std::span<const double> y, std::span<const double> pi);

/// How to divide runs over strata.
struct Allocation {
  std::vector<double> neyman;     ///< shares proportional to w_s sd_s (Neyman 1934)
  std::vector<double> defensive;  ///< half planned weights, half Neyman: no weight above 2
  double var_proportional = 0;    ///< variance of the stratified mean with `runs` runs
  double var_neyman = 0;
  double var_defensive = 0;
  double max_weight = 0;  ///< largest w_s / defensive share
};

/// `weights` > 0 (sum 1 up to 1e-3), `sds` >= 0 with one positive, runs > 0.
Allocation AllocateRuns(std::span<const double> weights, std::span<const double> sds, double runs);

}  // namespace kedge::stats
