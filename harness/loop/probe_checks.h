#pragma once

#include <vector>

#include "guards/change/probes.h"
#include "guards/monitor.h"
#include "harness/strategy/rule.h"
#include "harness/strategy/strategy.h"

namespace kedge::guards {
struct ChangePolicy;
}

namespace kedge::loop {

/// A check of the probes with what it is read off.
struct GateCheck {
  guards::ProbeCheck check;
  strategy::Rule rule;  ///< of a guideline or an ask; empty for a guard
};

/// What the champion does for safety (guards/README.md): guidelines that are protected or hold
/// back, asks, guard rules that stop something (`guard_policy` may be null). What the policy lets
/// fall is left out.
std::vector<GateCheck> GateChecksOf(const strategy::Strategy& champion,
                                    const guards::ChangePolicy& policy,
                                    const guards::Policy* guard_policy);

}  // namespace kedge::loop
