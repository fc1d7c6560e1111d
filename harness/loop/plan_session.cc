#include "harness/loop/plan_session.h"

#include "harness/core/error.h"
#include "harness/loop/pilot_files.h"

namespace kedge::loop {

gate::SuitePlan RunPlanSession(const PlanSessionOptions& options) {
  const gate::GatePolicy policy = options.policy_file.empty()
                                      ? gate::DefaultGatePolicy()
                                      : gate::LoadGatePolicy(options.policy_file);
  suite::SuiteOptions suite_options;
  suite_options.seed = options.suite_seed;
  suite_options.variant = options.variant;
  suite_options.tasks_per_family = options.tasks_per_family;
  const auto suite = suite::Suite::Load(options.suite_folder, suite_options);
  gate::PlanRequest request{options.effect, options.power, options.price, std::nullopt};
  if (!options.pilot_files.empty()) {
    request.pilot = ReadPilot(options.pilot_files, policy.use_score);
  }
  return gate::PlanSuite(*suite, policy, request);
}

}  // namespace kedge::loop
