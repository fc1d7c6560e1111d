#include "harness/gate/pair_pool.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"

namespace kedge::gate {
namespace {

bool BothMissing(const run::PairOutcome& pair) {
  return pair.champion.status == trace::EpisodeStatus::kMissing &&
         pair.candidate.status == trace::EpisodeStatus::kMissing;
}

}  // namespace

PooledPairs::PooledPairs(const GateInputs& inputs, PairPool& pool,
                         const run::PairSchedule& schedule, PairSource fresh)
    : inputs_(inputs),
      pool_(pool),
      schedule_(schedule),
      fresh_(std::move(fresh)),
      pooled_(inputs.suite->strata().size()),
      next_(pooled_.size(), 0),
      used_tasks_(pooled_.size()) {
  for (PooledPair& known : pool_.Load()) {
    if (known.stratum >= pooled_.size()) {
      throw BadData("the evidence names a stratum that the suite does not have");
    }
    used_tasks_[known.stratum].insert(known.pair.spec.task_index);
    if (known.seed == inputs_.seed) {
      next_[known.stratum] = std::max(next_[known.stratum], known.n + 1);
    } else {
      if (BothMissing(known.pair)) continue;
      if (!known.pair.missing()) ++others_;
      known.pair.spec.trial = -1 - known.pair.spec.trial;
    }
    pooled_[known.stratum].push_back(std::move(known.pair));
  }
}

run::PairOutcome PooledPairs::Get(std::size_t stratum, std::int64_t n,
                                  const std::vector<std::size_t>& open) {
  std::vector<run::PairOutcome>& pooled = pooled_.at(stratum);
  if (n == static_cast<std::int64_t>(pooled.size())) pooled.push_back(RunNew(stratum, open));
  return pooled.at(static_cast<std::size_t>(n));
}

run::PairOutcome PooledPairs::RunNew(std::size_t stratum, const std::vector<std::size_t>& open) {
  std::int64_t& n = next_[stratum];
  if (inputs_.policy.claim == Claim::kPopulation) {
    // The rule asks for no more pairs than there are tasks, so an unused one is left.
    while (used_tasks_[stratum].contains(schedule_.At(stratum, n).task_index)) ++n;
  }
  run::PairOutcome pair = fresh_(stratum, n, open);
  used_tasks_[stratum].insert(pair.spec.task_index);
  pool_.Add({inputs_.seed, stratum, n, pair});
  ++n;
  return pair;
}

}  // namespace kedge::gate
