#pragma once

#include "harness/gate/comparison.h"
#include "harness/gate/comparison_pairing.h"
#include "harness/gate/verdict.h"
#include "harness/stats/fixed_gate.h"

namespace kedge::gate {

/// The fixed-size design that a policy stands for.
stats::FixedGateDesign FixedDesignOf(const ComparisonOptions& options);

/// Fills kind, reasons, what_would_settle, components, guards, delta and decision of `verdict` from
/// the pairs. Reads verdict.resources for the policy's limits, and `same_source` to say that a
/// subject was compared with itself. `candidate` is needed for hard guards, which count in its
/// unpaired runs too.
void DecideComparison(const Pairing& pairing, const agent::RecordedOutcomes& candidate,
                      const ComparisonOptions& options, bool same_source, Verdict& verdict);

}  // namespace kedge::gate
