#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/drift/drift.h"
#include "harness/gate/behaviour_class.h"
#include "harness/gate/hack_signals.h"

namespace kedge::gate {

struct GatePolicy;
struct Verdict;

/// What a verdict says about behaviour (`drift` in its JSON).
struct DriftSection {
  BehaviourClass behaviour_class = BehaviourClass::kUndetermined;
  /// The gate's own rule would promote; what came after (a vault, approvals) is not in this.
  bool nothing_worse = false;
  /// Lower end of the overall interval over the smallest gain that matters.
  std::optional<double> improvement;
  std::optional<double> harm;  ///< largest loss of a stratum over its margin, as estimated
  std::optional<drift::DriftReport> behaviour;  ///< nullopt: no trace to measure
  std::vector<HackSignal> hack;
};

/// What is shown about the outcome, read off a verdict.
OutcomeState OutcomeOf(const Verdict& verdict);

/// The guard-price signal, read off a verdict's components.
HackSignal GuardPriceOf(const Verdict& verdict);

/// Classifies and fills `verdict.drift`. A privileged call outside of the scope or a blocking
/// signal turns any verdict into BLOCK; suspicion turns PROMOTE into HOLD_INCONCLUSIVE and is a
/// reason of every HOLD. Nothing ever turns into PROMOTE.
void AddDriftSection(const GatePolicy& policy, std::optional<drift::DriftReport> behaviour,
                     std::vector<HackSignal> signals, Verdict& verdict);

/// Sets the class again, after something else has changed the verdict (a vault that was asked). No
/// drift section: nothing happens.
void Reclassify(Verdict& verdict);

/// `with_latency`: wall time is in the public form and not in the digest.
Json ToJson(const DriftSection& section, bool with_latency);

}  // namespace kedge::gate
