#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kedge::gate {

/// One task's outcomes under one strategy, run after run.
struct RepeatedTask {
  std::string task_id;
  std::string family;
  std::string stratum;
  std::vector<double> outcomes;  ///< each in [0, 1]; not empty
};

/// A task whose runs do not agree.
struct FlakyTask {
  std::string task_id;
  std::string family;
  std::string stratum;
  std::int64_t runs = 0;
  double mean = 0;
  double variance = 0;  ///< of one run
};

/// How much of the outcomes is chance: what an agent scores differently from itself.
struct Noise {
  std::int64_t tasks = 0;
  std::int64_t runs = 0;
  double mean = 0;  ///< over tasks
  /// From one-way random effects; absent when no task was repeated, or there are under two tasks.
  std::optional<double> sigma_between;   ///< sd of the tasks' true rates
  std::optional<double> sigma_within;    ///< sd of a run around its task's rate
  std::optional<double> icc;             ///< share of the variance that is between tasks
  std::optional<double> aa_discordance;  ///< E[(y - y')^2] of two runs of one task: the noise floor
  std::vector<FlakyTask> flaky;          ///< most variable first, then by id
};

/// `tasks` in any order.
Noise MeasureNoise(const std::vector<RepeatedTask>& tasks);

}  // namespace kedge::gate
