#pragma once

#include <cstdint>

#include "harness/suite/scorer.h"
#include "harness/suite/suite.h"

namespace kedge::suite {

/// The scripted oracle: plays the task's solution (tried again on transient errors) with quirks and
/// transient errors on, then says the task's answer, or all it must tell. It passes every task that
/// can be solved; one it fails is a mistake in the suite. Never passes an impossible task.
///
/// `session` must be of the suite's world and not in an episode; null for a suite without one.
/// `seed` drives the transient errors.
struct OracleRun {
  Judgement judgement;
  trace::Trace trace;  ///< what it did
};
OracleRun RunOracle(const Suite& suite, std::size_t task_index, world::Session* session,
                    std::uint64_t seed);

}  // namespace kedge::suite
