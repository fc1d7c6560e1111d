#include "tests/tasksuites/ops.h"

#include "agent_ref/reference_agent.h"
#include "harness/run/paired_run.h"
#include "tests/testing/needs.h"

namespace kedge::ops_testing {

std::string OpsPath(const std::string& name) {
  return testing::SourcePath("tasksuites/ops" + (name.empty() ? "" : "/" + name));
}

strategy::Strategy Bundled(const std::string& name) {
  return strategy::Strategy::Load(OpsPath("strategies/" + name));
}

std::shared_ptr<const suite::Suite> Load(const std::string& split, std::uint64_t seed,
                                         std::uint64_t variant) {
  suite::SuiteOptions options;
  options.split = split;
  options.seed = seed;
  options.variant = variant;
  return suite::Suite::Load(OpsPath(), options);
}

std::vector<trace::Trace> RunOnce(const std::shared_ptr<const suite::Suite>& suite,
                                  const strategy::Strategy& strategy, std::uint64_t run_seed) {
  run::PairedRunOptions options;
  options.episode.user_noise = suite->user_noise();
  std::vector<trace::Trace> traces;
  const agent_ref::ReferenceAgentFactory agents;
  run::RunAll(suite, strategy, agents, nullptr, 1, run_seed, nullptr, options, SystemClock(),
              nullptr, [&](const trace::Trace& trace) { traces.push_back(trace); });
  return traces;
}

}  // namespace kedge::ops_testing
