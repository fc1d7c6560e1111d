#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent_ref/learner.h"
#include "harness/core/clock.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// Dev tasks to be made for each that an even spread over the families would need, so that a family
/// can have more.
inline constexpr std::int64_t kTrainingShares = 4;

/// One episode of the strategy on each of these tasks (indices); returns the traces that may be
/// learned from.
using TrainingEpisodes = std::function<std::vector<trace::Trace>(
    const strategy::Strategy& strategy, const std::vector<std::size_t>& tasks)>;

/// The reference agent on those tasks, no guard watching.
TrainingEpisodes UnguardedEpisodes(std::shared_ptr<const suite::Suite> dev, std::uint64_t seed,
                                   const Clock& clock);

/// Strategies acting on dev tasks in order to learn: in batches, and what is tried next, and on
/// which families, follows from all that was learned so far. Deterministic. Not thread-safe.
class Training {
 public:
  struct Options {
    std::vector<strategy::Operation> learning;  ///< what a champion acts under
    agent_ref::LearnOptions learner;
    std::int64_t batch = 10;  ///< episodes between two plans, at least 1
  };

  explicit Training(Options options);

  /// Learns from an episode of before.
  void Take(const trace::Trace& trace);
  /// From here on this champion acts on these tasks (split "dev", as many as will be asked for);
  /// what was learned stays. Throws when the learning operations do not fit the champion.
  void Enter(std::shared_ptr<const suite::Suite> dev, const strategy::Strategy& champion,
             TrainingEpisodes episodes);
  /// Acts on until `episodes` are done on the tasks entered. Throws Error(kBadData) when they run
  /// out.
  void Train(std::int64_t episodes);
  /// The candidate that all episodes so far teach; the champion's own hash when they teach nothing.
  agent_ref::LearnResult Learn(const strategy::Strategy& champion) const {
    return learner_.Finish(champion);
  }

 private:
  strategy::Strategy NextStrategy();
  std::vector<std::size_t> NextTasks(std::int64_t count);

  Options options_;
  agent_ref::Learner learner_;
  bool learned_any_ = false;
  std::optional<strategy::Strategy> champion_;   // nullopt until a champion entered
  std::optional<strategy::Strategy> exploring_;  // it under the learning operations
  TrainingEpisodes episodes_;
  std::int64_t done_ = 0;                                   // on the tasks entered
  std::map<std::string, std::vector<std::size_t>> unused_;  // of these, by family
  std::map<std::string, double> needs_;
};

/// Task indices of each family, in file order.
std::map<std::string, std::vector<std::size_t>> TasksByFamily(const suite::Suite& suite);

}  // namespace kedge::loop
