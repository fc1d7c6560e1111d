#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace kedge::drift {

/// A distance between two arms as a function of a labelling (signed weight per run, see
/// Arrangement): fast enough to be taken thousands of times. Not thread-safe.
class Statistic {
 public:
  virtual ~Statistic() = default;
  virtual double At(std::span<const double> weights) = 0;
};

/// |mean of the candidate's values - mean of the champion's|, one value per run.
class MeanDifference : public Statistic {
 public:
  explicit MeanDifference(std::vector<double> values) : values_(std::move(values)) {}
  double At(std::span<const double> weights) override;
  double Signed(std::span<const double> weights) const;

 private:
  std::vector<double> values_;
};

/// Distributions over cells, one per run, most of whose cells are empty.
struct CellShares {
  /// Per run: (cell, share), each run's shares adding up to 1.
  std::vector<std::vector<std::pair<std::uint32_t, double>>> runs;
  std::vector<std::string> names;  ///< of the cells

  /// Distribution of each arm: the weighted mean of its runs'.
  void ArmShares(std::span<const double> weights, std::vector<double>& champion,
                 std::vector<double>& candidate) const;
};

/// Jensen-Shannon divergence in bits between the arms' distributions, in [0, 1].
class CellDivergence : public Statistic {
 public:
  explicit CellDivergence(const CellShares& shares) : shares_(shares) {}  ///< must outlive it
  double At(std::span<const double> weights) override;

 private:
  const CellShares& shares_;
  std::vector<double> champion_, candidate_;
};

/// Share of the candidate's calls in cells that no run of the champion has, in [0, 1].
class NewCellShare : public Statistic {
 public:
  /// `known`: cells that are never new. `shares` must outlive it.
  NewCellShare(const CellShares& shares, std::vector<bool> known)
      : shares_(shares), known_(std::move(known)) {}
  double At(std::span<const double> weights) override;

 private:
  const CellShares& shares_;
  std::vector<bool> known_;
  std::vector<double> champion_, candidate_;
};

/// Squared energy distance 2 E|X-Y| - E|X-X'| - E|Y-Y'| (Szekely and Rizzo 2013) between the arms'
/// vectors. Distances are averaged over 32 fixed directions, on each of which the distance costs
/// O(runs): exact in one dimension, within a few per cent in more; the calibration by permutation
/// is exact for the averaged distance.
class EnergyDistance : public Statistic {
 public:
  /// `columns`: one vector per coordinate, one entry per run. Coordinates are taken as they are.
  explicit EnergyDistance(const std::vector<std::vector<double>>& columns);
  double At(std::span<const double> weights) override;

 private:
  struct Direction {
    std::vector<std::uint32_t> order;  // runs by their place on the line
    std::vector<double> gaps;          // to the next run in that order, scaled
  };
  std::vector<Direction> directions_;
};

}  // namespace kedge::drift
