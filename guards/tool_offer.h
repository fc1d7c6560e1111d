#pragma once

#include <string>

#include "guards/monitor.h"

namespace kedge::guards {

/// False if every call of this tool would be denied whatever its arguments and whatever happened
/// before: the catalogue does not know it and unknown tools are denied, its definition is not the
/// one that is pinned, or an enforced rule forbids it altogether. An agent need not be shown it.
/// `definition` is ToolDefinitionDigest of what the tool's server says; empty: nobody knows.
bool IsOffered(const Policy& policy, const std::string& tool, const std::string& definition);

}  // namespace kedge::guards
