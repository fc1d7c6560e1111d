#include "harness/loop/learning_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "harness/core/error.h"
#include "harness/loop/curve_world.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/distributions.h"
#include "harness/strategy/strategy.h"

namespace kedge::loop {
namespace {

constexpr double kCurveLevel = 0.95;

void CheckCurveOptions(const LearningCurveOptions& options) {
  const auto& points = options.checkpoints;
  const bool ascending = std::is_sorted(points.begin(), points.end()) &&
                         std::adjacent_find(points.begin(), points.end()) == points.end();
  if (points.size() < 2 || points.front() != 0 || !ascending || points.back() > 100'000) {
    throw UsageError("--curve: expected ascending numbers of episodes from 0, such as 0,10,30,100");
  }
  const auto require = [](const char* name, std::int64_t value, std::int64_t low,
                          std::int64_t high) {
    if (value >= low && value <= high) return;
    throw UsageError(fmt::format("{}: expected {} to {}", name, low, high));
  };
  require("--world-seeds", options.world_seeds, 2, 1000);
  require("--tasks", options.tasks, 1, 100'000);
  require("--batch", options.batch, 1, 10'000);
}

reports::CurveMean MeanOf(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  const double mean = stats::Mean(values);
  const double half = stats::StudentTQuantile(1 - (1 - kCurveLevel) / 2, n - 1) *
                      std::sqrt(stats::SampleVariance(values) / n);
  return {mean, mean - half, mean + half};
}

std::vector<double> Differences(const std::vector<CurveWorldResult>& worlds, std::size_t now,
                                std::size_t before) {
  std::vector<double> differences;
  differences.reserve(worlds.size());
  for (const CurveWorldResult& world : worlds) {
    differences.push_back(world.success[now] - world.success[before]);
  }
  return differences;
}

// Runs every world; the first error of any thread is thrown when all have stopped.
std::vector<CurveWorldResult> RunWorlds(const LearningCurveOptions& options,
                                        const strategy::Strategy& champion,
                                        const std::vector<strategy::Operation>& learning,
                                        const Clock& clock) {
  const auto count = static_cast<std::size_t>(options.world_seeds);
  std::vector<CurveWorldResult> worlds(count);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        worlds[i] = RunCurveWorld(options, champion, learning, i, clock);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, options.threads); ++i) threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
  return worlds;
}

reports::CurveCheckpoint PointOf(const std::vector<CurveWorldResult>& worlds, std::size_t index,
                                 std::int64_t episodes) {
  reports::CurveCheckpoint point;
  point.episodes = episodes;
  std::vector<double> success;
  for (const CurveWorldResult& world : worlds) {
    success.push_back(world.success[index]);
    point.rules += static_cast<double>(world.rules[index]) / static_cast<double>(worlds.size());
    point.candidates += world.rules[index] > 0 ? 1 : 0;
    point.promoted += world.promoted[index] ? 1 : 0;
  }
  point.success = MeanOf(success);
  if (index == 0) return point;
  point.step = MeanOf(Differences(worlds, index, index - 1));
  point.gain = MeanOf(Differences(worlds, index, 0));
  return point;
}

}  // namespace

reports::LearningCurve MeasureLearningCurve(const LearningCurveOptions& given, const Clock& clock) {
  CheckCurveOptions(given);
  LearningCurveOptions options = given;
  if (options.champion_folder.empty()) {
    options.champion_folder = options.suite_folder + "/strategies/champion";
  }
  if (options.learning_file.empty()) {
    options.learning_file = options.suite_folder + "/operations/learning.yaml";
  }
  if (options.policy_file.empty()) options.policy_file = options.suite_folder + "/kedge.yaml";
  const strategy::Strategy champion = strategy::Strategy::Load(options.champion_folder);
  const std::vector<strategy::Operation> learning = strategy::LoadOperations(options.learning_file);
  const std::vector<CurveWorldResult> worlds = RunWorlds(options, champion, learning, clock);

  reports::LearningCurve curve;
  curve.suite = suite::Suite::Load(options.suite_folder, {})->name();
  curve.worlds = options.world_seeds;
  curve.tasks = options.tasks;
  curve.permuted = options.permuted;
  curve.gated = !options.gate_folder.empty();
  for (std::size_t i = 0; i < options.checkpoints.size(); ++i) {
    curve.points.push_back(PointOf(worlds, i, options.checkpoints[i]));
  }
  std::vector<double> impossible;
  for (const CurveWorldResult& world : worlds) {
    impossible.push_back(world.impossible);
    curve.oracle += world.oracle / static_cast<double>(worlds.size());
    for (const std::string& rule : world.learned) ++curve.rules[rule];
  }
  curve.impossible = MeanOf(impossible);
  return curve;
}

}  // namespace kedge::loop
