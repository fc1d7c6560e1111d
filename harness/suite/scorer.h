#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/suite/suite.h"
#include "harness/trace/outcome.h"
#include "harness/trace/trace.h"

namespace kedge::suite {

/// What is left of an episode when it has ended, for the scorers.
struct EpisodeEvidence {
  const trace::Trace* trace = nullptr;  ///< calls, observations, messages; not owned
  std::string final_text;
  std::optional<world::Difference> difference;  ///< absent for tasks without a world
};

/// Runs end state, `tell` and every scorer of the task. Success iff all pass; the score is their
/// mean. An impossible task never passes. Thread-safe.
/// A scorer that cannot be run at all (its program is missing) throws Error(kUnavailable); the
/// caller records the episode as missing.
struct Judgement {
  bool success = false;
  double score = 0;
  std::vector<trace::Score> scores;
};
Judgement ScoreEpisode(const Suite& suite, std::size_t task_index, const EpisodeEvidence& evidence);

}  // namespace kedge::suite
