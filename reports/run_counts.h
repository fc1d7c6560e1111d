#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/trace/outcome.h"

namespace kedge::reports {

/// How many episodes of a family (or of all) ended how.
struct RunCounts {
  std::string stratum;
  std::int64_t episodes = 0, successes = 0, missing = 0;

  void Add(const trace::Outcome& outcome);
  std::int64_t Failures() const { return episodes - successes - missing; }
};

using FamilyRunCounts = std::map<std::string, RunCounts>;

}  // namespace kedge::reports
