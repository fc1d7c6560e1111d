#include "harness/loop/episode_batch.h"

#include <algorithm>

#include "harness/core/parallel.h"
#include "harness/run/paired_run.h"

namespace kedge::loop {

std::vector<trace::Trace> RunBatch(const run::WorkPlan& plan,
                                   const std::vector<run::EpisodeSpec>& specs, unsigned threads) {
  std::vector<trace::Trace> traces(specs.size());
  const std::size_t shares = std::max(1U, threads);
  ParallelFor(shares, threads, [&](std::size_t share) {
    run::EpisodeWorker worker(plan);
    for (std::size_t i = share; i < specs.size(); i += shares) {
      if (run::StopRequested()) throw run::InterruptedError();
      traces[i] = worker.Trace(specs[i]);
    }
  });
  return traces;
}

}  // namespace kedge::loop
