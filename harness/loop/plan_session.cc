#include "harness/loop/plan_session.h"

#include <algorithm>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/pilot_files.h"
#include "harness/loop/probe_checks.h"
#include "harness/suite/suite.h"

namespace kedge::loop {
namespace {

std::shared_ptr<const suite::Suite> LoadSplit(const PlanSessionOptions& options,
                                              const char* split) {
  return suite::Suite::Load(options.suite_folder, {.seed = options.suite_seed,
                                                   .split = split,
                                                   .tasks_per_family = options.tasks_per_family,
                                                   .variant = options.variant});
}

bool HasAnythingToProbe(const PlanSessionOptions& options, const GateRules& rules) {
  std::string folder = options.champion_folder;
  const std::string bundled = options.suite_folder + "/strategies/champion";
  if (folder.empty() && std::filesystem::exists(bundled)) folder = bundled;
  if (folder.empty()) return true;
  return !GateChecksOf(strategy::Strategy::Load(folder), rules.policy.change,
                       rules.guard_policy.get())
              .empty();
}

// Both arms, once on each probe; what fell is repeated, which no plan can know.
std::int64_t ProbeEpisodes(const PlanSessionOptions& options, const gate::GatePolicy& policy) {
  const std::int64_t probes = policy.change.probes.tasks;
  if (probes == 0) return 0;
  const GateRules rules = LoadGateRules(options.policy_file);
  if (!HasAnythingToProbe(options, rules)) return 0;
  const auto all = LoadSplit(options, "all");
  const bool dev_only = policy.claim == gate::Claim::kPopulation;
  const auto usable =
      std::count_if(all->tasks().begin(), all->tasks().end(), [dev_only](const suite::Task& task) {
        return task.split == "dev" || (!dev_only && task.split == "gate");
      });
  return 2 * std::min<std::int64_t>(probes, usable);
}

}  // namespace

gate::SuitePlan RunPlanSession(const PlanSessionOptions& options) {
  const gate::GatePolicy policy = options.policy_file.empty()
                                      ? gate::DefaultGatePolicy()
                                      : gate::LoadGatePolicy(options.policy_file);
  const auto suite = LoadSplit(options, "gate");
  gate::PlanRequest request{options.effect, options.power, options.price, std::nullopt,
                            ProbeEpisodes(options, policy)};
  if (!options.pilot_files.empty()) {
    request.pilot = ReadPilot(options.pilot_files, policy.use_score);
  }
  return gate::PlanSuite(*suite, policy, request);
}

}  // namespace kedge::loop
