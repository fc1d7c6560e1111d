#pragma once

#include <functional>
#include <string>

#include "harness/core/document.h"

namespace kedge::suite::bfcl {

/// Calls `visit` with every line of a (possibly compressed) file of JSON lines; blank lines are
/// skipped. Throws Error with file and line.
void ForEachJsonLine(const std::string& path, const std::function<void(const Node&)>& visit);

}  // namespace kedge::suite::bfcl
