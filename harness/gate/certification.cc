#include "harness/gate/certification.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/core/random.h"
#include "harness/gate/sequential_run.h"
#include "harness/run/paired_run.h"
#include "harness/stats/proportion_intervals.h"

namespace kedge::gate {
namespace {

constexpr double kRateLevel = 0.95;

struct OneGate {
  VerdictKind kind = VerdictKind::kHoldInconclusive;
  std::int64_t pairs = 0;
};

// Two different runs of the task, in random order: conditionally on the bank the difference is
// symmetric around 0, so that nothing is there to be found.
run::PairOutcome DrawPair(const ChampionBank& bank, run::EpisodeSpec spec, std::uint64_t seed) {
  const std::vector<trace::Outcome>& runs = bank.runs[spec.task_index];
  Random random(seed);
  const std::uint64_t first = random.Below(runs.size());
  const std::uint64_t second = random.Below(runs.size() - 1);
  return {std::move(spec), runs[first], runs[second < first ? second : second + 1]};
}

OneGate JudgeOnce(const GateInputs& inputs, const ChampionBank& bank, std::uint64_t seed) {
  const run::PairSchedule schedule(inputs.suite, inputs.champion.hash(), seed);
  SequentialRun gate(inputs,
                     [&](std::size_t stratum, std::int64_t n, const std::vector<std::size_t>&) {
                       return DrawPair(bank, schedule.At(stratum, n),
                                       DeriveSeed(seed, stratum, static_cast<std::uint64_t>(n)));
                     });
  gate.Run();
  const SequentialEvidence evidence = gate.evidence();
  return {DecideSequential(evidence), evidence.gate.pairs()};
}

UnchangedAgent Count(const std::vector<OneGate>& gates) {
  UnchangedAgent found;
  found.gates = static_cast<std::int64_t>(gates.size());
  std::int64_t promoted = 0, blocked = 0;
  double pairs = 0;
  for (const OneGate& gate : gates) {
    promoted += gate.kind == VerdictKind::kPromote ? 1 : 0;
    blocked += gate.kind == VerdictKind::kBlock ? 1 : 0;
    found.no_difference += gate.kind == VerdictKind::kHoldNoDifference ? 1 : 0;
    found.inconclusive += gate.kind == VerdictKind::kHoldInconclusive ? 1 : 0;
    pairs += static_cast<double>(gate.pairs);
  }
  found.promoted = MeasureRate(promoted, found.gates);
  found.blocked = MeasureRate(blocked, found.gates);
  if (found.gates > 0) found.mean_pairs = pairs / static_cast<double>(found.gates);
  return found;
}

}  // namespace

MeasuredRate MeasureRate(std::int64_t count, std::int64_t of) {
  MeasuredRate rate{count, of, 0, 0, 1};
  if (of == 0) return rate;
  const stats::Interval interval = stats::ClopperPearsonInterval(count, of, kRateLevel);
  rate.rate = static_cast<double>(count) / static_cast<double>(of);
  rate.low = interval.low;
  rate.high = interval.high;
  return rate;
}

bool UnchangedAgent::Fits(const GatePolicy& policy) const {
  return promoted.low <= policy.alpha && blocked.low <= policy.alpha_block;
}

UnchangedAgent JudgeUnchanged(const GateInputs& given, const ChampionBank& bank, std::int64_t gates,
                              std::uint64_t seed) {
  for (const std::vector<trace::Outcome>& runs : bank.runs) {
    if (runs.size() < 2) throw BadData("a certificate needs two runs of every task at least");
  }
  GateInputs inputs = given;
  inputs.alpha = inputs.policy.alpha;
  inputs.observer = nullptr;
  std::vector<OneGate> found(static_cast<std::size_t>(gates));
  ParallelFor(found.size(), inputs.threads, [&](std::size_t i) {
    if (run::StopRequested()) throw Error(ErrorKind::kTemporary, "interrupted");
    found[i] = JudgeOnce(inputs, bank, DeriveSeed(seed, i));
  });
  return Count(found);
}

UnchangedAgent CountVerdicts(const std::vector<Verdict>& verdicts) {
  std::vector<OneGate> gates;
  for (const Verdict& verdict : verdicts) gates.push_back({verdict.kind, verdict.pairs.n});
  return Count(gates);
}

std::vector<RepeatedTask> RepeatsOf(const ChampionBank& bank, const suite::Suite& suite,
                                    bool use_score) {
  std::vector<RepeatedTask> tasks;
  for (std::size_t i = 0; i < bank.runs.size(); ++i) {
    const suite::Task& task = suite.tasks()[i];
    RepeatedTask repeats{task.id, task.family, task.stratum, {}};
    for (const trace::Outcome& outcome : bank.runs[i]) {
      if (outcome.status == trace::EpisodeStatus::kMissing) continue;
      repeats.outcomes.push_back(use_score ? outcome.score : (outcome.success ? 1.0 : 0.0));
    }
    if (!repeats.outcomes.empty()) tasks.push_back(std::move(repeats));
  }
  return tasks;
}

}  // namespace kedge::gate
