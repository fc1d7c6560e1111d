// Production traces in the verdict: tasks where a world can rebuild them, drift evidence elsewhere.
#include "harness/loop/gate_traces.h"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/core/random.h"
#include "harness/drift/tape_scores.h"
#include "harness/gate/pair_evidence.h"
#include "harness/gate/production.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"
#include "harness/loop/trace_archive.h"
#include "harness/run/episode_worker.h"
#include "harness/trace/jsonl.h"

namespace kedge::loop {
namespace {

constexpr std::uint64_t kProductionSeed = 0x70726f64;

/// Sorts traces while they are read.
class TraceSorter {
 public:
  explicit TraceSorter(GateTraces& traces) : traces_(traces) {
    if (traces.suite->world()) session_.emplace(traces.suite->world());
  }

  void Add(trace::Trace&& recorded) {
    ++traces_.traces;
    sha_.Update(trace::ToJsonLine(recorded));
    const double weight = 1 / recorded.inclusion_probability;
    const run::RecordedStart start =
        run::ExamineRecorded(recorded, *traces_.suite, session_ ? &*session_ : nullptr);
    const bool same_world = start.world || !session_;
    if (start.task && same_world) {
      AddTask(*start.task, weight, recorded.id);
    } else if (start.replayable) {
      traces_.followed_weight += weight;
      traces_.followed.push_back({std::move(recorded), start});
    } else {
      traces_.unreplayable_weight += weight;
    }
  }

  void Finish() { traces_.digest = sha_.Hex(); }

 private:
  void AddTask(std::size_t task, double weight, const std::string& trace_id) {
    traces_.rebuilt_weight += weight;
    const auto [place, is_new] = place_.emplace(task, traces_.tasks.size());
    if (is_new) traces_.tasks.push_back({task, 0, trace_id});
    traces_.tasks[place->second].weight += weight;
  }

  GateTraces& traces_;
  std::optional<world::Session> session_;
  std::map<std::size_t, std::size_t> place_;  // by task
  Sha256 sha_;
};

// Each trace counts once for a candidate, however often its gate is run: another run seed must not
// be another draw at production.
std::uint64_t ProductionSeed(const GateSession& session, const GateTraces& traces) {
  return DeriveSeed(kProductionSeed, session.files.champion.hash() + "/" +
                                         session.files.candidate.hash() + "/" + traces.digest);
}

// Both arms on the rebuilt tasks, in parallel; the results are in the tasks' order.
std::vector<run::PairOutcome> RunTasks(const GateSession& session, const GateTraces& traces) {
  Json fingerprint = gate::Fingerprint(session.inputs);
  fingerprint["kind"] = "production";
  fingerprint["suite"] = traces.suite->digest();
  run::Journal journal(session.options.output_folder + "/journal-production.jsonl", fingerprint);
  const run::WorkPlan plan = WorkPlanOf(
      session, traces.suite,
      {{"champion", session.files.champion}, {"candidate", session.files.candidate}}, journal);
  std::vector<run::PairOutcome> outcomes(traces.tasks.size());
  const std::uint64_t seed = ProductionSeed(session, traces);
  const std::size_t shares = std::max(1U, session.options.threads);
  ParallelFor(shares, session.options.threads, [&](std::size_t share) {
    run::EpisodeWorker worker(plan);
    for (std::size_t i = share; i < outcomes.size(); i += shares) {
      if (run::StopRequested()) throw run::InterruptedError();
      run::PairOutcome& outcome = outcomes[i];
      outcome.spec.task_index = traces.tasks[i].task;
      outcome.spec.seed = run::EpisodeSeed(*traces.suite, outcome.spec.task_index, 0, seed);
      run::EpisodeSpec champion = outcome.spec;
      champion.arm = "champion";
      outcome.champion = worker.Outcome(champion);
      outcome.candidate = worker.Outcome(outcome.spec);
    }
  });
  return outcomes;
}

void NoteHardGuards(const gate::GatePolicy& policy, const std::map<std::string, int>& violations,
                    const std::string& trace_id, gate::ProductionEvidence& evidence) {
  for (const std::string& guard : policy.hard_guards) {
    const auto found = violations.find(guard);
    if (found == violations.end() || found->second == 0) continue;
    evidence.hard_violations.emplace(guard, trace_id);
  }
}

void AddPairs(const GateSession& session, const GateTraces& traces,
              gate::ProductionEvidence& evidence) {
  const std::vector<run::PairOutcome> outcomes = RunTasks(session, traces);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < outcomes.size(); ++i) order.push_back(i);
  Random(ProductionSeed(session, traces)).Shuffle(order);
  for (const std::size_t i : order) {
    const run::PairOutcome& pair = outcomes[i];
    const bool champion_missing = pair.champion.status == trace::EpisodeStatus::kMissing;
    const bool candidate_missing = pair.candidate.status == trace::EpisodeStatus::kMissing;
    ++evidence.drops.planned;
    evidence.drops.champion_missing += champion_missing ? 1 : 0;
    evidence.drops.candidate_missing += candidate_missing ? 1 : 0;
    evidence.drops.both_missing += champion_missing && candidate_missing ? 1 : 0;
    evidence.episodes += 2;
    NoteHardGuards(session.files.policy, pair.candidate.violations, traces.tasks[i].trace_id,
                   evidence);
    if (pair.missing()) continue;
    const suite::Task& task = traces.suite->tasks()[pair.spec.task_index];
    evidence.pairs.push_back({traces.tasks[i].trace_id, task.id, traces.tasks[i].weight,
                              gate::Difference(pair, session.files.policy.use_score),
                              task.cluster_id});
  }
}

/// Weighted means over the traces that can only be followed.
void SumUp(const std::vector<drift::FollowedPair>& pairs, gate::ProductionEvidence& evidence) {
  double total = 0;
  for (const drift::FollowedPair& pair : pairs) total += pair.weight;
  evidence.champion_agreement = evidence.candidate_agreement = 0;
  for (const drift::FollowedPair& pair : pairs) {
    const double share = pair.weight / total;
    evidence.champion_agreement += share * pair.champion_agreement;
    evidence.candidate_agreement += share * pair.candidate_agreement;
    evidence.champion_divergence += pair.champion_left ? share : 0;
    evidence.candidate_divergence += pair.candidate_left ? share : 0;
  }
}

bool LeftTheTape(const run::TapeReplay& replay) {
  return replay.divergence.has_value() || replay.forked_at.has_value();
}

run::TapeReplayer MakeFollower(const GateSession& session, const GateTraces& traces,
                               const strategy::Strategy& strategy) {
  run::TapeReplayOptions options;
  options.limits = gate::EpisodeRules(session.inputs).episode.limits;
  // What a world would make of the rest is no recorded fact.
  options.fork = false;
  return {traces.suite,    session.agents.Make(strategy),
          strategy.hash(), session.files.guard_policy,
          options,         session.clock};
}

std::vector<drift::FollowedPair> Follow(const GateSession& session, const GateTraces& traces,
                                        gate::ProductionEvidence& evidence) {
  std::vector<drift::FollowedPair> pairs;
  if (traces.followed.empty()) return pairs;
  run::TapeReplayer champion = MakeFollower(session, traces, session.files.champion);
  run::TapeReplayer candidate = MakeFollower(session, traces, session.files.candidate);
  for (const FollowedTrace& trace : traces.followed) {
    if (run::StopRequested()) throw run::InterruptedError();
    const run::TapeReplay before = champion.Run(trace.recorded, trace.start, "champion");
    const run::TapeReplay after = candidate.Run(trace.recorded, trace.start, "candidate");
    pairs.push_back({trace.recorded.id, 1 / trace.recorded.inclusion_probability,
                     before.agreement(), after.agreement(), LeftTheTape(before),
                     LeftTheTape(after)});
    NoteHardGuards(session.files.policy, after.violations, trace.recorded.id, evidence);
  }
  SumUp(pairs, evidence);
  return pairs;
}

}  // namespace

std::shared_ptr<const suite::Suite> LoadSuiteForTraces(
    const std::string& folder, std::uint64_t seed, std::uint64_t variant,
    const std::map<std::string, std::string>& data) {
  return suite::Suite::Load(folder,
                            {.seed = seed, .split = "all", .variant = variant, .data = data});
}

std::shared_ptr<const GateTraces> LoadGateTraces(const gate::GatePolicy& policy,
                                                 const GateSessionOptions& options) {
  if (options.traces_file.empty()) {
    if (!policy.traces || !policy.traces->required) return nullptr;
    throw UsageError("the policy requires production traces (--traces FILE)");
  }
  auto traces = std::make_shared<GateTraces>();
  const bool own = options.traces_suite_folder.empty();
  traces->suite = LoadSuiteForTraces(
      own ? options.suite_folder : options.traces_suite_folder,
      options.traces_suite_seed != 0 || !own ? options.traces_suite_seed : options.suite_seed,
      own ? options.variant : 0, options.data);
  traces->archive = options.traces_file;
  TraceSorter sorter(*traces);
  ReadArchive(options.traces_file,
              [&](trace::Trace&& recorded) { sorter.Add(std::move(recorded)); });
  sorter.Finish();
  return traces;
}

void JudgeTraces(GateSession& session, gate::Verdict& verdict) {
  if (!session.files.traces || session.recorded || verdict.episodes == 0) return;
  const PhaseTimer timer("production", session.clock, session.observer);
  const GateTraces& traces = *session.files.traces;
  gate::ProductionEvidence evidence;
  evidence.archive = traces.archive;
  evidence.archive_digest = traces.digest;
  evidence.traces = traces.traces;
  evidence.rebuilt_weight = traces.rebuilt_weight;
  evidence.followed_weight = traces.followed_weight;
  evidence.unreplayable_weight = traces.unreplayable_weight;
  AddPairs(session, traces, evidence);
  session.followed = Follow(session, traces, evidence);
  gate::AddProduction(evidence, session.files.policy,
                      gate::LevelsBeside(session.files.policy, verdict), verdict);
  session.decided = verdict.kind != gate::VerdictKind::kHoldInconclusive;
}

}  // namespace kedge::loop
