#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/gate/noise.h"
#include "harness/trace/outcome.h"

namespace kedge::gate {

/// What earlier episodes tell about the price of a decision.
struct Pilot {
  std::string source;  ///< for people
  std::int64_t tasks = 0;
  std::int64_t runs = 0;
  std::int64_t pairs = 0;     ///< of champion and candidate, when the pilot has both
  std::optional<double> psi;  ///< E[D^2] of a pair, to plan with
  std::string psi_basis;      ///< how psi was come by
  std::map<std::string, double> stratum_psi;  ///< of strata with 30 pairs or tasks at least
  std::optional<double> aa_discordance;       ///< of the champion against itself
  std::optional<double> icc;
  std::optional<double> episode_cost;  ///< mean, in the unit of the outcomes
  std::optional<double> episode_seconds;
};

/// Champion's runs alone (psi is 1.5 times its discordance with itself, when tasks were repeated),
/// or with a candidate's (psi is measured on the pairs of equal task and trial). Missing runs are
/// left out. Throws Error(kBadData) when no run is left, or two arms have no pair.
Pilot MeasurePilot(const std::vector<trace::RunRecord>& champion,
                   const std::vector<trace::RunRecord>& candidate, bool use_score);

}  // namespace kedge::gate
