#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/error.h"
#include "harness/run/episode.h"
#include "harness/run/journal.h"

namespace kedge::run {

/// What all workers of a run share; immutable while they work. What is referred to outlives them.
struct WorkPlan {
  std::shared_ptr<const suite::Suite> suite;
  std::map<std::string, strategy::Strategy> strategies;  ///< by arm
  const agent::AgentFactory& agents;
  std::shared_ptr<const guards::Policy> policy;
  Journal* journal = nullptr;  ///< may be null
  EpisodeOptions options;
  const Clock& clock;
  Observer* observer = nullptr;
};

/// One thread's agents. An episode that is in the journal is not run again; one that is run is
/// journalled before it is returned. An agent is made when its arm is first needed.
class EpisodeWorker {
 public:
  explicit EpisodeWorker(const WorkPlan& plan) : plan_(plan) {}

  trace::Trace Trace(const EpisodeSpec& spec);
  trace::Outcome Outcome(const EpisodeSpec& spec);

 private:
  trace::Trace RunAndJournal(const EpisodeSpec& spec);
  EpisodeRunner& RunnerOf(const std::string& arm);

  const WorkPlan& plan_;
  std::map<std::string, std::unique_ptr<EpisodeRunner>> runners_;
};

/// Threads that call `step` with their own EpisodeWorker until it returns false or throws; what it
/// throws goes to `on_failure`. Fewer threads than asked for do when the system gives no more. The
/// destructor joins: the owner first makes `step` return false.
class WorkerPool {
 public:
  WorkerPool(unsigned threads, const WorkPlan& plan, std::function<bool(EpisodeWorker&)> step,
             std::function<void(std::exception_ptr)> on_failure);

 private:
  void Work(const WorkPlan& plan);

  std::function<bool(EpisodeWorker&)> step_;
  std::function<void(std::exception_ptr)> on_failure_;
  std::vector<std::jthread> threads_;  // last: joined before what they use goes away
};

/// The error of a run that was asked to stop.
[[nodiscard]] Error InterruptedError();

}  // namespace kedge::run
