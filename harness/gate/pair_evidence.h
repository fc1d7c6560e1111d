#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/gate/verdict.h"
#include "harness/run/paired_run.h"
#include "harness/stats/data_quality.h"
#include "harness/suite/suite.h"

namespace kedge::gate {

/// What a complete pair says: candidate minus champion, by score or by success, in [-1, 1].
double Difference(const run::PairOutcome& pair, bool use_score);

/// Adds up finished pairs for everything that a verdict describes but does not decide by: the 2x2
/// table, families, guards, resources, flips. Memory is O(pairs) numbers. Not thread-safe.
class PairEvidence {
 public:
  /// `use_score`: pairs differ by the score instead of by success.
  PairEvidence(std::shared_ptr<const suite::Suite> suite, bool use_score);

  /// Adds a finished pair; returns its difference, candidate minus champion, in [-1, 1].
  /// Precondition: !pair.missing().
  double Add(const run::PairOutcome& pair);
  /// Counts a pair of which a side is missing.
  void AddDropped(const run::PairOutcome& pair);

  const PairTable& table() const { return table_; }
  const std::vector<Flip>& flips() const { return flips_; }
  const std::vector<SeenPair>& seen() const { return seen_; }  ///< complete pairs, in order
  const stats::DroppedPairs& drops() const { return drops_; }

  /// Families in suite order with Newcombe 90 % intervals.
  std::vector<FamilyEffect> Families() const;
  /// One row per rule of the policy; hard ones and those in shadow mode are marked.
  std::vector<GuardCount> Guards(const guards::Policy& policy,
                                 const std::vector<std::string>& hard_ids) const;
  /// Mean use per episode with the ratio's Fieller 95 % interval where one exists.
  std::vector<ResourceUse> Resources() const;
  /// Episodes of the candidate that broke this guard at least once.
  std::int64_t CandidateViolations(const std::string& guard) const;
  /// Episodes of the candidate that this guard watched.
  std::int64_t Exposure(const std::string& guard) const;

 private:
  struct FamilyCounts {
    std::string stratum;
    std::int64_t both = 0, only_champion = 0, only_candidate = 0, neither = 0;
  };
  struct GuardCounts {
    std::int64_t exposure = 0, champion = 0, candidate = 0;
  };
  struct PairedValues {
    std::vector<double> champion, candidate;
  };

  void CountGuards(const trace::Outcome& champion, const trace::Outcome& candidate);
  void CountResources(const trace::Outcome& champion, const trace::Outcome& candidate);

  std::shared_ptr<const suite::Suite> suite_;
  bool use_score_;
  PairTable table_;
  std::vector<Flip> flips_;
  std::vector<SeenPair> seen_;
  stats::DroppedPairs drops_;
  std::map<std::string, FamilyCounts> families_;
  std::map<std::string, GuardCounts> guards_;
  std::map<std::string, PairedValues> resources_;
};

}  // namespace kedge::gate
