#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/gate/planner.h"

namespace kedge::loop {

/// One `kedge plan`: nothing is run.
struct PlanSessionOptions {
  std::string suite_folder;
  std::string policy_file;  ///< empty: the defaults
  /// Tells whether there is anything to probe; empty: strategies/champion of the suite, and when
  /// there is none the probes are counted as if there were.
  std::string champion_folder;
  std::vector<std::string> pilot_files;  ///< none, the champion's, or champion's and candidate's
  std::optional<double> effect, power, price;
  std::uint64_t suite_seed = 0;       ///< 0: what suite.yaml says
  std::uint64_t variant = 0;          ///< of the world
  std::int64_t tasks_per_family = 0;  ///< 0: what suite.yaml says
};

/// Loads and validates suite, policy and pilots, and plans. A pilot is a journal of `kedge gate`
/// (both arms), a verdict.json, or whatever `kedge compare` reads. Throws Error.
gate::SuitePlan RunPlanSession(const PlanSessionOptions& options);

}  // namespace kedge::loop
