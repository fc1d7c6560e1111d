#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/strategy/strategy.h"

namespace kedge::strategy {

/// The active guidelines whose words or rule `candidate` brings or changes: those that a comparison
/// of the two measured. In document order.
std::vector<std::string> BroughtGuidelines(const Strategy& base, const Strategy& candidate);

/// The strategy with `validation` of the guidelines named set to these objects and nothing else
/// different. For the harness alone: no operation can do it. Throws Error(kBadData) for an id that
/// the strategy does not have.
Strategy WithValidation(const Strategy& strategy, const std::map<std::string, Json>& validations,
                        Json provenance);

}  // namespace kedge::strategy
