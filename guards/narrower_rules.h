#pragma once

#include <string>
#include <vector>

#include "guards/policy_narrower.h"

namespace kedge::guards {

/// What speaks against `narrow` being narrower than `wide` when their texts are compared, one line
/// each; empty is a proof.
std::vector<std::string> ObstaclesToNarrower(const PolicySource& narrow, const PolicySource& wide);

}  // namespace kedge::guards
