#include "harness/gate/sequential_run.h"

#include <utility>

#include "harness/gate/sequential_design.h"
#include "harness/gate/task_counts.h"

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

stats::GateDesign DesignOf(const GateInputs& inputs) {
  stats::GateDesign design = MakeDesign(inputs.policy, *inputs.suite, inputs.alpha);
  design.max_pairs += inputs.pooled_pairs;
  return design;
}

}  // namespace

SequentialRun::SequentialRun(const GateInputs& inputs, PairSource source)
    : inputs_(inputs),
      source_(std::move(source)),
      gate_(DesignOf(inputs)),
      evidence_(inputs.suite, inputs.policy.use_score),
      tasks_(TasksByStratum(*inputs.suite)),
      next_pair_(inputs.suite->strata().size(), 0),
      differences_(inputs.suite->strata().size()),
      guard_differences_(inputs.policy.rate_guards.size()) {}

SequentialEvidence SequentialRun::evidence() const {
  return {inputs_,
          gate_,
          evidence_,
          differences_,
          round_differences_,
          guard_differences_,
          hard_guards_broken_,
          used_up_};
}

void SequentialRun::Run() {
  while (!hopeless_ && used_up_.empty()) {
    const std::vector<int> round = gate_.NextRound();
    if (round.empty()) break;
    RunRound(round);
  }
  if (gate_.verdict() == stats::Verdict::kUndecided) gate_.Stop();
}

void SequentialRun::RunRound(const std::vector<int>& round) {
  const std::vector<std::size_t> open(round.begin(), round.end());
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

bool SequentialRun::IsUsedUp(std::size_t stratum) const {
  return inputs_.policy.claim == Claim::kPopulation && next_pair_[stratum] >= tasks_[stratum];
}

// Replaces pairs of which a side is missing, blind to the other side.
std::optional<run::PairOutcome> SequentialRun::NextCompletePair(
    std::size_t stratum, const std::vector<std::size_t>& open) {
  while (!IsUsedUp(stratum)) {
    run::PairOutcome pair = source_(stratum, next_pair_[stratum]++, open);
    if (!pair.missing()) return pair;
    evidence_.AddDropped(pair);
    const PairTable& table = evidence_.table();
    hopeless_ = table.dropped >= kHopelessDrops && table.dropped > table.n;
    if (hopeless_) return std::nullopt;
  }
  used_up_ = inputs_.suite->strata()[stratum].name;
  return std::nullopt;
}

double SequentialRun::AddPair(int stratum, const run::PairOutcome& pair) {
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

}  // namespace kedge::gate
