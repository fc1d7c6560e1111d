#pragma once

#include "guards/change_guard.h"
#include "harness/core/document.h"

namespace kedge::gate {

/// Reads the `change` section of kedge.yaml (README.md lists its keys). Throws Error with file,
/// line and field.
guards::ChangePolicy ReadChangePolicy(const Node& node);
/// All of it, for the policy's digest.
Json ChangePolicyJson(const guards::ChangePolicy& policy);

}  // namespace kedge::gate
