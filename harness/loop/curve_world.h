#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/clock.h"
#include "harness/loop/learning_curve.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// What one world of a learning curve gave.
struct CurveWorldResult {
  std::vector<double> success;       ///< on the held-out tasks, by checkpoint
  std::vector<std::int64_t> rules;   ///< learned, by checkpoint
  std::vector<bool> promoted;        ///< by the gate, by checkpoint; false when it was not asked
  std::vector<std::string> learned;  ///< ids of the rules at the last checkpoint
  double impossible = 0;             ///< success on impossible tasks at the last checkpoint
  double oracle = 0;
};

/// The world number `index` (from 0) of a curve. `learning` is what the champion acts under.
CurveWorldResult RunCurveWorld(const LearningCurveOptions& options,
                               const strategy::Strategy& champion,
                               const std::vector<strategy::Operation>& learning,
                               std::uint64_t index, const Clock& clock);

}  // namespace kedge::loop
