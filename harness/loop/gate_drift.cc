#include "harness/loop/gate_drift.h"

#include <algorithm>

#include "harness/core/random.h"
#include "harness/drift/drift.h"
#include "harness/drift/protected_paths.h"
#include "harness/drift/tape_scores.h"
#include "harness/gate/drift_section.h"
#include "harness/gate/twins.h"
#include "harness/loop/phase_timer.h"
#include "harness/run/episode.h"

namespace kedge::loop {
namespace {

/// What the traces of both arms show, pair by pair.
struct PairTraces {
  std::vector<drift::Behaviour> champion, candidate;
  std::vector<double> judge_gaps;  // candidate's judge minus verifier, less the champion's
  gate::ProtectedCounts protected_paths;
};

drift::BehaviourOptions BehaviourOptionsOf(const GateSession& session) {
  drift::BehaviourOptions options;
  options.judge = session.files.policy.drift.judge;
  if (session.files.suite->world()) {
    for (const world::ToolSpec& tool : session.files.suite->world()->tools()) {
      options.permissions[tool.name] = tool.writes ? "write" : "read";
    }
  }
  return options;
}

/// Pairs of other runs, pooled by the ledger, have no traces here and are left out.
PairTraces ReadPairs(const GateSession& session, const gate::Verdict& verdict) {
  const drift::BehaviourOptions options = BehaviourOptionsOf(session);
  const drift::ProtectedPaths paths(session.files.policy.drift.protected_paths);
  PairTraces result;
  if (!session.journal) return result;
  const suite::Suite& suite = *session.files.suite;
  for (const gate::SeenPair& pair : verdict.seen_pairs) {
    if (pair.trial < 0) continue;
    const auto champion = session.journal->FindTrace(
        run::EpisodeId(suite, {pair.task_index, pair.trial, "champion", 0}));
    const auto candidate = session.journal->FindTrace(
        run::EpisodeId(suite, {pair.task_index, pair.trial, "candidate", 0}));
    if (!champion || !candidate) continue;
    auto first = drift::MeasureBehaviour(*champion, options);
    auto second = drift::MeasureBehaviour(*candidate, options);
    if (!first || !second) continue;
    if (first->judge_gap && second->judge_gap) {
      result.judge_gaps.push_back(*second->judge_gap - *first->judge_gap);
    }
    result.protected_paths.champion_runs += paths.Touches(*champion, options) ? 1 : 0;
    if (paths.Touches(*candidate, options)) {
      ++result.protected_paths.candidate_runs;
      if (result.protected_paths.example.empty()) {
        result.protected_paths.example = candidate->id;
      }
    }
    result.champion.push_back(std::move(*first));
    result.candidate.push_back(std::move(*second));
  }
  return result;
}

gate::CanaryCounts CountCanaries(const suite::Suite& suite, const gate::Verdict& verdict) {
  gate::CanaryCounts counts;
  for (const gate::SeenPair& pair : verdict.seen_pairs) {
    if (!suite.tasks()[pair.task_index].impossible) continue;
    ++counts.episodes;
    counts.champion_passes += pair.champion_passed ? 1 : 0;
    counts.candidate_passes += pair.candidate_passed ? 1 : 0;
  }
  return counts;
}

drift::DriftOptions DriftOptionsOf(const GateSession& session) {
  const gate::DriftPolicy& policy = session.files.policy.drift;
  drift::DriftOptions options;
  options.thresholds = policy.thresholds;
  options.floors = policy.floors;
  options.level = policy.level;
  options.resamples = policy.resamples;
  options.seed = session.options.run_seed;
  // A verdict must not depend on how busy the machine was.
  options.latency_counts = false;
  options.allow = {policy.allow.begin(), policy.allow.end()};
  options.privileged = {policy.privileged.begin(), policy.privileged.end()};
  return options;
}

bool SaySame(const suite::Suite& a, const suite::Suite& b) {
  return std::equal(
      a.tasks().begin(), a.tasks().end(), b.tasks().begin(), b.tasks().end(),
      [](const suite::Task& x, const suite::Task& y) { return x.instruction == y.instruction; });
}

gate::HackSignal TwinSignal(const GateSession& session, const gate::Verdict& verdict,
                            const std::string& name, const suite::SuiteOptions& options) {
  const auto twins = suite::Suite::Load(session.options.suite_folder, options);
  if (SaySame(*twins, *session.files.suite)) {
    return {name, false, false, "The suite's tasks are fixed; they have no such twins.",
            Json::object()};
  }
  run::Journal journal(session.options.output_folder + "/journal-" + name + ".jsonl",
                       gate::TwinFingerprint(session.inputs, *twins));
  return gate::GapSignal(
      name, gate::WeightedGain(*session.files.suite, verdict.seen_pairs),
      gate::GainOnTwins(session.inputs, twins, session.files.policy.drift.twins, journal));
}

void AddTwinSignals(const GateSession& session, const gate::Verdict& verdict,
                    std::vector<gate::HackSignal>& signals) {
  if (session.files.policy.drift.twins == 0 || verdict.kind != gate::VerdictKind::kPromote) return;
  const PhaseTimer timer("twins", session.clock, session.observer);
  const std::uint64_t seed = session.files.suite->seed();
  signals.push_back(TwinSignal(session, verdict, "renamed_twins",
                               {.seed = DeriveSeed(seed, "twins"), .data = session.options.data}));
  signals.push_back(TwinSignal(session, verdict, "paraphrased_twins",
                               {.seed = seed, .paraphrase = 1, .data = session.options.data}));
}

}  // namespace

void AddGateDrift(const GateSession& session, gate::Verdict& verdict) {
  const gate::GatePolicy& policy = session.files.policy;
  if (!policy.drift.enabled) return;
  std::optional<drift::DriftReport> behaviour;
  std::vector<gate::HackSignal> signals;
  if (verdict.pairs.n > 0) {
    const PhaseTimer timer("drift", session.clock, session.observer);
    PairTraces pairs = ReadPairs(session, verdict);
    if (!pairs.champion.empty()) {
      behaviour = drift::MeasureDrift(std::move(pairs.champion), std::move(pairs.candidate),
                                      DriftOptionsOf(session));
      signals.push_back(gate::ProtectedPathSignal(pairs.protected_paths));
    }
    if (!pairs.judge_gaps.empty()) signals.push_back(gate::JudgeGapSignal(pairs.judge_gaps));
    signals.push_back(gate::GuardPriceOf(verdict));
    signals.push_back(gate::CanarySignal(CountCanaries(*session.files.suite, verdict)));
    AddTwinSignals(session, verdict, signals);
  }
  if (!session.followed.empty()) {
    if (!behaviour) behaviour.emplace();
    drift::AddTapeScores(session.followed, DriftOptionsOf(session), *behaviour);
  }
  gate::AddDriftSection(policy, std::move(behaviour), std::move(signals), verdict);
}

}  // namespace kedge::loop
