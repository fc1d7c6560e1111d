#include "harness/loop/replay_session.h"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/core/error.h"
#include "harness/gate/pair_evidence.h"
#include "harness/gate/production.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/gate_traces.h"
#include "harness/loop/trace_archive.h"
#include "harness/run/paired_run.h"
#include "harness/run/tape_replay.h"

namespace kedge::loop {
namespace {

/// Sums of a lane while traces come in.
class LaneSums {
 public:
  explicit LaneSums(std::string name) { lane_.name = std::move(name); }

  void Add(double weight, double agreement, const std::optional<trace::Outcome>& outcome) {
    ++lane_.traces;
    weight_ += weight;
    agreement_ += weight * agreement;
    if (!outcome || outcome->status != trace::EpisodeStatus::kScored) return;
    ++lane_.scored;
    scored_weight_ += weight;
    success_ += outcome->success ? weight : 0;
  }

  void AddReplay(double weight, const std::string& trace_id, const run::TapeReplay& replay) {
    Add(weight, replay.agreement(), replay.trace.outcome);
    lane_.exact += replay.exact;
    lane_.normalised += replay.normalised;
    lane_.order_free += replay.order_free;
    lane_.from_world += replay.from_world;
    lane_.forked += replay.forked_at ? 1 : 0;
    for (const auto& [guard, count] : replay.violations) {
      if (count > 0) ++lane_.violations[guard];
    }
    for (const auto& [guard, count] : replay.shadow_findings) {
      if (count > 0) ++lane_.shadow_findings[guard];
    }
    if (!replay.divergence) return;
    diverged_ += weight;
    lane_.divergences.push_back(
        {trace_id, replay.divergence->step, replay.divergence->call, replay.divergence->detail});
  }

  ReplayLane Finish() {
    if (weight_ > 0) {
      lane_.fidelity = agreement_ / weight_;
      lane_.divergence_share = diverged_ / weight_;
    }
    if (scored_weight_ > 0) lane_.success = success_ / scored_weight_;
    return std::move(lane_);
  }

 private:
  ReplayLane lane_;
  double weight_ = 0, agreement_ = 0, diverged_ = 0, scored_weight_ = 0, success_ = 0;
};

bool IsScored(const run::TapeReplay& replay) {
  return replay.trace.outcome && replay.trace.outcome->status == trace::EpisodeStatus::kScored;
}

/// One replay from its files to its figures.
class TapeLanes {
 public:
  TapeLanes(const ReplaySessionOptions& options, const agent::AgentFactory& agents,
            const Clock& clock)
      : options_(options),
        rules_(LoadGateRules(options.policy_file)),
        suite_(LoadSuiteForTraces(options.suite_folder, options.suite_seed, options.variant,
                                  options.data)) {
    champion_ = MakeReplayer(options.champion_folder, agents, clock);
    if (!options.candidate_folder.empty()) {
      candidate_ = MakeReplayer(options.candidate_folder, agents, clock);
    }
    const gate::TracePolicy defaults = rules_.policy.traces.value_or(gate::TracePolicy{});
    result_.max_divergence = options.max_divergence.value_or(defaults.max_divergence);
  }

  ReplaySessionResult Run() {
    ReadArchive(options_.traces, [&](trace::Trace&& recorded) { Replay(recorded); });
    result_.lanes.push_back(recorded_lane_.Finish());
    result_.lanes.push_back(champion_lane_.Finish());
    if (candidate_) result_.lanes.push_back(candidate_lane_.Finish());
    const std::int64_t replayed = result_.lanes.front().traces;
    result_.refused = replayed == 0;
    for (const ReplayLane& lane : result_.lanes) {
      result_.refused = result_.refused || lane.divergence_share > result_.max_divergence;
    }
    if (candidate_) Compare();
    return std::move(result_);
  }

 private:
  std::unique_ptr<run::TapeReplayer> MakeReplayer(const std::string& folder,
                                                  const agent::AgentFactory& agents,
                                                  const Clock& clock) const {
    const strategy::Strategy strategy = strategy::Strategy::Load(folder);
    run::TapeReplayOptions options;
    options.limits.max_steps = rules_.policy.max_steps;
    options.limits.max_tool_calls = rules_.policy.max_tool_calls;
    options.limits.deadline = std::chrono::milliseconds(rules_.policy.episode_deadline_ms);
    options.order_free = {options_.order_free.begin(), options_.order_free.end()};
    options.fork = options_.fork;
    return std::make_unique<run::TapeReplayer>(suite_, agents.Make(strategy), strategy.hash(),
                                               rules_.guard_policy, options, clock);
  }

  void Replay(const trace::Trace& recorded) {
    if (run::StopRequested()) throw Error(ErrorKind::kTemporary, "interrupted");
    ++result_.traces;
    const run::RecordedStart start = champion_->Examine(recorded);
    if (!start.replayable) {
      ++result_.unreplayable;
      return;
    }
    result_.world_agrees += start.world ? 1 : 0;
    const double weight = 1 / recorded.inclusion_probability;
    recorded_lane_.Add(weight, 1, recorded.outcome);
    const run::TapeReplay champion = champion_->Run(recorded, start, "champion");
    champion_lane_.AddReplay(weight, recorded.id, champion);
    if (!candidate_) return;
    const run::TapeReplay candidate = candidate_->Run(recorded, start, "candidate");
    candidate_lane_.AddReplay(weight, recorded.id, candidate);
    NoteHardGuards(candidate);
    if (!IsScored(champion) || !IsScored(candidate)) return;
    const run::PairOutcome pair{{}, *champion.trace.outcome, *candidate.trace.outcome};
    pairs_.push_back({recorded.id, recorded.key.task_id, weight,
                      gate::Difference(pair, rules_.policy.use_score), recorded.key.cluster_id});
  }

  void NoteHardGuards(const run::TapeReplay& replay) {
    for (const std::string& guard : rules_.policy.hard_guards) {
      const auto found = replay.violations.find(guard);
      if (found != replay.violations.end() && found->second > 0) broken_.insert(guard);
    }
  }

  void Compare() {
    result_.hard_guards_broken = {broken_.begin(), broken_.end()};
    if (result_.refused) return;
    const gate::GatePolicy& policy = rules_.policy;
    const gate::TracePolicy defaults = policy.traces.value_or(gate::TracePolicy{});
    result_.comparison = gate::TestProduction(
        pairs_,
        {policy.alpha, policy.alpha_block, policy.beta, defaults.margin, policy.prior_discordance});
  }

  const ReplaySessionOptions& options_;
  const GateRules rules_;
  const std::shared_ptr<const suite::Suite> suite_;
  std::unique_ptr<run::TapeReplayer> champion_, candidate_;
  LaneSums recorded_lane_{"recorded"}, champion_lane_{"champion on tape"},
      candidate_lane_{"candidate on tape"};
  std::vector<gate::ProductionPair> pairs_;
  std::set<std::string> broken_;
  ReplaySessionResult result_;
};

Json ToJson(const ReplayLane& lane) {
  Json divergences = Json::array();
  for (const LaneDivergence& d : lane.divergences) {
    divergences.push_back(
        {{"trace", d.trace_id}, {"step", d.step}, {"call", d.call}, {"detail", d.detail}});
  }
  return {{"name", lane.name},
          {"traces", lane.traces},
          {"scored", lane.scored},
          {"calls",
           {{"exact", lane.exact},
            {"normalised", lane.normalised},
            {"order_free", lane.order_free},
            {"from_world", lane.from_world}}},
          {"forked", lane.forked},
          {"fidelity", lane.fidelity},
          {"divergence_share", lane.divergence_share},
          {"success", lane.success ? Json(*lane.success) : Json()},
          {"violations", lane.violations},
          {"shadow_findings", lane.shadow_findings},
          {"divergences", std::move(divergences)}};
}

}  // namespace

ReplaySessionResult RunReplaySession(const ReplaySessionOptions& options,
                                     const agent::AgentFactory& agents, const Clock& clock) {
  if (options.max_divergence && !(*options.max_divergence >= 0 && *options.max_divergence <= 1)) {
    throw UsageError("--max-divergence: expected a share of 0 to 1");
  }
  return TapeLanes(options, agents, clock).Run();
}

Json ToJson(const ReplaySessionResult& result) {
  Json lanes = Json::array();
  for (const ReplayLane& lane : result.lanes) lanes.push_back(ToJson(lane));
  Json json = {{"format", "kedge-replay/1"},
               {"traces", result.traces},
               {"unreplayable", result.unreplayable},
               {"world_agrees", result.world_agrees},
               {"lanes", std::move(lanes)},
               {"max_divergence", result.max_divergence},
               {"refused", result.refused},
               {"hard_guards_broken", result.hard_guards_broken},
               {"comparison", nullptr}};
  if (const auto& c = result.comparison) {
    json["comparison"] = {{"pairs", c->n},
                          {"difference", c->delta.estimate},
                          {"low", c->delta.low},
                          {"high", c->delta.high},
                          {"level", c->delta.level},
                          {"margin", c->margin},
                          {"log_e_noninferior", *c->log_e_noninferior},
                          {"log_e_harm", *c->log_e_harm},
                          {"state", c->state}};
  }
  return json;
}

}  // namespace kedge::loop
