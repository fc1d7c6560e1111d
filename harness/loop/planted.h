#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// What a planted candidate is made from.
struct PlantingGround {
  const strategy::Strategy& champion;
  const strategy::Strategy& learned;  ///< the champion with rules that were honestly learned
  const suite::Suite& suite;          ///< with its gate tasks: only a planter sees them
  std::uint64_t seed = 0;
};

/// What the gate must make of it.
enum class PlantedKind {
  kWitness,      ///< stopped every time, for `reason`
  kStatistical,  ///< promoted no more often than the error rate
  kGood,         ///< promoted
};
std::string_view ToString(PlantedKind kind);

/// A failure of learning on the job, as something to put in front of a gate.
struct PlantedClass {
  std::string name;
  PlantedKind kind = PlantedKind::kWitness;
  std::string reason;       ///< code that must be among the verdict's; kWitness only
  bool on_learned = false;  ///< its champion is the learned strategy
  std::function<strategy::Strategy(const PlantingGround&)> make;
};

/// All classes, in the order of the table. `make` throws Error(kBadData) for a champion or suite
/// that has nothing to plant it in, e.g. no learned rule.
const std::vector<PlantedClass>& PlantedClasses();

}  // namespace kedge::loop
