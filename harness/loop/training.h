#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent_ref/learner.h"
#include "harness/core/clock.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// A strategy acting on dev tasks in order to learn: in batches, and what it tries next, and on
/// which families, follows from what was learned so far. Deterministic. Not thread-safe.
class Training {
 public:
  struct Options {
    std::vector<strategy::Operation> learning;  ///< what the champion acts under
    agent_ref::LearnOptions learner;
    std::int64_t batch = 10;  ///< episodes between two plans, at least 1
    std::uint64_t seed = 1;   ///< of the episodes
    /// What happens to a trace before the learner sees it; empty: nothing.
    std::function<void(trace::Trace&)> alter;
  };

  /// `dev`: enough tasks of the split "dev" for what will be asked of it.
  Training(std::shared_ptr<const suite::Suite> dev, strategy::Strategy champion, Options options,
           const Clock& clock);

  /// Acts on until `episodes` are done in all. Throws Error(kBadData) when the tasks run out.
  void Train(std::int64_t episodes);
  /// The candidate that all episodes so far teach; the champion's own hash when they teach nothing.
  agent_ref::LearnResult Learn() const { return learner_.Finish(champion_); }
  /// As the learner saw them.
  const std::vector<trace::Trace>& traces() const { return traces_; }

 private:
  strategy::Strategy NextStrategy();
  std::vector<std::size_t> NextTasks(std::int64_t count);

  std::shared_ptr<const suite::Suite> dev_;
  strategy::Strategy champion_;
  Options options_;
  const Clock& clock_;
  agent_ref::Learner learner_;
  std::map<std::string, std::vector<std::size_t>> unused_;  // tasks by family
  std::map<std::string, double> needs_;
  std::vector<trace::Trace> traces_;
};

/// Task indices of each family, in file order.
std::map<std::string, std::vector<std::size_t>> TasksByFamily(const suite::Suite& suite);

}  // namespace kedge::loop
