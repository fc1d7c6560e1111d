#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/core/error.h"
#include "harness/trace/outcome.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;

TEST(OutcomeJson, CostOfZeroIsNotTheSameAsNoCost) {
  Outcome outcome;
  outcome.has_cost = true;
  EXPECT_TRUE(OutcomeFromJson(ToJson(outcome)).has_cost);
  outcome.has_cost = false;
  EXPECT_FALSE(OutcomeFromJson(ToJson(outcome)).has_cost);
}

TEST(OutcomeJson, AGuardThatSawNothingKeepsItsZero) {
  Outcome outcome;
  outcome.violations = {{"g", 0}};
  outcome.shadow_findings = {{"s", 2}};
  EXPECT_EQ(OutcomeFromJson(ToJson(outcome)), outcome);
}

TEST(OutcomeJson, NanIsRefusedBothWays) {
  Outcome outcome;
  outcome.score = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(ToJson(outcome), Error);
  EXPECT_THROW(OutcomeFromJson(Json{{"status", "scored"}, {"success", true}, {"score", nullptr}}),
               Error);
}

struct BrokenOutcome {
  const char* json;
  const char* message;
};

class BrokenOutcomeJson : public ::testing::TestWithParam<BrokenOutcome> {};

TEST_P(BrokenOutcomeJson, NamesTheField) {
  try {
    OutcomeFromJson(ParseJson(GetParam().json));
    FAIL() << "accepted " << GetParam().json;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenOutcomeJson,
    ::testing::Values(
        BrokenOutcome{"3", "outcome: expected an object"},
        BrokenOutcome{R"({"success":true,"score":1})", "outcome.status: is missing"},
        BrokenOutcome{R"({"status":"lost","success":true,"score":1})", "outcome.status: expected"},
        BrokenOutcome{R"({"status":"scored","score":1})", "outcome.success: is missing"},
        BrokenOutcome{R"({"status":"scored","success":1,"score":1})",
                      "outcome.success: expected true or false"},
        BrokenOutcome{R"({"status":"scored","success":true})", "outcome.score: is missing"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":-0.1})", "outcome.score"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"cost":-1})", "outcome.cost"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"steps":-1})",
                      "outcome.steps: expected 0 or more"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"violations":{"g":-1}})",
                      "outcome.violations.g"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"shadow_findings":{"g":-1}})",
                      "outcome.shadow_findings.g"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"violations":{"g":1.5}})",
                      "outcome.violations.g"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"scores":[{"pass":true}]})",
                      "outcome.scores[0].scorer: is missing"},
        BrokenOutcome{R"({"status":"scored","success":true,"score":1,"latency":2})",
                      "outcome.latency: unknown field"}));

}  // namespace
}  // namespace kedge::trace
