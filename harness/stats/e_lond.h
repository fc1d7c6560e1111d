#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kedge::stats {

/// e-LOND (Xu and Ramdas 2024, "Online multiple testing with e-values"): an error budget spent over
/// a season of candidates. Candidate t is tested at alpha_t = fdr * gamma_t * (R + 1), R = earlier
/// rejections; the false discovery rate over the season stays below `fdr` under any dependence.
/// Resumable: (spent, rejections) is the whole state.
class ELond {
 public:
  /// `gamma`: shares of the season's candidates, each >= 0, sum <= 1 (up to 1e-9).
  ELond(double fdr, std::vector<double> gamma, std::int64_t spent = 0, std::int64_t rejections = 0);

  /// An even season of `candidates` tests: gamma_t = 1 / candidates.
  static ELond Even(double fdr, std::int64_t candidates, std::int64_t spent = 0,
                    std::int64_t rejections = 0);

  /// Level of the next candidate; 0 when the season is over. Callers may lower it further (e.g. cap
  /// it at 0.05): a smaller level is always valid.
  double NextAlpha() const;
  bool exhausted() const;

  /// Spends the next place of the season; true if e >= 1 / alpha_t (e >= 0, inf allowed). Throws
  /// Error(kBadData) when the season is over.
  bool Test(double e);

  std::int64_t spent() const { return spent_; }
  std::int64_t rejections() const { return rejections_; }

 private:
  double fdr_;
  std::vector<double> gamma_;
  std::int64_t spent_;
  std::int64_t rejections_;
};

}  // namespace kedge::stats
