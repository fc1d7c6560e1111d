#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/drift/arrangement.h"
#include "harness/drift/drift.h"
#include "harness/drift/statistics.h"

namespace kedge::drift {

/// A score that is about to be calibrated.
struct Feature {
  FeatureDrift description;  ///< without the test
  double practical = 0;      ///< practical threshold
  std::unique_ptr<Statistic> statistic;
};

/// The scores that the runs of both arms allow, ready to be taken at any labelling. A score that
/// some used run lacks is left out. Not thread-safe; what it is made from must outlive it.
class FeatureSet {
 public:
  FeatureSet(const std::vector<const Behaviour*>& runs, const Arrangement& arrangement, bool paired,
             const DriftOptions& options);

  std::vector<Feature>& features() { return features_; }
  /// Ids of up to three traces of the candidate that show a feature's change most.
  std::vector<std::string> Examples(const std::string& feature) const;
  void FillNewScopes(DriftReport& report) const;

 private:
  using OptionalGetter = std::optional<double> (*)(const Behaviour&);

  bool Used(std::size_t run) const { return observed_[run] != 0; }
  void AddTools(double practical);
  void AddPath(double practical);
  void AddScope(double practical);
  void AddDistribution(const char* name, double practical, const CellShares& shares);
  void AddLogRatio(const char* name, double practical, OptionalGetter get, bool counted);
  void AddDifference(const char* name, double practical, OptionalGetter get);
  void AddVector();
  /// Values of all used runs; nullopt when one lacks it.
  std::optional<std::vector<double>> Values(OptionalGetter get) const;
  void FillRatioOfMeans(const std::vector<double>& values, FeatureDrift& description) const;

  const std::vector<const Behaviour*>& runs_;
  bool paired_;
  const DriftOptions& options_;
  std::vector<double> observed_;
  CellShares tools_, path_, scope_;
  std::vector<Scope> scopes_;  // by cell of scope_
  std::vector<bool> known_scopes_;
  /// How much each run shows a feature in the direction of its change.
  std::map<std::string, std::vector<double>> strength_;
  std::vector<Feature> features_;
};

}  // namespace kedge::drift
