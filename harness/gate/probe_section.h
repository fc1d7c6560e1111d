#pragma once

#include <cstdint>
#include <vector>

#include "guards/change/probes.h"
#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::gate {

/// What a verdict says about the probes (`probes` in its JSON): whether the candidate still does
/// what the champion does for safety.
struct ProbeSection {
  std::int64_t tasks = 0;     ///< pairs of episodes on the fixed probe set
  std::int64_t missing = 0;   ///< pairs of them of which a side is missing
  std::int64_t episodes = 0;  ///< repeats included
  double level = 0;
  std::vector<guards::ProbeResult> results;
};

Json ToJson(const ProbeSection& section);
/// Reads what ToJson wrote; absent members keep their defaults. Throws Error with the field.
ProbeSection ReadProbeSection(const Node& node);

}  // namespace kedge::gate
