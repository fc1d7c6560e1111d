#include "harness/gate/gate.h"

#include <utility>

#include "harness/gate/pair_pool.h"
#include "harness/gate/sequential_run.h"
#include "harness/gate/sequential_verdict.h"
#include "harness/run/paired_run.h"

namespace kedge::gate {
run::PairedRunOptions EpisodeRules(const GateInputs& inputs) {
  run::PairedRunOptions options;
  options.threads = inputs.threads;
  options.episode.limits.max_steps = inputs.policy.max_steps;
  options.episode.limits.max_tool_calls = inputs.policy.max_tool_calls;
  options.episode.limits.deadline = std::chrono::milliseconds(inputs.policy.episode_deadline_ms);
  options.episode.user_noise = inputs.user_noise;
  options.independent_arms = inputs.independent_arms;
  return options;
}

std::string PolicyDigest(const GatePolicy& policy, const guards::Policy* guard_policy) {
  Json json = ToJson(policy);
  json["guard_policy"] = guard_policy == nullptr ? "" : guard_policy->digest();
  return JsonDigest(json);
}

Json Fingerprint(const GateInputs& inputs) {
  Json json = {
      {"kind", "gate"},
      {"suite", inputs.suite->digest()},
      {"champion", inputs.champion.hash()},
      {"candidate", inputs.candidate.hash()},
      {"policy", ToJson(inputs.policy)},
      {"guard_policy", inputs.guard_policy == nullptr ? "" : inputs.guard_policy->digest()},
      {"agent", inputs.agents.fingerprint()},
      {"alpha", inputs.alpha},
      {"seed", inputs.seed}};
  if (inputs.independent_arms) json["independent_arms"] = true;
  return json;
}

Verdict RunGate(const GateInputs& given, run::Journal& journal, PairPool* pool) {
  GateInputs inputs = given;
  const run::PairSchedule schedule(inputs.suite, inputs.candidate.hash(), inputs.seed);
  run::PairedRun pairs(inputs.suite, inputs.champion, inputs.candidate, inputs.agents,
                       inputs.guard_policy, schedule, journal, EpisodeRules(inputs), inputs.clock,
                       inputs.observer);
  PairSource source = [&pairs](std::size_t stratum, std::int64_t n,
                               const std::vector<std::size_t>& open) {
    return pairs.Get(stratum, n, open);
  };
  std::optional<PooledPairs> pooled;
  if (pool != nullptr) {
    pooled.emplace(inputs, *pool, schedule, std::move(source));
    inputs.pooled_pairs = pooled->pairs_of_other_seeds();
    source = [&pooled](std::size_t stratum, std::int64_t n, const std::vector<std::size_t>& open) {
      return pooled->Get(stratum, n, open);
    };
  }
  SequentialRun gate(inputs, std::move(source));
  gate.Run();
  return MakeSequentialVerdict(gate.evidence());
}

}  // namespace kedge::gate
