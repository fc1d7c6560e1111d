#pragma once

#include <string>

#include "harness/gate/verdict.h"

namespace kedge::reports {

/// "+4.2 [-0.3, +8.8]": an effect and its interval in percentage points. An interval that covers
/// everything possible says nothing and is left out.
std::string EffectText(const gate::Interval& delta);

/// EffectText of a component; empty for one that is not measured in points (a resource).
std::string EffectText(const gate::Component& component);

}  // namespace kedge::reports
