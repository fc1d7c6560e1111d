#include "harness/gate/pilot.h"

#include <utility>

#include "harness/core/error.h"

namespace kedge::gate {
namespace {

// What a candidate differs from its champion beyond chance (design of the champion bank).
constexpr double kBeyondChance = 1.5;
constexpr std::int64_t kStratumNeeds = 30;

using TaskName = std::pair<std::string, std::string>;  // stratum, task id

double ValueOf(const trace::Outcome& outcome, bool use_score) {
  return use_score ? outcome.score : (outcome.success ? 1.0 : 0.0);
}

bool IsScored(const trace::RunRecord& run) {
  return run.outcome.status == trace::EpisodeStatus::kScored;
}

std::map<TaskName, RepeatedTask> ByTask(const std::vector<trace::RunRecord>& runs, bool use_score) {
  std::map<TaskName, RepeatedTask> tasks;
  for (const trace::RunRecord& run : runs) {
    if (!IsScored(run)) continue;
    RepeatedTask& task = tasks[{run.key.stratum, run.key.task_id}];
    task.task_id = run.key.task_id;
    task.family = run.key.family;
    task.stratum = run.key.stratum;
    task.outcomes.push_back(ValueOf(run.outcome, use_score));
  }
  return tasks;
}

std::vector<RepeatedTask> TasksOf(const std::map<TaskName, RepeatedTask>& tasks,
                                  const std::string* stratum) {
  std::vector<RepeatedTask> list;
  for (const auto& [name, task] : tasks) {
    if (stratum == nullptr || name.first == *stratum) list.push_back(task);
  }
  return list;
}

struct SquaredDifferences {
  double sum = 0;
  std::int64_t count = 0;
  double mean() const { return sum / static_cast<double>(count); }
};

void MeasurePairs(const std::vector<trace::RunRecord>& champion,
                  const std::vector<trace::RunRecord>& candidate, bool use_score, Pilot& pilot) {
  std::map<std::pair<TaskName, std::int64_t>, double> values;
  for (const trace::RunRecord& run : champion) {
    if (!IsScored(run)) continue;
    values[{{run.key.stratum, run.key.task_id}, run.key.trial}] = ValueOf(run.outcome, use_score);
  }
  SquaredDifferences all;
  std::map<std::string, SquaredDifferences> strata;
  for (const trace::RunRecord& run : candidate) {
    const auto partner = values.find({{run.key.stratum, run.key.task_id}, run.key.trial});
    if (!IsScored(run) || partner == values.end()) continue;
    const double difference = ValueOf(run.outcome, use_score) - partner->second;
    for (SquaredDifferences* sums : {&all, &strata[run.key.stratum]}) {
      sums->sum += difference * difference;
      ++sums->count;
    }
  }
  if (all.count == 0) throw BadData("the two arms of the pilot share no task and trial");
  pilot.pairs = all.count;
  pilot.psi = all.mean();
  pilot.psi_basis = "measured on " + std::to_string(all.count) + " pairs";
  for (const auto& [name, sums] : strata) {
    if (sums.count >= kStratumNeeds) pilot.stratum_psi[name] = sums.mean();
  }
}

void MeasureRepeats(const std::map<TaskName, RepeatedTask>& tasks, Pilot& pilot) {
  const Noise noise = MeasureNoise(TasksOf(tasks, nullptr));
  pilot.icc = noise.icc;
  pilot.aa_discordance = noise.aa_discordance;
  if (pilot.psi || !noise.aa_discordance) return;
  pilot.psi = kBeyondChance * *noise.aa_discordance;
  pilot.psi_basis = "1.5 times the champion's discordance with itself";
  std::map<std::string, std::int64_t> counts;
  for (const auto& [name, task] : tasks) ++counts[name.first];
  for (const auto& [stratum, count] : counts) {
    const Noise own = MeasureNoise(TasksOf(tasks, &stratum));
    if (count < kStratumNeeds || !own.aa_discordance) continue;
    pilot.stratum_psi[stratum] = kBeyondChance * *own.aa_discordance;
  }
}

void MeasurePrices(const std::vector<trace::RunRecord>& runs, Pilot& pilot) {
  double cost = 0, seconds = 0;
  std::int64_t priced = 0, scored = 0;
  for (const trace::RunRecord& run : runs) {
    if (!IsScored(run)) continue;
    ++scored;
    seconds += run.outcome.latency_seconds;
    if (!run.outcome.has_cost) continue;
    cost += run.outcome.cost;
    ++priced;
  }
  pilot.runs = scored;
  if (priced > 0) pilot.episode_cost = cost / static_cast<double>(priced);
  if (seconds > 0) pilot.episode_seconds = seconds / static_cast<double>(scored);
}

}  // namespace

Pilot MeasurePilot(const std::vector<trace::RunRecord>& champion,
                   const std::vector<trace::RunRecord>& candidate, bool use_score) {
  Pilot pilot;
  std::vector<trace::RunRecord> all = champion;
  all.insert(all.end(), candidate.begin(), candidate.end());
  MeasurePrices(all, pilot);
  if (pilot.runs == 0) throw BadData("the pilot has no scored run");
  const std::map<TaskName, RepeatedTask> tasks = ByTask(champion, use_score);
  pilot.tasks = static_cast<std::int64_t>(tasks.size());
  if (!candidate.empty()) MeasurePairs(champion, candidate, use_score, pilot);
  MeasureRepeats(tasks, pilot);
  return pilot;
}

}  // namespace kedge::gate
