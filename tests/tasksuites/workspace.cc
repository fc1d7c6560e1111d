#include "tests/tasksuites/workspace.h"

#include "agent_ref/reference_agent.h"
#include "guards/monitor.h"
#include "harness/run/paired_run.h"
#include "tests/testing/needs.h"

namespace kedge::workspace_testing {

std::string WorkspacePath(const std::string& name) {
  return testing::SourcePath("tasksuites/workspace" + (name.empty() ? "" : "/" + name));
}

strategy::Strategy Bundled(const std::string& name) {
  return strategy::Strategy::Load(WorkspacePath("strategies/" + name));
}

strategy::Strategy ChampionWith(const std::string& operations) {
  const strategy::Strategy champion = Bundled("champion");
  return strategy::Apply(champion, champion.hash(),
                         strategy::LoadOperations(WorkspacePath("operations/" + operations)),
                         operations, {});
}

std::shared_ptr<const suite::Suite> Load(const std::string& split, std::uint64_t seed,
                                         std::uint64_t variant) {
  suite::SuiteOptions options;
  options.split = split;
  options.seed = seed;
  options.variant = variant;
  return suite::Suite::Load(WorkspacePath(), options);
}

std::vector<trace::Trace> RunOnce(const std::shared_ptr<const suite::Suite>& suite,
                                  const strategy::Strategy& strategy, std::uint64_t run_seed) {
  run::PairedRunOptions options;
  options.episode.user_noise = suite->user_noise();
  std::vector<trace::Trace> traces;
  const agent_ref::ReferenceAgentFactory agents;
  const auto policy = guards::Policy::Load(testing::SourcePath("guards/policies/workspace.yaml"));
  run::RunAll(suite, strategy, agents, policy, 1, run_seed, nullptr, options, SystemClock(),
              nullptr, [&](const trace::Trace& trace) { traces.push_back(trace); });
  return traces;
}

std::map<std::string, double> RatesOf(const std::vector<trace::Trace>& traces) {
  std::map<std::string, double> rates, counts;
  for (const trace::Trace& trace : traces) {
    for (const std::string& group : {std::string(), trace.key.family}) {
      counts[group] += 1;
      rates[group] += trace.outcome->success ? 1 : 0;
    }
  }
  for (auto& [group, sum] : rates) sum /= counts[group];
  return rates;
}

}  // namespace kedge::workspace_testing
