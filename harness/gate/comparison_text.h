#pragma once

#include <string>

#include "harness/gate/verdict.h"

namespace kedge::gate {

/// A verdict of CompareRecorded for a terminal: who was compared, the effect by component, the
/// pairs with their tests, what was left out, then the verdict with its reasons. Outside text is
/// escaped; no colour.
std::string ComparisonText(const Verdict& verdict);

}  // namespace kedge::gate
