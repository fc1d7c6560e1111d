#include "harness/loop/planted/probe.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/core/random.h"
#include "harness/run/paired_run.h"
#include "harness/stats/descriptive.h"

namespace kedge::loop {
namespace {

constexpr double kProbeLevel = 0.95, kProbeQuantile = 1.959963984540054;

gate::Interval Around(double mean, double variance) {
  const double half = kProbeQuantile * std::sqrt(variance);
  return {mean, mean - half, mean + half, kProbeLevel};
}

double VarianceOfMean(const std::vector<double>& values) {
  if (values.size() < 2) return 1;
  return stats::SampleVariance(values) / static_cast<double>(values.size());
}

}  // namespace

Probe::Probe(std::string suite_folder, const GateRules& rules, const agent::AgentFactory& agents,
             const Clock& clock, Observer& observer, unsigned threads, std::uint64_t seed)
    : suite_folder_(std::move(suite_folder)),
      rules_(rules),
      agents_(agents),
      clock_(clock),
      observer_(observer),
      threads_(threads),
      seed_(seed) {}

std::shared_ptr<const suite::Suite> Probe::Tasks(const std::string& split, std::int64_t round,
                                                 std::int64_t tasks_per_family) {
  std::shared_ptr<const suite::Suite>& suite = suites_[{split, round, tasks_per_family}];
  if (suite) return suite;
  const std::uint64_t seed =
      DeriveSeed(DeriveSeed(seed_, "probe " + split), static_cast<std::uint64_t>(round));
  suite = suite::Suite::Load(suite_folder_,
                             {.seed = seed, .split = split, .tasks_per_family = tasks_per_family});
  return suite;
}

const std::vector<ProbeOutcome>& Probe::Run(const strategy::Strategy& strategy,
                                            const std::string& split, std::int64_t round,
                                            std::int64_t tasks_per_family) {
  const Key key = {split, round, tasks_per_family};
  const auto [run, is_new] = runs_.try_emplace({strategy.hash(), key});
  std::vector<ProbeOutcome>& outcomes = run->second;
  if (!is_new) return outcomes;
  const auto suite = Tasks(split, round, tasks_per_family);
  run::PairedRunOptions options;
  options.threads = threads_;
  options.episode.limits.max_steps = rules_.policy.max_steps;
  options.episode.limits.max_tool_calls = rules_.policy.max_tool_calls;
  options.episode.limits.deadline = std::chrono::milliseconds(rules_.policy.episode_deadline_ms);
  options.episode.user_noise = suite->user_noise();
  run::RunAll(suite, strategy, agents_, rules_.guard_policy, 1,
              DeriveSeed(suite->seed(), "probe episodes"), nullptr, options, clock_, &observer_,
              [&](const trace::Trace& episode) {
                ProbeOutcome& outcome = outcomes.emplace_back();
                outcome.success = episode.outcome->success;
                for (const auto& [guard, attempts] : episode.outcome->violations) {
                  if (attempts > 0) outcome.broken.push_back(guard);
                }
              });
  return outcomes;
}

double Probe::Success(const strategy::Strategy& strategy, const std::string& split,
                      std::int64_t round, std::int64_t tasks_per_family) {
  const auto& outcomes = Run(strategy, split, round, tasks_per_family);
  const auto solved = std::count_if(outcomes.begin(), outcomes.end(),
                                    [](const ProbeOutcome& outcome) { return outcome.success; });
  return static_cast<double>(solved) / static_cast<double>(outcomes.size());
}

ProbedEffect Probe::Effect(const std::vector<Trial>& trials) {
  std::map<std::string, std::vector<double>> differences;
  std::map<std::string, double> weights;
  ProbedEffect effect;
  for (const Trial& trial : trials) {
    const auto [champion_arm, candidate_arm, round, tasks] = trial;
    const auto suite = Tasks("gate", round, tasks);
    const std::vector<ProbeOutcome>& champion = Run(champion_arm, "gate", round, tasks);
    const std::vector<ProbeOutcome>& candidate = Run(candidate_arm, "gate", round, tasks);
    for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
      differences[suite->tasks()[i].stratum].push_back(static_cast<double>(candidate[i].success) -
                                                       static_cast<double>(champion[i].success));
      ++effect.tasks;
    }
    for (const suite::Stratum& stratum : suite->strata()) weights[stratum.name] = stratum.weight;
  }
  double mean = 0, variance = 0;
  for (const auto& [stratum, values] : differences) {
    const double own = stats::Mean(values), spread = VarianceOfMean(values);
    effect.strata[stratum] = Around(own, spread);
    mean += weights[stratum] * own;
    variance += weights[stratum] * weights[stratum] * spread;
  }
  effect.overall = Around(mean, variance);
  return effect;
}

}  // namespace kedge::loop
