#pragma once

#include <string>
#include <utility>

#include "harness/core/clock.h"
#include "harness/core/observer.h"

namespace kedge::loop {

/// Reports how long a phase took, also when it ends by an exception. Both references outlive it.
class PhaseTimer {
 public:
  PhaseTimer(std::string phase, const Clock& clock, Observer& observer)
      : phase_(std::move(phase)), clock_(clock), observer_(observer), start_(clock.SteadyNanos()) {}
  ~PhaseTimer() {
    observer_.On(PhaseFinished{phase_, static_cast<double>(clock_.SteadyNanos() - start_) / 1e9});
  }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  std::string phase_;
  const Clock& clock_;
  Observer& observer_;
  std::int64_t start_;
};

}  // namespace kedge::loop
