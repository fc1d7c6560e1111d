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

struct EpisodeOptions {
  agent::EpisodeLimits limits;
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

  /// The finished trace with its outcome. A failure of the agent or of the infrastructure is in
  /// the outcome; throws only for defects of kedge and a suite whose scorers cannot run.
  trace::Trace Run(const EpisodeSpec& spec);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::run
