#include "harness/loop/evolve_training.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/core/file.h"
#include "harness/loop/episode_batch.h"
#include "harness/loop/learn_session.h"
#include "harness/loop/session_context.h"
#include "harness/loop/trace_witness.h"
#include "harness/run/journal.h"
#include "harness/store/learner_view.h"
#include "harness/trace/archive_writer.h"

namespace kedge::loop {
namespace {

constexpr const char* kGuard = "guard";

Training::Options PlannerOptions(const std::vector<strategy::Operation>& learning) {
  Training::Options options;
  options.learning = learning;
  return options;
}

std::string DigestOf(const std::vector<strategy::Operation>& operations) {
  Json json = Json::array();
  for (const strategy::Operation& operation : operations) {
    json.push_back(strategy::ToJson(operation));
  }
  return JsonDigest(json);
}

bool BrokeGuard(const trace::Trace& episode) {
  const auto& violations = episode.outcome->violations;
  return std::any_of(violations.begin(), violations.end(),
                     [](const auto& violation) { return violation.second > 0; });
}

/// Says of a trace why nothing may be learned from it; a suite without a world bears nothing out.
class Sieve {
 public:
  explicit Sieve(const std::shared_ptr<const suite::Suite>& suite) {
    if (suite->world()) witness_.emplace(suite);
  }

  /// Empty: it may be learned from.
  std::string Doubt(const trace::Trace& trace) {
    // What a guard stopped never reached the world, which so cannot bear it out.
    if (BrokeGuard(trace)) return kGuard;
    const TraceDoubt doubt = witness_ ? witness_->Examine(trace) : TraceDoubt::kNone;
    return doubt == TraceDoubt::kNone ? "" : std::string(ToString(doubt));
  }

 private:
  std::optional<TraceWitness> witness_;
};

/// A trace, and whether a rule may rest on it. Where a guard was broken none may; it still
/// happened, so what to try next is planned with it.
struct Lesson {
  trace::Trace trace;
  bool teaches = false;
};

/// One generation's episodes on their way to the learners.
class Recorder {
 public:
  Recorder(const EvolutionEpisodes& episodes, const TrainingGround& ground, const Json& fingerprint)
      : episodes_(episodes),
        ground_(ground),
        journal_(ground.folder + "/journal.jsonl", fingerprint),
        archive_(ground.folder + "/traces.jsonl"),
        set_apart_(ground.folder + "/set-apart.jsonl"),
        sieve_(ground.dev) {}

  std::vector<Lesson> Run(const strategy::Strategy& strategy,
                          const std::vector<std::size_t>& tasks) {
    const run::WorkPlan plan{ground_.dev,      {{"candidate", strategy}},
                             episodes_.agents, episodes_.guard_policy,
                             &journal_,        EpisodeOptionsUnder(episodes_.policy, *ground_.dev),
                             episodes_.clock,  &episodes_.observer};
    std::vector<run::EpisodeSpec> specs;
    for (const std::size_t task : tasks) {
      specs.push_back(
          {task, 0, "candidate", run::EpisodeSeed(*ground_.dev, task, 0, ground_.seed)});
    }
    std::vector<Lesson> lessons;
    for (trace::Trace& episode : RunBatch(plan, specs, episodes_.threads)) {
      ++result_.episodes;
      result_.successes += episode.outcome->success ? 1 : 0;
      const std::string doubt = sieve_.Doubt(episode);
      episode.id = ground_.prefix + episode.id;
      (doubt.empty() ? archive_ : set_apart_).Write(episode);
      if (!doubt.empty()) ++result_.set_apart[doubt];
      if (doubt.empty() || doubt == kGuard) lessons.push_back({std::move(episode), doubt.empty()});
    }
    return lessons;
  }

  ActResult Finish() {
    set_apart_.Finish();
    archive_.Finish();
    return std::move(result_);
  }

 private:
  const EvolutionEpisodes& episodes_;
  const TrainingGround& ground_;
  run::Journal journal_;
  trace::ArchiveWriter archive_;
  trace::ArchiveWriter set_apart_;
  Sieve sieve_;
  ActResult result_;
};

}  // namespace

EvolutionTraining::EvolutionTraining(const EvolutionEpisodes& episodes,
                                     const std::vector<strategy::Operation>& learning,
                                     const std::vector<std::string>& learners,
                                     const suite::Suite& suite)
    : episodes_(episodes),
      learning_digest_(DigestOf(learning)),
      training_(PlannerOptions(learning)) {
  for (const std::string& learner : learners) {
    agent_ref::LearnOptions options;
    options.generalise = GeneraliseOf(learner);
    options.write_tools = WritingTools(suite);
    // What the gate would refuse anyway is not proposed.
    const guards::ChangePolicy& limits = episodes.policy.change;
    options.kept_guidelines = {limits.protected_guidelines.begin(),
                               limits.protected_guidelines.end()};
    options.max_added = std::max<std::int64_t>(limits.max_added_guidelines, 1);
    options.max_retired_share = limits.max_retired_share;
    learners_.emplace(learner, agent_ref::Learner(options));
  }
}

ActResult EvolutionTraining::Act(const TrainingGround& ground, const strategy::Strategy& champion,
                                 std::int64_t count) {
  MakeFolders(ground.folder);
  const auto& guards = episodes_.guard_policy;
  Recorder recorder(episodes_, ground,
                    {{"kind", "evolve"},
                     {"suite", ground.dev->digest()},
                     {"champion", champion.hash()},
                     {"learning", learning_digest_},
                     {"guards", guards ? guards->digest() : ""},
                     {"agent", episodes_.agents.fingerprint()},
                     {"seed", ground.seed}});
  training_.Enter(ground.dev, champion,
                  [&](const strategy::Strategy& strategy, const std::vector<std::size_t>& tasks) {
                    std::vector<trace::Trace> traces;
                    for (Lesson& lesson : recorder.Run(strategy, tasks)) {
                      if (lesson.teaches) Teach(lesson.trace);
                      traces.push_back(std::move(lesson.trace));
                    }
                    return traces;
                  });
  training_.Train(count);
  return recorder.Finish();
}

SetApart EvolutionTraining::Recall(const TrainingGround& ground) {
  SetApart set_apart;
  Sieve sieve(ground.dev);
  store::LearnerView view;
  for (const std::string archive : {"/traces.jsonl", "/set-apart.jsonl"}) {
    view.ReadTraces(ground.folder + archive, [&](trace::Trace&& trace) {
      const std::string doubt = sieve.Doubt(trace);
      if (!doubt.empty() && archive == "/traces.jsonl") ++set_apart[doubt];
      if (!doubt.empty() && doubt != kGuard) return;
      if (doubt.empty()) Teach(trace);
      training_.Take(trace);
    });
  }
  return set_apart;
}

void EvolutionTraining::Teach(const trace::Trace& trace) {
  for (auto& [name, learner] : learners_) learner.Add(trace);
}

strategy::Strategy EvolutionTraining::Learn(const std::string& learner,
                                            const strategy::Strategy& champion,
                                            const std::string& name) const {
  const agent_ref::LearnResult learned = learners_.at(learner).Finish(champion);
  return strategy::Apply(champion, champion.hash(), learned.operations, name,
                         learned.candidate.provenance());
}

}  // namespace kedge::loop
