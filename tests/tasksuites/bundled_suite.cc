#include "tests/tasksuites/bundled_suite.h"

#include "agent_ref/reference_agent.h"
#include "guards/monitor.h"
#include "harness/run/paired_run.h"
#include "tests/testing/needs.h"

namespace kedge::testing {

std::string BundledSuite::Path(const std::string& file) const {
  return SourcePath(std::string("tasksuites/") + name_ + (file.empty() ? "" : "/" + file));
}

strategy::Strategy BundledSuite::Strategy(const std::string& name) const {
  return strategy::Strategy::Load(Path("strategies/" + name));
}

strategy::Strategy BundledSuite::ChampionWith(const std::string& operations) const {
  const strategy::Strategy champion = Strategy("champion");
  return strategy::Apply(champion, champion.hash(),
                         strategy::LoadOperations(Path("operations/" + operations)), operations,
                         {});
}

std::shared_ptr<const suite::Suite> BundledSuite::Load(const std::string& split, std::uint64_t seed,
                                                       std::uint64_t variant) const {
  return suite::Suite::Load(Path(), {.seed = seed, .split = split, .variant = variant});
}

std::vector<trace::Trace> BundledSuite::RunOnce(const std::shared_ptr<const suite::Suite>& suite,
                                                const strategy::Strategy& strategy,
                                                std::uint64_t run_seed) const {
  run::PairedRunOptions options;
  options.episode.user_noise = suite->user_noise();
  std::vector<trace::Trace> traces;
  const agent_ref::ReferenceAgentFactory agents;
  const std::string policy_file = guard_policy_;
  const auto policy = policy_file.empty() ? nullptr : guards::Policy::Load(SourcePath(policy_file));
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

}  // namespace kedge::testing
