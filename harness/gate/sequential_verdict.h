#pragma once

#include <string>
#include <vector>

#include "harness/gate/gate.h"
#include "harness/gate/pair_evidence.h"
#include "harness/gate/verdict.h"
#include "harness/stats/sequential_gate.h"

namespace kedge::gate {

/// What a finished sequential run leaves behind. References must outlive the call.
struct SequentialEvidence {
  const GateInputs& inputs;
  const stats::SequentialGate& gate;
  const PairEvidence& pairs;
  const std::vector<std::vector<double>>& differences;  ///< per stratum, in the order seen
  const std::vector<double>& round_differences;         ///< weighted mean per whole round
  /// Per rate guard: violation(champion) - violation(candidate) of each pair.
  const std::vector<std::vector<double>>& guard_differences;
  const std::vector<std::string>& hard_guards_broken;  ///< ids, repeats allowed
  const std::string& used_up;  ///< stratum whose tasks a population claim has all used; or empty
};

/// The verdict's kind alone, for those who need many.
VerdictKind DecideSequential(const SequentialEvidence& evidence);

/// The decision: a pure function of the evidence. The sequential rule proposes; missing data or
/// unequal loss can only turn the proposal into HOLD_INCONCLUSIVE, never into PROMOTE. Every
/// verdict carries its reasons, and HOLD_INCONCLUSIVE what would settle it.
Verdict MakeSequentialVerdict(const SequentialEvidence& evidence);

}  // namespace kedge::gate
