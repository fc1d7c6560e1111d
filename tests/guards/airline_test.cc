// The airline domain's policy as rules, against recorded runs of tau-bench and tau2-bench.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "tests/guards/archive_replay.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

// How many failed and passed runs a rule flagged.
struct RuleFlags {
  std::int64_t failed = 0, passed = 0;
};

struct RuleFigures {
  std::int64_t failed = 0, passed = 0;
  RuleFlags together;
  RuleFlags but_one_call;  // by any rule but the one on style, which newer agents break as a habit
  std::map<std::string, RuleFlags> rules;

  double failed_share() const {
    return static_cast<double>(together.failed) / static_cast<double>(failed);
  }
  void Add(bool success, const std::vector<std::string>& spoke) {
    ++(success ? passed : failed);
    if (!spoke.empty()) ++(success ? together.passed : together.failed);
    if (spoke.size() >
        static_cast<std::size_t>(std::count(spoke.begin(), spoke.end(), "one-call"))) {
      ++(success ? but_one_call.passed : but_one_call.failed);
    }
    for (const std::string& rule : spoke) ++(success ? rules[rule].passed : rules[rule].failed);
  }
};

template <typename Selects>
RuleFigures MeasureRules(const std::vector<std::string>& files, const Selects& selects) {
  Monitor monitor(Policy::Load(kedge::testing::SourcePath("guards/policies/airline.yaml")));
  RuleFigures figures;
  for (const std::string& file : files) {
    ForEachTrace(kedge::testing::SharedPath("data/" + file), [&](const trace::Trace& trace) {
      if (!trace.outcome || trace.outcome->status == trace::EpisodeStatus::kMissing) return;
      if (!selects(trace)) return;
      const ReplayedRun run = ReplayRun(monitor, trace);
      figures.Add(trace.outcome->success, run.RulesOf(run.events.size(), Verdict::kAsk));
    });
  }
  return figures;
}

void PrintRules(const std::string& title, const RuleFigures& figures) {
  std::cout << title << ": flagged of failed " << Share(figures.together.failed, figures.failed)
            << ", of passed " << Share(figures.together.passed, figures.passed) << "\n";
  std::cout << "  all but one-call: " << Share(figures.but_one_call.failed, figures.failed) << "; "
            << Share(figures.but_one_call.passed, figures.passed) << "\n";
  for (const auto& [rule, flags] : figures.rules) {
    std::cout << "  " << rule << ": " << Share(flags.failed, figures.failed) << "; "
              << Share(flags.passed, figures.passed) << "\n";
  }
}

constexpr char kTauBench[] = "tau-bench/gpt-4o-airline.json.gz";

const std::vector<std::string> kTau2Bench = {
    "tau2-bench/sims/airline20_ft-gpt-4.1.json.gz",
    "tau2-bench/sims/airline20_gpt-4.1.json.gz",
    "tau2-bench/sims/airline_claude-sonnet-4-5_aide.json.gz",
    "tau2-bench/sims/airline_gpt-4o-2024-11-20.json.gz",
    "tau2-bench/sims/airline_toolorchestra_gpt-5.json.gz",
};

TEST(AirlinePolicy, TasksItWasWrittenOn) {
  KEDGE_NEED_DATA();
  const RuleFigures figures = MeasureRules(
      {kTauBench}, [](const trace::Trace& trace) { return std::stoi(trace.key.task_id) < 25; });
  PrintRules("tau-bench airline, tasks 0 to 24", figures);
  EXPECT_EQ(figures.failed + figures.passed, 100);
}

TEST(AirlinePolicy, TasksItNeverSaw) {
  KEDGE_NEED_DATA();
  const RuleFigures figures = MeasureRules(
      {kTauBench}, [](const trace::Trace& trace) { return std::stoi(trace.key.task_id) >= 25; });
  PrintRules("tau-bench airline, tasks 25 to 49", figures);
  EXPECT_EQ(figures.failed + figures.passed, 100);
  EXPECT_GE(figures.failed_share(), 0.40);
}

TEST(AirlinePolicy, OtherAgentsOfTheSameDomain) {
  KEDGE_NEED_DATA();
  const auto all = [](const trace::Trace&) { return true; };
  for (const std::string& file : kTau2Bench) PrintRules(file, MeasureRules({file}, all));
  const RuleFigures together = MeasureRules(kTau2Bench, all);
  PrintRules("tau2-bench airline, all runs", together);
  EXPECT_EQ(together.failed + together.passed, 190);
  EXPECT_GE(together.failed_share(), 0.40);
}

}  // namespace
}  // namespace kedge::guards
