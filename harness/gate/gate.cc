#include "harness/gate/gate.h"

#include <algorithm>
#include <span>

#include "harness/core/digest.h"
#include "harness/gate/data_quality.h"
#include "harness/gate/pair_evidence.h"
#include "harness/gate/sequential_design.h"
#include "harness/gate/sequential_verdict.h"
#include "harness/run/paired_run.h"
#include "harness/stats/sequential_gate.h"

namespace kedge::gate {
namespace {

// A gate whose pairs nearly all fail by infrastructure ends instead of using up its tasks.
constexpr std::int64_t kHopelessDrops = 20;

double Amount(const trace::Outcome& outcome, const std::string& resource) {
  if (resource == "cost") return outcome.cost;
  if (resource == "tokens")
    return static_cast<double>(outcome.input_tokens + outcome.output_tokens);
  if (resource == "steps") return static_cast<double>(outcome.steps);
  return static_cast<double>(outcome.tool_calls);
}

double Violated(const trace::Outcome& outcome, const std::string& guard) {
  const auto it = outcome.violations.find(guard);
  return it != outcome.violations.end() && it->second > 0 ? 1 : 0;
}

/// The loop of the sequential rule around a paired run.
class GateLoop {
 public:
  GateLoop(const GateInputs& inputs, run::PairedRun& pairs)
      : inputs_(inputs),
        pairs_(pairs),
        gate_(MakeDesign(inputs)),
        evidence_(inputs.suite, inputs.policy.use_score),
        next_pair_(inputs.suite->strata().size(), 0),
        differences_(inputs.suite->strata().size()),
        guard_differences_(inputs.policy.rate_guards.size()) {}

  Verdict Run() {
    while (!hopeless_) {
      const std::vector<int> round = gate_.NextRound();
      if (round.empty()) break;
      RunRound(round);
    }
    if (gate_.verdict() == stats::Verdict::kUndecided) gate_.Stop();
    return MakeSequentialVerdict({inputs_, gate_, evidence_, differences_, round_differences_,
                                  guard_differences_, hard_guards_broken_});
  }

 private:
  void RunRound(const std::vector<int>& round) {
    std::vector<std::size_t> open(round.begin(), round.end());
    double weighted = 0;
    for (const int stratum : round) {
      const auto s = static_cast<std::size_t>(stratum);
      const std::optional<run::PairOutcome> pair = NextCompletePair(s, open);
      if (!pair) return;
      const double difference = AddPair(stratum, *pair);
      if (gate_.verdict() != stats::Verdict::kUndecided) return;
      weighted += inputs_.suite->strata()[s].weight * difference;
    }
    gate_.EndRound();
    // Only whole rounds have the expectation of the overall effect.
    if (round.size() == inputs_.suite->strata().size()) round_differences_.push_back(weighted);
    if (inputs_.observer != nullptr) {
      inputs_.observer->On(ProgressMade{"pairs", gate_.pairs(), inputs_.policy.max_pairs});
    }
  }

  /// Replaces pairs of which a side is missing, blind to the other side.
  std::optional<run::PairOutcome> NextCompletePair(std::size_t stratum,
                                                   const std::vector<std::size_t>& open) {
    while (true) {
      run::PairOutcome pair = pairs_.Get(stratum, next_pair_[stratum]++, open);
      if (!pair.missing()) return pair;
      evidence_.AddDropped(pair);
      const PairTable& table = evidence_.table();
      hopeless_ = table.dropped >= kHopelessDrops && table.dropped > table.n;
      if (hopeless_) return std::nullopt;
    }
  }

  double AddPair(int stratum, const run::PairOutcome& pair) {
    const double difference = evidence_.Add(pair);
    std::vector<double> guards;
    for (std::size_t i = 0; i < guard_differences_.size(); ++i) {
      const std::string& guard = inputs_.policy.rate_guards[i];
      guards.push_back(Violated(pair.champion, guard) - Violated(pair.candidate, guard));
      guard_differences_[i].push_back(guards.back());
    }
    std::vector<double> champion, candidate;
    for (const ResourceLimit& limit : inputs_.policy.resource_limits) {
      champion.push_back(Amount(pair.champion, limit.name));
      candidate.push_back(Amount(pair.candidate, limit.name));
    }
    gate_.AddPair(stratum, {difference, guards, {}, champion, candidate});
    differences_[static_cast<std::size_t>(stratum)].push_back(difference);
    for (const std::string& guard : inputs_.policy.hard_guards) {
      if (Violated(pair.candidate, guard) > 0) hard_guards_broken_.push_back(guard);
    }
    if (!hard_guards_broken_.empty()) gate_.ReportHardViolation();
    return difference;
  }

  const GateInputs& inputs_;
  run::PairedRun& pairs_;
  stats::SequentialGate gate_;
  PairEvidence evidence_;
  std::vector<std::int64_t> next_pair_;
  std::vector<std::vector<double>> differences_;
  std::vector<double> round_differences_;
  std::vector<std::vector<double>> guard_differences_;
  std::vector<std::string> hard_guards_broken_;
  bool hopeless_ = false;
};

run::PairedRunOptions RunOptions(const GateInputs& inputs) {
  run::PairedRunOptions options;
  options.threads = inputs.threads;
  options.episode.limits.max_steps = inputs.policy.max_steps;
  options.episode.limits.max_tool_calls = inputs.policy.max_tool_calls;
  options.episode.limits.deadline = std::chrono::milliseconds(inputs.policy.episode_deadline_ms);
  options.episode.user_noise = inputs.user_noise;
  return options;
}

}  // namespace

std::string PolicyDigest(const GatePolicy& policy, const guards::Policy* guard_policy) {
  Json json = ToJson(policy);
  json["guard_policy"] = guard_policy == nullptr ? "" : guard_policy->digest();
  return JsonDigest(json);
}

Json Fingerprint(const GateInputs& inputs) {
  return {{"kind", "gate"},
          {"suite", inputs.suite->digest()},
          {"champion", inputs.champion.hash()},
          {"candidate", inputs.candidate.hash()},
          {"policy", PolicyDigest(inputs.policy, inputs.guard_policy.get())},
          {"agent", inputs.agents.fingerprint()},
          {"alpha", inputs.alpha},
          {"seed", inputs.seed}};
}

Verdict RunGate(const GateInputs& inputs, run::Journal& journal) {
  const run::PairSchedule schedule(inputs.suite, inputs.candidate.hash(), inputs.seed);
  run::PairedRun pairs(inputs.suite, inputs.champion, inputs.candidate, inputs.agents,
                       inputs.guard_policy, schedule, journal, RunOptions(inputs), inputs.clock,
                       inputs.observer);
  return GateLoop(inputs, pairs).Run();
}

}  // namespace kedge::gate
