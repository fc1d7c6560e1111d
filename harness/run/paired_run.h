#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/episode.h"
#include "harness/run/journal.h"

namespace kedge::run {

/// The order in which a gate visits the tasks of each stratum: a fresh random permutation per pass
/// (Philox, keyed by suite digest, candidate hash, stratum and pass), so any prefix is a random
/// sample without replacement. Deterministic; thread-safe.
class PairSchedule {
 public:
  PairSchedule(std::shared_ptr<const suite::Suite> suite, const std::string& candidate_hash,
               std::uint64_t seed);
  /// The `n`-th pair (from 0) of stratum `stratum` (index into suite.strata()); `trial` is the
  /// pass.
  EpisodeSpec At(std::size_t stratum, std::int64_t n) const;  // arm is left "candidate"
  std::int64_t tasks_in(std::size_t stratum) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

struct PairOutcome {
  EpisodeSpec spec;
  trace::Outcome champion;
  trace::Outcome candidate;
  bool missing() const {
    return champion.status == trace::EpisodeStatus::kMissing ||
           candidate.status == trace::EpisodeStatus::kMissing;
  }
};

struct PairedRunOptions {
  unsigned threads = 2;
  std::int64_t lookahead = 16;  ///< pairs started ahead of the one asked for, per open stratum
  EpisodeOptions episode;
  /// The candidate's episodes have seeds derived from the pair's instead of sharing it.
  bool independent_arms = false;
};

/// Runs pairs on worker threads, champion and candidate interleaved in time, each finished episode
/// journalled at once; episodes already in the journal are not run again. The caller asks for
/// pairs in its own deterministic order, so what it sees does not depend on thread timing.
class PairedRun {
 public:
  PairedRun(std::shared_ptr<const suite::Suite> suite, const strategy::Strategy& champion,
            const strategy::Strategy& candidate, const agent::AgentFactory& agents,
            std::shared_ptr<const guards::Policy> policy, const PairSchedule& schedule,
            Journal& journal, const PairedRunOptions& options, const Clock& clock,
            Observer* observer);
  ~PairedRun();  ///< stops the workers; episodes under way are finished and journalled

  /// Blocks until the `n`-th pair of the stratum is finished. Strata in `open` are worked ahead.
  PairOutcome Get(std::size_t stratum, std::int64_t n, const std::vector<std::size_t>& open);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs every task of the suite `trials` times for one strategy and hands each finished trace to
/// `sink` in plan order (task, then trial), whatever the threads do. Memory is O(threads), not
/// O(episodes).
void RunAll(std::shared_ptr<const suite::Suite> suite, const strategy::Strategy& strategy,
            const agent::AgentFactory& agents, std::shared_ptr<const guards::Policy> policy,
            std::int64_t trials, std::uint64_t seed, Journal* journal,
            const PairedRunOptions& options, const Clock& clock, Observer* observer,
            const std::function<void(const trace::Trace&)>& sink);

/// Set by the signal handler of SIGINT/SIGTERM; workers end after the episode under way and Get /
/// RunAll throw Error(kTemporary, "interrupted; run the same command again to go on").
/// RequestStop is async-signal-safe.
void RequestStop();
bool StopRequested();
/// Forgets an earlier request, for a process that runs again after it handled one.
void ClearStop();

}  // namespace kedge::run
