#pragma once

#include <span>
#include <vector>

namespace kedge::stats {

/// Adjusted p-values in input order, each in [0, 1]. Inputs must lie in [0, 1], else
/// Error(kBadData). An empty span gives an empty vector. O(K log K).
std::vector<double> HolmAdjust(std::span<const double> p);                ///< Holm 1979, step-down
std::vector<double> BenjaminiHochbergAdjust(std::span<const double> p);   ///< 1995, step-up
std::vector<double> BenjaminiYekutieliAdjust(std::span<const double> p);  ///< 2001, any dependence

/// e-BH (Wang and Ramdas 2022): rejects the k* largest e-values, k* = max{k : e_(k) >= K/(k
/// alpha)}; ties are broken by index. FDR <= alpha under any dependence. e-values must be >= 0 (inf
/// allowed).
std::vector<bool> EBenjaminiHochberg(std::span<const double> e, double alpha);

/// Closed testing with the arithmetic mean (Vovk and Wang 2021): entry k is the smallest mean of
/// any subset that contains k. Rejecting where it reaches 1/alpha bounds the familywise error by
/// alpha under any dependence. O(K^2).
std::vector<double> EClosureAdjust(std::span<const double> e);

/// The same in logarithms, for e-values beyond the range of a double.
std::vector<double> EClosureAdjustLog(std::span<const double> log_e);

}  // namespace kedge::stats
