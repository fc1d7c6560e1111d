#include "harness/run/paired_run.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/run/episode_worker.h"

namespace kedge::run {
namespace {

constexpr const char* kChampionArm = "champion";
constexpr const char* kCandidateArm = "candidate";
// A signal handler can only set a flag, so whoever waits looks at it from time to time.
constexpr std::chrono::milliseconds kStopPoll{50};

}  // namespace

struct PairedRun::State {
  struct PairKey {
    std::size_t stratum = 0;
    std::int64_t n = 0;
    auto operator<=>(const PairKey&) const = default;
  };

  struct PairSlot {
    PairOutcome pair;
    int waiting = 2;     // arms not yet started
    int unfinished = 2;  // arms not yet finished
  };

  struct ArmJob {
    PairKey key;
    EpisodeSpec spec;
  };

  State(WorkPlan the_plan, const PairSchedule& the_schedule, const PairedRunOptions& options);
  ~State();

  bool Step(EpisodeWorker& worker);
  std::optional<ArmJob> Take();
  void Finish(const ArmJob& job, trace::Outcome outcome);
  void Fail(std::exception_ptr error);
  void Request(const PairKey& key, bool first);
  void RequestAhead(const PairKey& asked, const std::vector<std::size_t>& open);
  void DropAllBut(const std::vector<std::size_t>& strata);
  PairOutcome WaitFor(std::unique_lock<std::mutex>& lock, const PairKey& key);

  WorkPlan plan;
  PairSchedule schedule;
  std::int64_t lookahead;
  bool independent_arms;
  std::mutex mutex;  // guards everything below
  std::condition_variable work_ready;
  std::condition_variable pair_done;
  std::deque<ArmJob> queue;
  std::map<PairKey, PairSlot> slots;    // requested and not yet handed out
  std::vector<std::int64_t> next_pair;  // by stratum: behind the last pair asked for
  std::int64_t episodes_done = 0;
  std::exception_ptr failure;
  bool stopping = false;
  std::optional<WorkerPool> pool;
};

PairedRun::State::State(WorkPlan the_plan, const PairSchedule& the_schedule,
                        const PairedRunOptions& options)
    : plan(std::move(the_plan)),
      schedule(the_schedule),
      lookahead(std::max<std::int64_t>(0, options.lookahead)),
      independent_arms(options.independent_arms),
      next_pair(plan.suite->strata().size(), 0) {
  pool.emplace(
      options.threads, plan, [this](EpisodeWorker& worker) { return Step(worker); },
      [this](std::exception_ptr error) { Fail(std::move(error)); });
}

PairedRun::State::~State() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  work_ready.notify_all();
  pool.reset();
}

std::optional<PairedRun::State::ArmJob> PairedRun::State::Take() {
  std::unique_lock lock(mutex);
  work_ready.wait(lock, [this] { return stopping || !queue.empty(); });
  if (stopping || StopRequested()) return std::nullopt;
  ArmJob job = std::move(queue.front());
  queue.pop_front();
  --slots.at(job.key).waiting;
  return job;
}

bool PairedRun::State::Step(EpisodeWorker& worker) {
  const std::optional<ArmJob> job = Take();
  if (!job) return false;
  Finish(*job, worker.Outcome(job->spec));
  return true;
}

void PairedRun::State::Finish(const ArmJob& job, trace::Outcome outcome) {
  std::int64_t done = 0;
  {
    const std::lock_guard lock(mutex);
    PairSlot& slot = slots.at(job.key);
    (job.spec.arm == kChampionArm ? slot.pair.champion : slot.pair.candidate) = std::move(outcome);
    --slot.unfinished;
    done = ++episodes_done;
  }
  pair_done.notify_all();
  if (plan.observer != nullptr) plan.observer->On(ProgressMade{"episodes", done, 0});
}

void PairedRun::State::Fail(std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex);
    if (!failure) failure = std::move(error);
    stopping = true;
  }
  work_ready.notify_all();
  pair_done.notify_all();
}

// The arm that goes first alternates, so that neither has the warmer caches or the later hour.
void PairedRun::State::Request(const PairKey& key, bool first) {
  const auto [slot, is_new] = slots.try_emplace(key);
  if (!is_new) return;
  slot->second.pair.spec = schedule.At(key.stratum, key.n);
  std::array<ArmJob, 2> jobs{ArmJob{key, slot->second.pair.spec},
                             ArmJob{key, slot->second.pair.spec}};
  jobs[0].spec.arm = key.n % 2 == 0 ? kChampionArm : kCandidateArm;
  jobs[1].spec.arm = key.n % 2 == 0 ? kCandidateArm : kChampionArm;
  if (independent_arms) {
    for (ArmJob& job : jobs) {
      if (job.spec.arm == kCandidateArm) job.spec.seed = DeriveSeed(job.spec.seed, 1);
    }
  }
  queue.insert(first ? queue.begin() : queue.end(), jobs.begin(), jobs.end());
}

void PairedRun::State::RequestAhead(const PairKey& asked, const std::vector<std::size_t>& open) {
  next_pair.at(asked.stratum) = std::max(next_pair[asked.stratum], asked.n + 1);
  Request(asked, true);
  for (std::int64_t ahead = 0; ahead < lookahead; ++ahead) {
    for (const std::size_t stratum : open) {
      Request({stratum, next_pair.at(stratum) + ahead}, false);
    }
  }
}

// Pairs of closed strata that nobody has begun are not paid for.
void PairedRun::State::DropAllBut(const std::vector<std::size_t>& strata) {
  std::erase_if(slots, [&](const auto& entry) {
    return entry.second.waiting == 2 &&
           std::find(strata.begin(), strata.end(), entry.first.stratum) == strata.end();
  });
  std::erase_if(queue, [&](const ArmJob& job) { return !slots.contains(job.key); });
}

PairOutcome PairedRun::State::WaitFor(std::unique_lock<std::mutex>& lock, const PairKey& key) {
  while (true) {
    if (failure) std::rethrow_exception(failure);
    if (StopRequested()) throw InterruptedError();
    const auto found = slots.find(key);
    if (found->second.unfinished == 0) {
      PairOutcome pair = std::move(found->second.pair);
      slots.erase(found);
      return pair;
    }
    pair_done.wait_for(lock, kStopPoll);
  }
}

PairedRun::PairedRun(std::shared_ptr<const suite::Suite> suite, const strategy::Strategy& champion,
                     const strategy::Strategy& candidate, const agent::AgentFactory& agents,
                     std::shared_ptr<const guards::Policy> policy, const PairSchedule& schedule,
                     Journal& journal, const PairedRunOptions& options, const Clock& clock,
                     Observer* observer)
    : state_(std::make_unique<State>(
          WorkPlan{.suite = std::move(suite),
                   .strategies = {{kChampionArm, champion}, {kCandidateArm, candidate}},
                   .agents = agents,
                   .policy = std::move(policy),
                   .journal = &journal,
                   .options = options.episode,
                   .clock = clock,
                   .observer = observer},
          schedule, options)) {}

PairedRun::~PairedRun() = default;

PairOutcome PairedRun::Get(std::size_t stratum, std::int64_t n,
                           const std::vector<std::size_t>& open) {
  const State::PairKey key{stratum, n};
  std::unique_lock lock(state_->mutex);
  std::vector<std::size_t> wanted = open;
  wanted.push_back(stratum);
  state_->DropAllBut(wanted);
  state_->RequestAhead(key, open);
  state_->work_ready.notify_all();
  return state_->WaitFor(lock, key);
}

}  // namespace kedge::run
