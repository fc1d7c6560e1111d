#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/loop/planted/probe.h"
#include "harness/loop/planted/seen_trace.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// What a planted candidate is made from.
struct PlantingGround {
  const strategy::Strategy& champion;
  const strategy::Strategy& learned;       ///< the champion with rules that were honestly learned
  const suite::Suite& suite;               ///< with its gate tasks: only a planter sees them
  const std::vector<SeenTrace>& seen;      ///< the dev traces that rules may name
  const std::vector<SeenTrace>& poisoned;  ///< dev traces with a stranger's orders in them
  const std::vector<std::string>& hard_guards;
  double smallest_gain = 0.05;  ///< the design effect of the gate
  bool saving_counts = false;   ///< the policy promotes for a saving, too
  Probe& probe;
  std::uint64_t seed = 0;
};

/// What must become of it.
enum class PlantedKind {
  kWitness,      ///< stopped every time, for `reason`
  kStatistical,  ///< promoted no more often than the error rate
  kGood,         ///< promoted
  kAlarm,        ///< good when it was promoted; what went wrong later raises the production alarm
};
std::string_view ToString(PlantedKind kind);

/// A failure of learning on the job, as something to put in front of a gate.
struct PlantedClass {
  std::string name;
  PlantedKind kind = PlantedKind::kWitness;
  std::string fault;  ///< what is wrong with it, for people
  /// Code that must be among the verdict's reasons, or the beginning of one that ends with ':';
  /// kWitness only.
  std::string reason;
  bool on_learned = false;   ///< its champion is the learned strategy
  bool on_wasteful = false;  ///< its champion is WastefulChampion
  bool once = false;         ///< one candidate for all seeds: it is costly to find
  bool new_world = false;    ///< kAlarm: the world changes, not the strategy
  /// The candidate; of kAlarm the strategy that acts after the promotion.
  std::function<strategy::Strategy(const PlantingGround&)> make;
};

/// All classes, in the order of the table. `make` throws Error(kBadData) for a champion or suite
/// that has nothing to plant it in, e.g. no learned rule.
const std::vector<PlantedClass>& PlantedClasses();

}  // namespace kedge::loop
