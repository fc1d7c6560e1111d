#include "harness/loop/curve_world.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "agent_ref/reference_agent.h"
#include "harness/core/random.h"
#include "harness/loop/lone_gate.h"
#include "harness/loop/training.h"
#include "harness/run/episode.h"
#include "harness/suite/oracle.h"

namespace kedge::loop {
namespace {

using strategy::Strategy;

// The first `count` tasks, families in turn, so that each family has its share.
std::vector<std::size_t> Spread(const suite::Suite& suite, std::int64_t count) {
  const auto families = TasksByFamily(suite);
  std::vector<std::size_t> spread;
  for (std::size_t round = 0; static_cast<std::int64_t>(spread.size()) < count; ++round) {
    const std::size_t before = spread.size();
    for (const auto& [family, tasks] : families) {
      if (round < tasks.size() && static_cast<std::int64_t>(spread.size()) < count) {
        spread.push_back(tasks[round]);
      }
    }
    if (spread.size() == before) break;
  }
  return spread;
}

std::size_t FamiliesOf(const std::string& folder, const char* split) {
  return suite::Suite::Load(folder, {.split = split, .tasks_per_family = 1})->tasks().size();
}

void StripObservations(trace::Trace& trace) {
  std::erase_if(trace.steps,
                [](const trace::Step& step) { return step.kind == trace::StepKind::kObservation; });
}

Training::Options TrainingOptions(const LearningCurveOptions& options,
                                  const std::vector<strategy::Operation>& learning) {
  Training::Options training;
  training.learning = learning;
  training.learner = options.learner;
  training.batch = options.batch;
  return training;
}

TrainingEpisodes EpisodesOf(const LearningCurveOptions& options,
                            const std::shared_ptr<const suite::Suite>& dev, const Clock& clock) {
  TrainingEpisodes episodes = UnguardedEpisodes(dev, options.seed, clock);
  if (!options.strip_observations) return episodes;
  return [episodes](const Strategy& strategy, const std::vector<std::size_t>& tasks) {
    std::vector<trace::Trace> traces = episodes(strategy, tasks);
    for (trace::Trace& trace : traces) StripObservations(trace);
    return traces;
  };
}

class CurveWorld {
 public:
  CurveWorld(const LearningCurveOptions& options, const Strategy& champion,
             const std::vector<strategy::Operation>& learning, std::uint64_t index,
             const Clock& clock)
      : options_(options),
        champion_(champion),
        clock_(clock),
        seed_(options.seed + index),
        variant_(options.permuted ? index + 1 : 0),
        held_out_(Load("gate", options.tasks)),
        tasks_(Spread(*held_out_, options.tasks)),
        training_(TrainingOptions(options, learning)) {
    const auto dev = Load("dev", kTrainingShares * options.checkpoints.back());
    training_.Enter(dev, champion, EpisodesOf(options, dev, clock));
  }

  CurveWorldResult Run() {
    CurveWorldResult result;
    result.oracle = Oracle();
    Strategy learned = champion_;
    std::vector<bool> solved = Solve(champion_);
    bool promoted = false;
    for (const std::int64_t checkpoint : options_.checkpoints) {
      training_.Train(checkpoint);
      if (checkpoint > 0) {
        Strategy next = training_.Learn(champion_).candidate;
        if (next.hash() != learned.hash()) {
          solved = Solve(next);
          promoted = Promotes(next, checkpoint);
        }
        learned = std::move(next);
      }
      result.success.push_back(Rate(solved, false));
      result.rules.push_back(static_cast<std::int64_t>(NewRules(learned).size()));
      result.promoted.push_back(promoted);
    }
    result.learned = NewRules(learned);
    result.impossible = Rate(solved, true);
    return result;
  }

 private:
  std::shared_ptr<const suite::Suite> Load(const char* split, std::int64_t tasks) const {
    const auto families = static_cast<std::int64_t>(FamiliesOf(options_.suite_folder, split));
    return suite::Suite::Load(options_.suite_folder,
                              {.seed = seed_,
                               .split = split,
                               .tasks_per_family = (tasks + families - 1) / families,
                               .variant = variant_});
  }

  static run::EpisodeOptions EpisodeOptionsOf(const suite::Suite& suite) {
    run::EpisodeOptions options;
    options.user_noise = suite.user_noise();
    return options;
  }

  run::EpisodeRunner Runner(const std::shared_ptr<const suite::Suite>& suite,
                            const Strategy& strategy) const {
    return {suite,
            agent_ref::ReferenceAgentFactory().Make(strategy),
            strategy.hash(),
            nullptr,
            EpisodeOptionsOf(*suite),
            clock_,
            nullptr};
  }

  // Success on every held-out task, in order.
  std::vector<bool> Solve(const Strategy& strategy) const {
    run::EpisodeRunner runner = Runner(held_out_, strategy);
    std::vector<bool> solved;
    for (const std::size_t task : tasks_) {
      const run::EpisodeSpec spec{task, 0, "candidate",
                                  run::EpisodeSeed(*held_out_, task, 0, options_.seed)};
      solved.push_back(runner.Run(spec).outcome->success);
    }
    return solved;
  }

  // What the real gate says of the candidate on tasks of its own.
  bool Promotes(const Strategy& candidate, std::int64_t checkpoint) const {
    if (options_.gate_folder.empty()) return false;
    GateSessionOptions gate;
    gate.suite_folder = options_.suite_folder;
    gate.champion_folder = options_.champion_folder;
    gate.policy_file = options_.policy_file;
    gate.output_folder = options_.gate_folder + "/world-" + std::to_string(seed_) + "/after-" +
                         std::to_string(checkpoint);
    gate.suite_seed = DeriveSeed(seed_, "curve gate tasks");
    gate.variant = variant_;
    gate.run_seed = options_.seed;
    gate.threads = 1;  // the worlds are what runs at once
    Observer observer;
    return RunLoneGate(std::move(gate), candidate, agent_ref::ReferenceAgentFactory(), clock_,
                       observer)
               .kind == gate::VerdictKind::kPromote;
  }

  double Rate(const std::vector<bool>& solved, bool impossible_only) const {
    std::int64_t good = 0;
    std::int64_t all = 0;
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (impossible_only && !held_out_->tasks()[tasks_[i]].impossible) continue;
      ++all;
      good += solved[i] ? 1 : 0;
    }
    return all == 0 ? 0 : static_cast<double>(good) / static_cast<double>(all);
  }

  double Oracle() const {
    world::Session session(held_out_->world());
    std::int64_t good = 0;
    std::int64_t all = 0;
    for (const std::size_t task : tasks_) {
      if (held_out_->tasks()[task].impossible) continue;
      ++all;
      const std::uint64_t seed = run::EpisodeSeed(*held_out_, task, 0, options_.seed);
      good += suite::RunOracle(*held_out_, task, &session, seed).judgement.success ? 1 : 0;
    }
    return all == 0 ? 1 : static_cast<double>(good) / static_cast<double>(all);
  }

  std::vector<std::string> NewRules(const Strategy& learned) const {
    std::vector<std::string> ids;
    for (const strategy::Change& change : strategy::Diff(champion_, learned)) {
      if (change.kind == "add" || change.kind == "revise") ids.push_back(change.what);
    }
    return ids;
  }

  const LearningCurveOptions& options_;
  const Strategy& champion_;
  const Clock& clock_;
  const std::uint64_t seed_;
  const std::uint64_t variant_;
  const std::shared_ptr<const suite::Suite> held_out_;
  const std::vector<std::size_t> tasks_;
  Training training_;
};

}  // namespace

CurveWorldResult RunCurveWorld(const LearningCurveOptions& options, const Strategy& champion,
                               const std::vector<strategy::Operation>& learning,
                               std::uint64_t index, const Clock& clock) {
  return CurveWorld(options, champion, learning, index, clock).Run();
}

}  // namespace kedge::loop
