// What the probes cost in the plan of a gate.
#include "harness/loop/plan_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/core/json.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class PlanProbesTest : public ::testing::Test {
 protected:
  PlanProbesTest() { options_.suite_folder = testing::SourcePath("tasksuites/retail"); }

  gate::SuitePlan Plan(const std::string& change, const std::string& more = "") {
    testing::WriteFile(folder_.File("kedge.yaml"),
                       "format: kedge-policy/1\nmax_pairs: 3200\nguards: {policy: '" +
                           testing::SourcePath("guards/policies/retail.yaml") + "'}\nchange: {" +
                           change + "}\n" + more);
    options_.policy_file = folder_.File("kedge.yaml");
    return RunPlanSession(options_);
  }

  /// Tasks that may be probes.
  std::int64_t Usable(bool dev_only) const {
    const auto suite = suite::Suite::Load(
        options_.suite_folder, {.split = "all", .tasks_per_family = options_.tasks_per_family});
    return std::count_if(suite->tasks().begin(), suite->tasks().end(),
                         [dev_only](const suite::Task& task) {
                           return task.split == "dev" || (!dev_only && task.split == "gate");
                         });
  }

  static std::string ProbeLine(const gate::SuitePlan& plan) {
    const std::string text = gate::PlanText(plan);
    const std::size_t at = text.find("probes, before the pairs");
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  }

  const testing::TempFolder folder_;
  PlanSessionOptions options_;
};

TEST_F(PlanProbesTest, BothArmsRunEachProbeOnce) {
  options_.price = 0.25;
  const gate::SuitePlan plan = Plan("probes: {tasks: 7}");
  EXPECT_EQ(plan.probe_episodes, 14);
  EXPECT_THAT(ProbeLine(plan), MatchesRegex("probes, before the pairs +14 +3\\.50?"));
  const Json json = gate::ToJson(plan);
  EXPECT_EQ(json["probes"]["episodes"], 14);
  EXPECT_EQ(json["probes"]["price"], 3.5);
  EXPECT_EQ(Plan("").probe_episodes, 200);  // the default: 100 tasks
}

TEST_F(PlanProbesTest, NoMoreThanThereAreTasksThatMayBeUsed) {
  options_.tasks_per_family = 1;
  EXPECT_LT(Usable(false), 100);
  EXPECT_EQ(Plan("").probe_episodes, 2 * Usable(false));
}

TEST_F(PlanProbesTest, WhereEachGateTaskIsUsedOnceOnlyDevTasksCount) {
  options_.tasks_per_family = 2;
  EXPECT_LT(Usable(true), 100);
  EXPECT_EQ(Plan("", "claim: population\n").probe_episodes, 2 * Usable(true));
}

TEST_F(PlanProbesTest, NoRowWhereNothingIsProbed) {
  EXPECT_EQ(ProbeLine(Plan("probes: {tasks: 0}")), "");
  // A champion that neither stops nor asks, and nothing that would stop it.
  strategy::Strategy::FromLayers("plain", {}, {}).Save(folder_.File("plain"));
  options_.champion_folder = folder_.File("plain");
  EXPECT_GT(Plan("").probe_episodes, 0);  // the guards stop things
  testing::WriteFile(folder_.File("bare.yaml"), "format: kedge-policy/1\nmax_pairs: 3200\n");
  options_.policy_file = folder_.File("bare.yaml");
  const gate::SuitePlan plan = RunPlanSession(options_);
  EXPECT_EQ(plan.probe_episodes, 0);
  EXPECT_THAT(gate::PlanText(plan), Not(HasSubstr("probes")));
}

}  // namespace
}  // namespace kedge::loop
