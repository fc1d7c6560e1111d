#include "harness/gate/noise.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/descriptive.h"
#include "harness/stats/variance_components.h"

namespace kedge::gate {

Noise MeasureNoise(const std::vector<RepeatedTask>& tasks) {
  Noise noise;
  noise.tasks = static_cast<std::int64_t>(tasks.size());
  std::vector<std::vector<double>> groups;
  for (const RepeatedTask& task : tasks) {
    noise.runs += static_cast<std::int64_t>(task.outcomes.size());
    const double mean = stats::Mean(task.outcomes);
    noise.mean += mean / static_cast<double>(tasks.size());
    groups.push_back(task.outcomes);
    if (task.outcomes.size() < 2) continue;
    const double variance = stats::SampleVariance(task.outcomes);
    if (variance <= 0) continue;
    noise.flaky.push_back({task.task_id, task.family, task.stratum,
                           static_cast<std::int64_t>(task.outcomes.size()), mean, variance});
  }
  std::sort(noise.flaky.begin(), noise.flaky.end(), [](const FlakyTask& a, const FlakyTask& b) {
    return a.variance != b.variance ? a.variance > b.variance : a.task_id < b.task_id;
  });
  if (tasks.size() < 2 || noise.runs <= noise.tasks) return noise;
  const stats::VarianceComponents found = stats::AnalyseRepeats(groups);
  noise.sigma_between = std::sqrt(found.var_between_truncated);
  noise.sigma_within = std::sqrt(found.var_within);
  noise.aa_discordance = found.aa_discordance;
  if (std::isfinite(found.icc1)) noise.icc = found.icc1;
  return noise;
}

}  // namespace kedge::gate
