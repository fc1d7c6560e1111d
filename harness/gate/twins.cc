#include "harness/gate/twins.h"

#include <cmath>
#include <map>

#include "harness/gate/pair_evidence.h"
#include "harness/run/paired_run.h"
#include "harness/stats/descriptive.h"

namespace kedge::gate {

stats::MeasuredGain WeightedGain(const suite::Suite& suite, const std::vector<SeenPair>& pairs) {
  std::map<std::string, std::vector<double>> by_stratum;
  for (const SeenPair& pair : pairs) {
    by_stratum[suite.tasks()[pair.task_index].stratum].push_back(pair.difference);
  }
  stats::MeasuredGain gain;
  double squared_error = 0;
  for (const suite::Stratum& stratum : suite.strata()) {
    const std::vector<double>& differences = by_stratum[stratum.name];
    const auto n = static_cast<double>(differences.size());
    gain.n += n;
    if (differences.size() < 2) continue;
    gain.mean += stratum.weight * stats::Mean(differences);
    squared_error += stratum.weight * stratum.weight * stats::SampleVariance(differences) / n;
  }
  gain.variance = squared_error * gain.n;
  return gain;
}

stats::MeasuredGain GainOnTwins(const GateInputs& inputs, std::shared_ptr<const suite::Suite> twins,
                                std::int64_t pairs, run::Journal& journal) {
  const run::PairSchedule schedule(twins, inputs.candidate.hash(), inputs.seed);
  run::PairedRun run(twins, inputs.champion, inputs.candidate, inputs.agents, inputs.guard_policy,
                     schedule, journal, EpisodeRules(inputs), inputs.clock, inputs.observer);
  std::vector<SeenPair> seen;
  for (std::size_t s = 0; s < twins->strata().size(); ++s) {
    const auto wanted = static_cast<std::int64_t>(
        std::ceil(static_cast<double>(pairs) * twins->strata()[s].weight));
    for (std::int64_t n = 0; n < wanted; ++n) {
      const run::PairOutcome pair = run.Get(s, n, {s});
      if (pair.missing()) continue;
      seen.push_back({pair.spec.task_index, pair.spec.trial,
                      Difference(pair, inputs.policy.use_score), pair.champion.success,
                      pair.candidate.success});
    }
  }
  return WeightedGain(*twins, seen);
}

Json TwinFingerprint(const GateInputs& inputs, const suite::Suite& twins) {
  Json json = Fingerprint(inputs);
  json["kind"] = "twins";
  json["suite"] = twins.digest();
  return json;
}

}  // namespace kedge::gate
