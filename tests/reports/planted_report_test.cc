#include "reports/planted_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/file.h"
#include "tests/testing/needs.h"

namespace kedge::reports {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PlantedTable Sample() {
  PlantedTable table;
  table.suite = "<script>shop</script>";
  table.champion = "champion";
  table.seeds = 20;
  PlantedRow witness;
  witness.name = "leaked|secret";
  witness.kind = "witness";
  witness.fault = "A key stands in <b>the text</b>.";
  witness.reason = "change_guard:S7-secrets";
  witness.gates = witness.named = 20;
  witness.verdicts = {{"BLOCK", 20}};
  witness.reasons = {{"change_guard:S7-secrets", 20}};
  PlantedRow bad;
  bad.name = "luck";
  bad.kind = "statistical";
  bad.gates = 20;
  bad.promoted = 1;
  bad.verdicts = {{"HOLD_NO_DIFFERENCE", 19}, {"PROMOTE", 1}};
  bad.effect = gate::Interval{-0.01, -0.02, 0.005, 0.95};
  bad.effect_tasks = 960;
  PlantedRow later;
  later.name = "stale";
  later.kind = "alarm";
  later.gates = 20;
  later.alarm = PlantedAlarm{19, 1, 31.5, 60, 25.2, 0.74, 0.8, 0.5};
  table.rows = {witness, bad, later};
  table.bad = {20, 1, 0.163, ExactShare(1, 20)};
  PoisonRow poison;
  poison.channel = "user_text";
  poison.principal = "many";
  poison.count = 10;
  poison.learned = poison.denied = 1;
  poison.honest = poison.honest_kept = 10;
  poison.reasons = {{"change_guard:S12-taint", 1}};
  table.poison = {poison};
  return table;
}

// Values of R's binom.test.
TEST(PlantedReport, SharesHaveExactIntervals) {
  const gate::Interval share = ExactShare(1, 20);
  EXPECT_NEAR(share.estimate, 0.05, 1e-12);
  EXPECT_NEAR(share.low, 0.001265089, 1e-8);
  EXPECT_NEAR(share.high, 0.2487328, 1e-7);
  EXPECT_EQ(ExactShare(0, 0).high, 1);
}

TEST(PlantedReport, SaysWhatBecameOfEveryClass) {
  const std::string text = PlantedMarkdown(Sample());
  EXPECT_THAT(text,
              AllOf(HasSubstr("A bar is not met"), HasSubstr("named in 20 of 20 [83.2, 100.0] %"),
                    HasSubstr("promoted in 1 of 20 [0.1, 24.9] %"),
                    HasSubstr("HOLD_NO_DIFFERENCE 19, PROMOTE 1"),
                    HasSubstr("-1.0 [-2.0, +0.5] on 960 tasks"), HasSubstr("alarm in 19 of 20"),
                    HasSubstr("1 false alarms")));
  EXPECT_THAT(text, AllOf(HasSubstr("| user\\_text | 10 from many strangers | no |"),
                          HasSubstr("1 rules learned, 1 denied, 0 promoted | 10 of 10 |")));
  EXPECT_THAT(PlantedText(Sample()), HasSubstr("poison user_text"));
}

TEST(PlantedReport, OutsideTextStaysText) {
  const testing::TempFolder folder;
  WritePlantedHtml(folder.File("planted.html"), Sample(), "kedge test");
  const std::string html = ReadFile(folder.File("planted.html"));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script>shop")), Not(HasSubstr("<b>the text")),
                          HasSubstr("&lt;script&gt;shop"), HasSubstr("verdict bad")));
  EXPECT_THAT(PlantedMarkdown(Sample()), Not(HasSubstr("leaked|secret")));
}

TEST(PlantedReport, JsonHoldsEveryCount) {
  const Json json = ToJson(Sample());
  EXPECT_EQ(json["format"], "kedge-planted/1");
  EXPECT_EQ(json["holds"], false);
  EXPECT_EQ(json["classes"][0]["named"], 20);
  EXPECT_EQ(json["classes"][1]["effect"]["tasks"], 960);
  EXPECT_FALSE(json["classes"][1].contains("reason"));
  EXPECT_EQ(json["classes"][2]["alarm"]["longest_delay"], 60);
  EXPECT_EQ(json["poison"][0]["denied"], 1);
  EXPECT_EQ(json["bad"]["promoted"], 1);
}

}  // namespace
}  // namespace kedge::reports
