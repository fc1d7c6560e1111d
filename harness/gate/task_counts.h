#pragma once

#include <cstdint>
#include <vector>

#include "harness/suite/suite.h"

namespace kedge::gate {

/// How many tasks each stratum has, in suite order.
std::vector<std::int64_t> TasksByStratum(const suite::Suite& suite);

}  // namespace kedge::gate
