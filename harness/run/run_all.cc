#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "harness/core/error.h"
#include "harness/run/episode_worker.h"
#include "harness/run/paired_run.h"

namespace kedge::run {
namespace {

constexpr std::chrono::milliseconds kRunAllStopPoll{50};
constexpr std::int64_t kWindowPerThread = 4;

// A plan of episodes numbered from 0, worked on by a pool and handed out in order. A worker does
// not start an episode further than the window ahead of the one that is due, so at most a window
// of finished traces waits.
class OrderedRun {
 public:
  OrderedRun(WorkPlan plan, std::int64_t trials, std::uint64_t seed,
             const PairedRunOptions& options);
  ~OrderedRun();

  std::int64_t size() const { return total_; }
  trace::Trace Next();

 private:
  bool Step(EpisodeWorker& worker);
  std::optional<std::int64_t> Take();
  void Put(std::int64_t index, trace::Trace trace);
  void Fail(std::exception_ptr error);
  EpisodeSpec SpecOf(std::int64_t index) const;

  WorkPlan plan_;
  std::int64_t trials_;
  std::uint64_t seed_;
  std::int64_t total_;
  std::int64_t window_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable may_start_;
  std::condition_variable finished_;
  std::int64_t next_to_start_ = 0;
  std::int64_t next_to_hand_out_ = 0;
  std::map<std::int64_t, trace::Trace> waiting_;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::optional<WorkerPool> pool_;
};

OrderedRun::OrderedRun(WorkPlan plan, std::int64_t trials, std::uint64_t seed,
                       const PairedRunOptions& options)
    : plan_(std::move(plan)),
      trials_(trials),
      seed_(seed),
      total_(static_cast<std::int64_t>(plan_.suite->tasks().size()) * trials),
      window_(std::max<std::int64_t>(options.lookahead, kWindowPerThread * options.threads)) {
  pool_.emplace(
      options.threads, plan_, [this](EpisodeWorker& worker) { return Step(worker); },
      [this](std::exception_ptr error) { Fail(std::move(error)); });
}

OrderedRun::~OrderedRun() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  may_start_.notify_all();
  pool_.reset();
}

EpisodeSpec OrderedRun::SpecOf(std::int64_t index) const {
  EpisodeSpec spec;
  spec.task_index = static_cast<std::size_t>(index / trials_);
  spec.trial = index % trials_;
  spec.seed = EpisodeSeed(*plan_.suite, spec.task_index, spec.trial, seed_);
  return spec;
}

std::optional<std::int64_t> OrderedRun::Take() {
  std::unique_lock lock(mutex_);
  may_start_.wait(lock, [this] {
    return stopping_ || next_to_start_ == total_ || next_to_start_ < next_to_hand_out_ + window_;
  });
  if (stopping_ || StopRequested() || next_to_start_ == total_) return std::nullopt;
  return next_to_start_++;
}

bool OrderedRun::Step(EpisodeWorker& worker) {
  const std::optional<std::int64_t> index = Take();
  if (!index) return false;
  Put(*index, worker.Trace(SpecOf(*index)));
  return true;
}

void OrderedRun::Put(std::int64_t index, trace::Trace trace) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(index, std::move(trace));
  }
  finished_.notify_all();
}

void OrderedRun::Fail(std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    stopping_ = true;
  }
  may_start_.notify_all();
  finished_.notify_all();
}

trace::Trace OrderedRun::Next() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (failure_) std::rethrow_exception(failure_);
    if (StopRequested()) throw InterruptedError();
    const auto found = waiting_.find(next_to_hand_out_);
    if (found != waiting_.end()) {
      trace::Trace trace = std::move(found->second);
      waiting_.erase(found);
      ++next_to_hand_out_;
      may_start_.notify_all();
      return trace;
    }
    finished_.wait_for(lock, kRunAllStopPoll);
  }
}

}  // namespace

void RunAll(std::shared_ptr<const suite::Suite> suite, const strategy::Strategy& strategy,
            const agent::AgentFactory& agents, std::shared_ptr<const guards::Policy> policy,
            std::int64_t trials, std::uint64_t seed, Journal* journal,
            const PairedRunOptions& options, const Clock& clock, Observer* observer,
            const std::function<void(const trace::Trace&)>& sink) {
  if (trials < 1) throw UsageError("the number of trials must be at least 1");
  OrderedRun run(WorkPlan{.suite = std::move(suite),
                          .strategies = {{EpisodeSpec{}.arm, strategy}},
                          .agents = agents,
                          .policy = std::move(policy),
                          .journal = journal,
                          .options = options.episode,
                          .clock = clock,
                          .observer = observer},
                 trials, seed, options);
  for (std::int64_t i = 0; i < run.size(); ++i) {
    sink(run.Next());
    if (observer != nullptr) observer->On(ProgressMade{"episodes", i + 1, run.size()});
  }
}

}  // namespace kedge::run
