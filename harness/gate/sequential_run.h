#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/gate/gate.h"
#include "harness/gate/pair_evidence.h"
#include "harness/gate/sequential_verdict.h"
#include "harness/run/paired_run.h"
#include "harness/stats/sequential_gate.h"

namespace kedge::gate {

/// The `n`-th pair (from 0) of a stratum; strata in `open` may be worked ahead. Pair n is the same
/// whenever it is asked for.
using PairSource = std::function<run::PairOutcome(std::size_t stratum, std::int64_t n,
                                                  const std::vector<std::size_t>& open)>;

/// The loop of the sequential rule: asks for pairs in a fixed order until the decision is settled.
/// Where they come from (episodes run now, or a bank of earlier ones) is the source's matter.
/// `inputs` must outlive the object. Not thread-safe.
class SequentialRun {
 public:
  SequentialRun(const GateInputs& inputs, PairSource source);

  /// Runs to the end. What the source throws passes through.
  void Run();

  /// Of the finished run; valid as long as this object.
  SequentialEvidence evidence() const;

 private:
  void RunRound(const std::vector<int>& round);
  std::optional<run::PairOutcome> NextCompletePair(std::size_t stratum,
                                                   const std::vector<std::size_t>& open);
  bool IsUsedUp(std::size_t stratum) const;
  double AddPair(int stratum, const run::PairOutcome& pair);

  const GateInputs& inputs_;
  PairSource source_;
  stats::SequentialGate gate_;
  PairEvidence evidence_;
  std::vector<std::int64_t> tasks_;  // by stratum
  std::vector<std::int64_t> next_pair_;
  std::vector<std::vector<double>> differences_;
  std::vector<double> round_differences_;
  std::vector<std::vector<double>> guard_differences_;
  std::vector<std::string> hard_guards_broken_;
  std::string used_up_;  // stratum whose tasks a population claim has all used
  bool hopeless_ = false;
};

}  // namespace kedge::gate
