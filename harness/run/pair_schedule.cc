#include <map>
#include <mutex>
#include <numeric>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/run/paired_run.h"

namespace kedge::run {
namespace {

constexpr std::size_t kPassesKept = 4;

using Permutation = std::shared_ptr<const std::vector<std::size_t>>;

}  // namespace

struct PairSchedule::State {
  std::shared_ptr<const suite::Suite> suite;
  std::uint64_t schedule_seed = 0;
  std::uint64_t run_seed = 0;
  std::vector<std::vector<std::size_t>> tasks;  // by stratum, in suite order
  std::mutex mutex;
  std::vector<std::map<std::int64_t, Permutation>> passes;  // by stratum; guarded by the mutex

  Permutation OrderOf(std::size_t stratum, std::int64_t pass);
};

// Only the latest passes are kept: a gate moves forward, and an older one can be drawn again.
Permutation PairSchedule::State::OrderOf(std::size_t stratum, std::int64_t pass) {
  const std::lock_guard lock(mutex);
  std::map<std::int64_t, Permutation>& kept = passes[stratum];
  const auto found = kept.find(pass);
  if (found != kept.end()) return found->second;
  std::vector<std::size_t> order = tasks[stratum];
  Random(DeriveSeed(DeriveSeed(schedule_seed, suite->strata()[stratum].name),
                    static_cast<std::uint64_t>(pass)))
      .Shuffle(order);
  Permutation shared = std::make_shared<const std::vector<std::size_t>>(std::move(order));
  if (kept.size() == kPassesKept) kept.erase(kept.begin());
  kept.emplace(pass, shared);
  return shared;
}

PairSchedule::PairSchedule(std::shared_ptr<const suite::Suite> suite,
                           const std::string& candidate_hash, std::uint64_t seed)
    : state_(std::make_shared<State>()) {
  state_->schedule_seed = DeriveSeed(seed, "schedule/" + suite->digest() + "/" + candidate_hash);
  state_->run_seed = seed;
  std::map<std::string, std::size_t> stratum_index;
  for (std::size_t i = 0; i < suite->strata().size(); ++i) {
    stratum_index[suite->strata()[i].name] = i;
  }
  state_->tasks.resize(suite->strata().size());
  state_->passes.resize(suite->strata().size());
  for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
    const auto found = stratum_index.find(suite->tasks()[i].stratum);
    if (found != stratum_index.end()) state_->tasks[found->second].push_back(i);
  }
  state_->suite = std::move(suite);
}

EpisodeSpec PairSchedule::At(std::size_t stratum, std::int64_t n) const {
  const std::int64_t count = tasks_in(stratum);
  if (count == 0) {
    throw BadData("stratum " + state_->suite->strata()[stratum].name + " has no tasks")
        .At(state_->suite->folder());
  }
  EpisodeSpec spec;
  spec.trial = n / count;
  spec.task_index = (*state_->OrderOf(stratum, spec.trial))[static_cast<std::size_t>(n % count)];
  spec.seed = EpisodeSeed(*state_->suite, spec.task_index, spec.trial, state_->run_seed);
  return spec;
}

std::int64_t PairSchedule::tasks_in(std::size_t stratum) const {
  return static_cast<std::int64_t>(state_->tasks.at(stratum).size());
}

}  // namespace kedge::run
