#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "harness/gate/gate.h"
#include "harness/gate/sequential_run.h"
#include "harness/run/paired_run.h"

namespace kedge::gate {

/// The pairs of a test as a PairSource: first those that were seen before, in their old order, then
/// new ones from the schedule of this run's seed, each kept in the pool before it is handed out. So
/// a candidate that is tried again, under whatever seed, goes on where its evidence stood.
///
/// Pairs of other seeds of which both sides are missing say nothing about anybody and are left out;
/// those of which one side is missing count as dropped for good. The others get negative trials,
/// for their traces are not in this run's journal. With a population claim a task that the pool has
/// used is not used again. References must outlive the object. Not thread-safe.
class PooledPairs {
 public:
  PooledPairs(const GateInputs& inputs, PairPool& pool, const run::PairSchedule& schedule,
              PairSource fresh);

  /// As PairSource. Throws Error(kBadData) when the pool names a stratum the suite does not have.
  run::PairOutcome Get(std::size_t stratum, std::int64_t n, const std::vector<std::size_t>& open);

  /// Complete pairs of other seeds: what this run's own max_pairs come on top of.
  std::int64_t pairs_of_other_seeds() const { return others_; }

 private:
  run::PairOutcome RunNew(std::size_t stratum, const std::vector<std::size_t>& open);

  const GateInputs& inputs_;
  PairPool& pool_;
  const run::PairSchedule& schedule_;
  PairSource fresh_;
  std::vector<std::vector<run::PairOutcome>> pooled_;  // by stratum
  std::vector<std::int64_t> next_;                     // by stratum: in this seed's schedule
  std::vector<std::set<std::size_t>> used_tasks_;      // by stratum
  std::int64_t others_ = 0;
};

}  // namespace kedge::gate
