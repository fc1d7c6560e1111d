#pragma once

#include <string>

#include "harness/drift/drift.h"

namespace kedge::drift {

/// "7.1 -> 9.3, ratio 1.31 [1.20, 1.42]": a score's levels in both arms; for a distribution the
/// cell that moved most.
std::string LevelText(const FeatureDrift& feature);

/// The report as a table for a terminal: every score with its excess, threshold and p, then the
/// changed ones with traces that show them. Outside text is escaped; no colour.
std::string DriftText(const DriftReport& report);

}  // namespace kedge::drift
