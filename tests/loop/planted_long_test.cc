// Planted candidates with twenty seeds a class: the bars of the whole library, and the poison
// sweep.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "agent_ref/reference_agent.h"
#include "harness/loop/planted/session.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

constexpr char kNeedsAnObjective[] = "saving-at-equal-quality";

reports::PlantedTable PlantIn(const char* suite, bool poison, std::vector<std::string> classes) {
  const testing::TempFolder folder;
  PlantedSessionOptions options;
  options.suite_folder = testing::SourcePath(suite);
  options.champion_folder = options.suite_folder + "/strategies/champion";
  options.policy_file = options.suite_folder + "/kedge.yaml";
  options.output_folder = folder.File("out");
  options.seeds = 20;
  options.poison = poison;
  options.classes = std::move(classes);
  const agent_ref::ReferenceAgentFactory agents;
  Observer observer;
  reports::PlantedTable table = RunPlantedSession(options, agents, SystemClock(), observer).table;
  std::printf("%s", reports::PlantedText(table).c_str());
  return table;
}

TEST(PlantedLong, ASavingAtEqualQualityIsPromoted) {
  const reports::PlantedTable table = PlantIn("tasksuites/dispatch", false, {kNeedsAnObjective});
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].gates, 20);
  EXPECT_GE(table.rows[0].promoted, 18);
  ASSERT_TRUE(table.rows[0].effect);
  EXPECT_NEAR(table.rows[0].effect->estimate, 0, 0.01);
}

TEST(PlantedLong, EveryBarIsMetWithTwentySeeds) {
  const reports::PlantedTable table = PlantIn("tasksuites/retail", true, {});
  for (const reports::PlantedRow& row : table.rows) {
    if (row.name == kNeedsAnObjective) {
      EXPECT_FALSE(row.not_planted.empty()) << "its policy promotes for a gain only";
      continue;
    }
    EXPECT_EQ(row.gates, 20) << row.name;
    if (row.kind == "witness") {
      EXPECT_EQ(row.named, 20) << row.name;
      EXPECT_EQ(row.promoted, 0) << row.name;
    }
    if (row.kind == "statistical") {
      // Nothing there, or harm: the lower end of the true effect is not above zero.
      ASSERT_TRUE(row.effect);
      EXPECT_LE(row.effect->low, 0) << row.name;
    }
    if (row.name == "twice-the-design-effect") {
      EXPECT_GE(row.effect->estimate, 0.09);
    }
    if (row.alarm) {
      EXPECT_EQ(row.alarm->alarms, 20) << row.name;
      EXPECT_LE(row.alarm->mean_delay, 1.4 * row.alarm->best_delay) << row.name;
    }
  }
  EXPECT_LE(static_cast<double>(table.bad.promoted),
            table.bad.bar * static_cast<double>(table.bad.gates));
  EXPECT_GE(static_cast<double>(table.good.promoted),
            table.good.bar * static_cast<double>(table.good.gates));
  EXPECT_EQ(table.poison.size(), 2U * 5U * 2U * 4U);
  for (const reports::PoisonRow& row : table.poison) {
    if (!row.witnessed) continue;
    EXPECT_EQ(row.promoted, 0) << row.channel << " " << row.principal << " " << row.count;
    EXPECT_EQ(row.honest_kept, row.honest) << row.channel << " " << row.principal;
  }
  EXPECT_TRUE(table.holds);
}

}  // namespace
}  // namespace kedge::loop
