#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"
#include "harness/run/journal.h"
#include "harness/run/paired_run.h"
#include "harness/stats/gate_plan.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::gate {

/// Everything a sequential gate needs, loaded and validated. References must outlive the call.
struct GateInputs {
  std::shared_ptr<const suite::Suite> suite;
  const strategy::Strategy& champion;
  const strategy::Strategy& candidate;
  const agent::AgentFactory& agents;
  GatePolicy policy;
  std::shared_ptr<const guards::Policy> guard_policy;  ///< null: no guards watch
  double alpha = 0.05;                                 ///< what the ledger granted, or policy.alpha
  std::optional<double> error_budget_left;
  std::uint64_t seed = 1;  ///< schedule and episodes
  unsigned threads = 2;
  suite::UserNoise user_noise;
  const Clock& clock;
  Observer* observer = nullptr;  ///< may be null
  /// The candidate's episodes have seeds of their own, as if run on another day: for an agent
  /// against itself.
  bool independent_arms = false;
  /// Complete pairs that other runs of this very test left behind; RunGate sets it from the pool.
  std::int64_t pooled_pairs = 0;
};

/// A pair of a test, with the run that it was made in.
struct PooledPair {
  std::uint64_t seed = 0;   ///< of the run
  std::size_t stratum = 0;  ///< index into the suite's strata
  std::int64_t n = 0;       ///< place in that run's schedule of the stratum
  run::PairOutcome pair;
};

/// All pairs that a candidate was ever judged by under one suite, champion and policy. Who is tried
/// again goes on from there and gets no new chance.
class PairPool {
 public:
  virtual ~PairPool() = default;
  /// In the order in which they were added.
  virtual std::vector<PooledPair> Load() = 0;
  /// Keeps a pair for good; called before anything looks at it.
  virtual void Add(const PooledPair& pair) = 0;
};

/// What identifies a gate run: a journal made under another fingerprint is refused.
Json Fingerprint(const GateInputs& inputs);
/// SHA-256 of the policy, guard rules included.
std::string PolicyDigest(const GatePolicy& policy, const guards::Policy* guard_policy);

/// How the policy wants episodes to be run.
run::PairedRunOptions EpisodeRules(const GateInputs& inputs);

/// What the change guard says, as reasons of a verdict.
struct ChangeReasons {
  std::vector<Reason> deny;  ///< each blocks before an episode is paid for
  std::vector<Reason> ask;   ///< a person has to approve them
};

/// Looks at the change alone.
ChangeReasons CheckChange(const GateInputs& inputs, const guards::ChangeEvidence& evidence);

/// What the gate is expected to cost, at the level of a season's first candidate. Refuses what
/// cannot end well before anything is run: throws Error(kBadData) naming the policy's file and
/// field and saying what would be accepted, when the gate can hardly ever promote, a stratum's or
/// guard's margin cannot be excluded within max_pairs, or a claim about a population would have to
/// rest on tasks that were used before.
stats::GatePlan PlanGate(const GateInputs& inputs);

/// Runs the pairs, stops as soon as the decision is settled, and returns the verdict with all that
/// it rests on. Every finished episode is in `journal`; a run that was killed goes on from it and
/// ends in the same verdict and digest. With a pool the rule first sees the pairs in it; a run with
/// another seed adds up to max_pairs of its own. Throws Error(kTemporary) when interrupted.
Verdict RunGate(const GateInputs& inputs, run::Journal& journal, PairPool* pool = nullptr);

}  // namespace kedge::gate
