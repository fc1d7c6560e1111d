// Outcomes read from published runs, against figures that their collectors counted independently.
#include <gtest/gtest.h>

#include <map>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/json.h"
#include "harness/stats/pass_at_k.h"
#include "tests/testing/needs.h"

namespace kedge::agent {
namespace {

Json Truth(const std::string& name) {
  return ParseJson(testing::ReadWholeFile(testing::SharedPath("data/truth/" + name)));
}

std::string Data(const std::string& name) { return testing::SharedPath("data/" + name); }

std::map<std::string, stats::Trials> TrialsByTask(const RecordedOutcomes& outcomes) {
  std::map<std::string, stats::Trials> tasks;
  for (const RecordedRun& run : outcomes.runs) {
    stats::Trials& task = tasks[run.record.key.task_id];
    ++task.n;
    task.successes += run.record.outcome.success ? 1 : 0;
  }
  return tasks;
}

std::int64_t Passed(const RecordedOutcomes& outcomes) {
  std::int64_t passed = 0;
  for (const RecordedRun& run : outcomes.runs) passed += run.record.outcome.success ? 1 : 0;
  return passed;
}

double MeanScore(const RecordedOutcomes& outcomes) {
  double sum = 0;
  for (const RecordedRun& run : outcomes.runs) sum += run.record.outcome.score;
  return sum / static_cast<double>(outcomes.runs.size());
}

class AgentsFile : public ::testing::TestWithParam<const char*> {};

TEST_P(AgentsFile, EveryAgentsPasses) {
  KEDGE_NEED_DATA();
  const std::string name = GetParam();
  const Json agents = Truth(name + "_agents.json");
  EXPECT_GT(agents.size(), 50u);
  for (const Json& agent : agents) {
    const RecordedOutcomes out =
        ReadRecorded(Data("agent-results/" + name + ".responses.jsonl.gz") + "#" +
                     agent["subject_id"].get<std::string>());
    EXPECT_EQ(out.runs.size(), agent["n"]);
    EXPECT_EQ(Passed(out), agent["passed"]);
    EXPECT_DOUBLE_EQ(MeanScore(out), agent["rate"]);
  }
}

INSTANTIATE_TEST_SUITE_P(Matrices, AgentsFile,
                         ::testing::Values("swebench_verified", "terminalbench"));

// `row` has pass_hat_k, pass_at_k and perhaps tasks_with_k_trials for k = 1 ... 5.
void ExpectPassFigures(const std::map<std::string, stats::Trials>& tasks, const Json& row) {
  for (std::int64_t k = 1; k <= 5; ++k) {
    std::vector<stats::Trials> enough;
    for (const auto& [task, trials] : tasks) {
      if (trials.n >= k) enough.push_back(trials);
    }
    const std::string suffix = std::to_string(k);
    if (row.contains("tasks_with_" + suffix + "_trials")) {
      EXPECT_EQ(enough.size(), row["tasks_with_" + suffix + "_trials"]);
    }
    const Json hat = row.value("pass_hat_" + suffix, Json());
    const Json at = row.value("pass_at_" + suffix, Json());
    if (!hat.is_null()) {
      EXPECT_NEAR(stats::MeanPassHatK(enough, k), hat.get<double>(), 1e-12);
    }
    if (!at.is_null()) {
      EXPECT_NEAR(stats::MeanPassAtK(enough, k), at.get<double>(), 1e-12);
    }
  }
}

TEST(TerminalBench, PassFiguresOfEveryAgent) {
  KEDGE_NEED_DATA();
  for (const Json& row : Truth("terminalbench_passk.json")) {
    const RecordedOutcomes out =
        ReadRecorded(Data("agent-results/terminalbench.responses_raw.jsonl.gz") + "#" +
                     row["subject_id"].get<std::string>());
    const auto tasks = TrialsByTask(out);
    EXPECT_EQ(tasks.size(), row["tasks"]);
    EXPECT_EQ(out.runs.size(), row["trials"]);
    EXPECT_EQ(Passed(out), row["successes"]);
    ExpectPassFigures(tasks, row);
    std::int64_t flaky = 0;
    for (const auto& [task, t] : tasks) flaky += t.successes > 0 && t.successes < t.n;
    EXPECT_EQ(flaky, row["flaky_tasks"]);
  }
}

TEST(TauBench, RewardsAndPassFigures) {
  KEDGE_NEED_DATA();
  for (const Json& row : Truth("tau_bench.json")) {
    const RecordedOutcomes out = ReadRecorded(Data("tau-bench/" + row["file"].get<std::string>()));
    const auto tasks = TrialsByTask(out);
    EXPECT_EQ(out.runs.size(), row["trajectories"]);
    EXPECT_EQ(tasks.size(), row["tasks"]);
    EXPECT_EQ(Passed(out), row["passed"]);
    EXPECT_DOUBLE_EQ(MeanScore(out), row["mean_reward"]);
    ExpectPassFigures(tasks, row);
    std::map<std::string, std::string> per_task;
    for (const auto& [task, t] : tasks) {
      per_task[task] = std::to_string(t.successes) + "/" + std::to_string(t.n);
    }
    EXPECT_EQ(Json(per_task), row["per_task"]);
  }
}

TEST(Tau2Bench, RewardsCostsAndPassFigures) {
  KEDGE_NEED_DATA();
  for (const Json& row : Truth("tau2_runs.json")) {
    const RecordedOutcomes out =
        ReadRecorded(Data("tau2-bench/sims/" + row["file"].get<std::string>()));
    EXPECT_EQ(out.subject, row["agent_llm"]);
    const auto tasks = TrialsByTask(out);
    EXPECT_EQ(out.runs.size(), row["simulations"]);
    EXPECT_EQ(tasks.size(), row["tasks"]);
    EXPECT_EQ(Passed(out), row["passed"]);
    EXPECT_DOUBLE_EQ(MeanScore(out), row["mean_reward"]);
    ExpectPassFigures(tasks, row);
    std::int64_t missing = 0;
    std::int64_t with_cost = 0;
    double cost = 0;
    for (const RecordedRun& run : out.runs) {
      missing += run.record.outcome.status == trace::EpisodeStatus::kMissing;
      with_cost += run.record.outcome.has_cost;
      cost += run.record.outcome.cost;
    }
    EXPECT_EQ(missing, row["null_reward"]);
    EXPECT_EQ(with_cost, row["agent_cost_reported"]);
    EXPECT_NEAR(cost, row["agent_cost_sum"].get<double>(), 1e-9);
  }
}

TEST(AgentDojo, BrokenRunsAreMissingUnlessCountedAsRecorded) {
  KEDGE_NEED_DATA();
  const std::string path = Data("agentdojo/command-r-plus__workspace.jsonl.gz");
  const auto count_missing = [](const RecordedOutcomes& outcomes) {
    std::int64_t missing = 0;
    for (const RecordedRun& run : outcomes.runs) {
      missing += run.record.outcome.status == trace::EpisodeStatus::kMissing;
    }
    return missing;
  };
  trace::ReadOptions as_recorded;
  as_recorded.errors_as_recorded = true;
  EXPECT_EQ(ReadRecorded(path).runs.size(), 280u) << "6 attackers' goals are left out";
  EXPECT_EQ(count_missing(ReadRecorded(path)), 21);
  EXPECT_EQ(count_missing(ReadRecorded(path, as_recorded)), 0);
}

}  // namespace
}  // namespace kedge::agent
