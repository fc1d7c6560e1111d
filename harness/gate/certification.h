#pragma once

#include <cstdint>
#include <vector>

#include "harness/gate/gate.h"
#include "harness/gate/noise.h"
#include "harness/trace/outcome.h"

namespace kedge::gate {

/// Outcomes of the champion, run after run: `runs[i]` are those of the suite's task i. Missing ones
/// stay in: they are part of what a gate meets.
struct ChampionBank {
  std::vector<std::vector<trace::Outcome>> runs;
};

/// How often an event came, with the exact (Clopper-Pearson) two-sided 95 % interval.
struct MeasuredRate {
  std::int64_t count = 0;
  std::int64_t of = 0;
  double rate = 0, low = 0, high = 1;
};
MeasuredRate MeasureRate(std::int64_t count, std::int64_t of);

/// What gates say of an agent that did not change.
struct UnchangedAgent {
  std::int64_t gates = 0;
  MeasuredRate promoted;  ///< wrongful
  MeasuredRate blocked;   ///< wrongful
  std::int64_t no_difference = 0;
  std::int64_t inconclusive = 0;
  double mean_pairs = 0;

  /// Neither rate is shown (at 95 %) to be above what the policy allows.
  bool Fits(const GatePolicy& policy) const;
};

/// Judges the champion against itself `gates` times. In each, the gate visits tasks as it always
/// does, and two different runs of the task, drawn from the bank, play champion and candidate: arms
/// that are equal by construction, with the chance, guards, costs and losses to infrastructure of
/// this suite. The level is policy.alpha, the highest that a ledger grants. Every task needs two
/// runs. Deterministic in (seed, gates), whatever the threads. Throws Error(kTemporary) when
/// interrupted.
UnchangedAgent JudgeUnchanged(const GateInputs& inputs, const ChampionBank& bank,
                              std::int64_t gates, std::uint64_t seed);

/// The same from verdicts of gates that were run with episodes of their own.
UnchangedAgent CountVerdicts(const std::vector<Verdict>& verdicts);

/// The bank's repeats by task, scored runs only; what MeasureNoise reads.
std::vector<RepeatedTask> RepeatsOf(const ChampionBank& bank, const suite::Suite& suite,
                                    bool use_score);

}  // namespace kedge::gate
