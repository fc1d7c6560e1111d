#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::trace {

/// What one scorer said of an episode.
struct Score {
  std::string scorer;  ///< e.g. "end_state", "contains[0]"
  bool pass = false;
  double score = 0;  ///< in [0, 1]
  std::string
      why;  ///< one line a person can act on; empty when it passed and there is no more to say

  bool operator==(const Score&) const = default;
};

/// What became of an episode.
enum class EpisodeStatus {
  kScored,   ///< the agent ended (well or badly) and the scorers judged it
  kMissing,  ///< infrastructure failed; this says nothing about the agent
};

/// What the scorers and the meters said of one episode. A crash or time-out that the agent caused
/// is kScored with success false and `end` naming it; kMissing is for failures of the harness.
struct Outcome {
  EpisodeStatus status = EpisodeStatus::kScored;
  bool success = false;
  double score = 0;  ///< in [0, 1]; what the paired difference is taken of
  std::vector<Score> scores;
  std::string end = "answered";  ///< "answered", or the error's name: "agent_crashed", ...
  std::string end_detail;        ///< one line for people; never part of a digest
  std::map<std::string, int>
      violations;  ///< guard id -> attempts that broke it (0 entries allowed)
  /// The same for rules in shadow mode: recorded, and no verdict or limit looks at it.
  std::map<std::string, int> shadow_findings;
  /// Guards that watched the episode; a guard not listed here has no exposure in it.
  std::vector<std::string> watched_guards;
  double cost = 0;  ///< in the suite's unit (USD when money)
  bool has_cost = false;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t steps = 0;  ///< steps of the trace
  std::int64_t tool_calls = 0;
  double latency_seconds = 0;  ///< wall time; never part of a digest

  bool operator==(const Outcome&) const = default;
};

/// Where an episode belongs: the keys it is paired, nested and weighted by.
struct EpisodeKey {
  std::string suite;
  std::string stratum;
  std::string family;
  std::string task_id;
  std::string cluster_id;  ///< tasks that are not independent share one; the task id when alone
  std::int64_t trial = 0;  ///< repetition, from 0

  auto operator<=>(const EpisodeKey&) const = default;
};

/// One row of evidence: an episode of one strategy, however it was come by.
struct RunRecord {
  EpisodeKey key;
  std::string subject;  ///< strategy hash, or the name a foreign file gives its agent
  Outcome outcome;
  double inclusion_probability = 1;  ///< in (0, 1]; below 1 for sampled production traces

  bool operator==(const RunRecord&) const = default;
};

Json ToJson(const Outcome& outcome);
/// Throws Error(kBadData).
Outcome OutcomeFromJson(const Json& json);

}  // namespace kedge::trace
