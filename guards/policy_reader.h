#pragma once

#include <memory>
#include <string>

#include "guards/compiled_policy.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// Reads a policy document (guards/README.md), checks it and runs its examples; paths of example
/// files are relative to `folder`. Throws Error with file, line and field.
std::unique_ptr<Policy::Compiled> ReadPolicy(const Document& document, const std::string& folder);

}  // namespace kedge::guards
