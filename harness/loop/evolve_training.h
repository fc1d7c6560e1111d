#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent_ref/learner.h"
#include "harness/loop/evolve_episodes.h"
#include "harness/loop/training.h"

namespace kedge::loop {

/// Where a generation acts: dev tasks of its own, and a folder for what happened.
struct TrainingGround {
  std::shared_ptr<const suite::Suite> dev;  ///< kTrainingShares times the tasks to be done
  std::uint64_t seed = 0;                   ///< of the episodes
  std::string folder;                       ///< journal.jsonl, traces.jsonl, set-apart.jsonl
  std::string prefix;  ///< before the ids of its traces: archives can be read together
};

/// Episodes by the reason why nothing is learned from them: "guard" (one was broken), or what
/// TraceWitness doubts ("answers", "outcome", ...).
using SetApart = std::map<std::string, std::int64_t>;

struct ActResult {
  std::int64_t episodes = 0;
  std::int64_t successes = 0;
  SetApart set_apart;
};

/// What the champions of an evolution do on dev tasks, and what they learn from it. One plan of
/// what to try next lives through all generations; it also knows the episodes in which a guard was
/// broken, on which no rule may rest. Every trace is shown to a TraceWitness before it is taken in.
/// Not thread-safe.
class EvolutionTraining {
 public:
  /// `learners`: "tool", "effect", as in EvolveSessionOptions. `episodes` must outlive it.
  EvolutionTraining(const EvolutionEpisodes& episodes,
                    const std::vector<strategy::Operation>& learning,
                    const std::vector<std::string>& learners, const suite::Suite& suite);

  /// The champion acts in `count` episodes, batch by batch, under the learning operations. Goes on
  /// from the journal. Throws Error.
  ActResult Act(const TrainingGround& ground, const strategy::Strategy& champion,
                std::int64_t count);
  /// Takes in what an earlier process recorded there. Returns what is doubted now.
  SetApart Recall(const TrainingGround& ground);
  /// The candidate that the learner makes of everything so far; the champion when nothing.
  strategy::Strategy Learn(const std::string& learner, const strategy::Strategy& champion,
                           const std::string& name) const;

 private:
  void Teach(const trace::Trace& trace);

  const EvolutionEpisodes& episodes_;
  const std::string learning_digest_;
  Training training_;
  std::map<std::string, agent_ref::Learner> learners_;
};

}  // namespace kedge::loop
