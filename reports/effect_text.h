#pragma once

#include <string>

#include "harness/gate/verdict.h"

namespace kedge::reports {

/// "+4.2 [-0.3, +8.8]": an effect and its interval in percentage points.
std::string EffectText(const gate::Interval& delta);

}  // namespace kedge::reports
