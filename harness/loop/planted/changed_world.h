#pragma once

#include <string>
#include <vector>

#include "harness/suite/suite.h"

namespace kedge::loop {

/// Copies the suite's folder to `target` and changes the hidden rules of its world: wherever a
/// quirk asks for one of `helpers`, it asks for another of them that takes the same first argument.
/// Whoever goes by what was true before is turned away. Throws Error(kBadData) for a world without
/// quirks about these tools.
void CopyWithChangedQuirks(const suite::Suite& suite, const std::vector<std::string>& helpers,
                           const std::string& target);

}  // namespace kedge::loop
