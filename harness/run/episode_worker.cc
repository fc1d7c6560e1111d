#include "harness/run/episode_worker.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "harness/core/log.h"
#include "harness/run/paired_run.h"

namespace kedge::run {

EpisodeRunner& EpisodeWorker::RunnerOf(const std::string& arm) {
  std::unique_ptr<EpisodeRunner>& runner = runners_[arm];
  if (runner == nullptr) {
    const strategy::Strategy& strategy = plan_.strategies.at(arm);
    runner =
        std::make_unique<EpisodeRunner>(plan_.suite, plan_.agents.Make(strategy), strategy.hash(),
                                        plan_.policy, plan_.options, plan_.clock, plan_.observer);
  }
  return *runner;
}

trace::Trace EpisodeWorker::RunAndJournal(const EpisodeSpec& spec) {
  trace::Trace trace = RunnerOf(spec.arm).Run(spec);
  // What goes missing while the run is being stopped may be the stop's own doing.
  const bool missing = trace.outcome->status == trace::EpisodeStatus::kMissing;
  if (plan_.journal != nullptr && !(missing && StopRequested())) plan_.journal->Append(trace);
  return trace;
}

trace::Trace EpisodeWorker::Trace(const EpisodeSpec& spec) {
  if (plan_.journal != nullptr) {
    std::optional<trace::Trace> found = plan_.journal->FindTrace(EpisodeId(*plan_.suite, spec));
    if (found) return *std::move(found);
  }
  return RunAndJournal(spec);
}

trace::Outcome EpisodeWorker::Outcome(const EpisodeSpec& spec) {
  if (plan_.journal != nullptr) {
    std::optional<trace::Outcome> found = plan_.journal->FindOutcome(EpisodeId(*plan_.suite, spec));
    if (found) return *std::move(found);
  }
  return *RunAndJournal(spec).outcome;
}

WorkerPool::WorkerPool(unsigned threads, const WorkPlan& plan,
                       std::function<bool(EpisodeWorker&)> step,
                       std::function<void(std::exception_ptr)> on_failure)
    : step_(std::move(step)), on_failure_(std::move(on_failure)) {
  const unsigned count = std::max(1u, threads);
  threads_.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    try {
      threads_.emplace_back([this, &plan] { Work(plan); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw Error(ErrorKind::kTemporary, "cannot start a worker thread");
      Log(LogLevel::kWarning, "the system allows only " + std::to_string(i) + " worker threads");
      return;
    }
  }
}

void WorkerPool::Work(const WorkPlan& plan) {
  try {
    EpisodeWorker worker(plan);
    while (step_(worker)) {
    }
  } catch (...) {
    on_failure_(std::current_exception());
  }
}

Error InterruptedError() {
  return Error(ErrorKind::kTemporary, "interrupted; run the same command again to go on");
}

}  // namespace kedge::run
