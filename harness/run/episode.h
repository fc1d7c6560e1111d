#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "guards/monitor.h"
#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/suite/scripted_user.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::run {

/// One episode to run: which task, for which arm, with which seed. Both arms of a pair share the
/// task, the trial and the seed.
struct EpisodeSpec {
  std::size_t task_index = 0;
  std::int64_t trial = 0;
  std::string arm = "candidate";  ///< "champion" or "candidate"
  std::uint64_t seed = 0;
};

/// "<arm>/<task id>/<trial>": unique in a run.
std::string EpisodeId(const suite::Suite& suite, const EpisodeSpec& spec);

/// The seed of an episode: depends on suite digest, task id, trial and the run's seed only, so both
/// arms of a pair, every order of work and every resumed run agree on it.
std::uint64_t EpisodeSeed(const suite::Suite& suite, std::size_t task_index, std::int64_t trial,
                          std::uint64_t run_seed);

struct EpisodeOptions {
  agent::EpisodeLimits limits;  ///< per try; a call under way is finished and its result recorded
  suite::UserNoise user_noise;
  bool transient_errors = true;
  int infrastructure_retries = 2;  ///< further tries of an episode that ended by infrastructure
};

/// Runs episodes of one suite for one strategy, one after another: world session, guards before
/// every call, scripted user, recorder, scorers. One object per worker thread.
class EpisodeRunner {
 public:
  EpisodeRunner(std::shared_ptr<const suite::Suite> suite, std::unique_ptr<agent::Agent> agent,
                std::string strategy_hash, std::shared_ptr<const guards::Policy> policy,
                EpisodeOptions options, const Clock& clock, Observer* observer);
  ~EpisodeRunner();

  /// The finished trace with its outcome. A failure of the agent or of the infrastructure (a
  /// scorer whose program is missing among them) is in the outcome; throws only for defects of
  /// kedge and of the suite.
  trace::Trace Run(const EpisodeSpec& spec);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::run
