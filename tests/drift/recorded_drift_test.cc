// Real agents: repeats of one must not look changed, two models must.

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "harness/drift/drift.h"
#include "harness/trace/formats/read_any.h"
#include "tests/testing/needs.h"

namespace kedge::drift {
namespace {

using Keep = std::function<bool(const trace::Trace&)>;

std::vector<Behaviour> Read(const std::string& file, const Keep& keep) {
  std::vector<Behaviour> runs;
  const trace::ReadReport report =
      trace::ReadTraces(::kedge::testing::SharedPath("data/" + file), {}, [&](trace::Trace&& t) {
        if (!keep(t)) return;
        if (auto behaviour = MeasureBehaviour(t, {})) runs.push_back(std::move(*behaviour));
      });
  EXPECT_EQ(report.bad, 0);
  return runs;
}

TEST(RecordedDriftTest, RepeatsOfOneAgentAreNotChanged) {
  KEDGE_NEED_DATA();
  const auto trials = [](std::int64_t a, std::int64_t b) {
    return Read("tau-bench/gpt-4o-airline.json.gz",
                [a, b](const trace::Trace& t) { return t.key.trial == a || t.key.trial == b; });
  };
  for (const auto& [a, b, c, d] :
       {std::array{0, 1, 2, 3}, std::array{0, 2, 1, 3}, std::array{0, 3, 1, 2}}) {
    const DriftReport report = MeasureDrift(trials(a, b), trials(c, d), {});
    EXPECT_TRUE(report.paired);
    EXPECT_EQ(report.tasks, 50);
    EXPECT_FALSE(report.changed) << report.index_feature << " " << report.index;
  }
}

TEST(RecordedDriftTest, TwoModelsAreChanged) {
  KEDGE_NEED_DATA();
  const auto no_attack = [](const trace::Trace& t) { return t.key.stratum == "none"; };
  const auto model = [&](const char* name) {
    return Read("agentdojo/" + std::string(name) + "__workspace.jsonl.gz", no_attack);
  };
  const std::vector<Behaviour> champion = model("gpt-4o-2024-05-13");
  ASSERT_GE(champion.size(), 40U);
  for (const char* other : {"claude-3-5-sonnet-20241022", "command-r-plus"}) {
    const DriftReport report = MeasureDrift(champion, model(other), {});
    EXPECT_TRUE(report.paired);
    EXPECT_TRUE(report.changed) << other;
  }
}

TEST(RecordedDriftTest, ModelsWithoutACommonTaskAreComparedUnpaired) {
  KEDGE_NEED_DATA();
  const auto all = [](const trace::Trace&) { return true; };
  const DriftReport report =
      MeasureDrift(Read("tau-bench/gpt-4o-airline.json.gz", all),
                   Read("tau2-bench/sims/airline_claude-sonnet-4-5_aide.json.gz", all), {});
  EXPECT_FALSE(report.paired);
  EXPECT_TRUE(report.changed);
}

}  // namespace
}  // namespace kedge::drift
