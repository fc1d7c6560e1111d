#pragma once

#include <vector>

#include "harness/run/episode_worker.h"

namespace kedge::loop {

/// Runs these episodes, each once, on up to `threads` threads; the traces in the order asked for.
/// Throws Error(kTemporary) when the process is asked to stop.
std::vector<trace::Trace> RunBatch(const run::WorkPlan& plan,
                                   const std::vector<run::EpisodeSpec>& specs, unsigned threads);

}  // namespace kedge::loop
