// Recomputes the shared oracle file, one named test per statistic.
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "tests/stats/oracle_runner.h"
#include "tests/testing/needs.h"

namespace kedge::stats_oracle {
namespace {

const Json& SharedOracle() {
  static const Json document =
      ParseJson(ReadFile(testing::SharedPath("oracle/stats_oracle.json")), "stats_oracle.json");
  return document;
}

class Oracle : public ::testing::TestWithParam<std::string> {};

TEST_P(Oracle, Agrees) {
  KEDGE_NEED_DATA();
  const Json& statistics = SharedOracle().at("statistics");
  ASSERT_TRUE(statistics.contains(GetParam()));
  Summary summary;
  CheckStatistic(GetParam(), statistics.at(GetParam()), summary);
  EXPECT_GT(summary.cases, 0);
  for (const Difference& d : summary.differences) {
    ADD_FAILURE() << d.case_id << " " << d.field << ": got " << d.got << ", want " << d.want;
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& [name, adapter] : Adapters()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Shared, Oracle, ::testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

TEST(OracleFile, HasNoStatisticWithoutAdapter) {
  KEDGE_NEED_DATA();
  for (const auto& [name, statistic] : SharedOracle().at("statistics").items()) {
    EXPECT_EQ(Adapters().count(name), 1U) << name;
  }
}

Json Document(const std::string& expected) {
  return ParseJson(R"({"statistics": {"wilson": {"tolerance": {"abs": 1e-10, "rel": 1e-9},
      "cases": [{"id": "w1", "input": {"x": 0, "n": 10, "level": 0.95}, "expected": )" +
                   expected + "}]}}}");
}

TEST(OracleRunner, NamesWhatDiffers) {
  EXPECT_TRUE(CheckDocument(Document(R"({"lower": 0.0})")).differences.empty());
  const Summary wrong = CheckDocument(Document(R"({"lower": 0.5, "middle": 1})"));
  ASSERT_EQ(wrong.differences.size(), 2U);
  EXPECT_EQ(wrong.differences[0].case_id, "w1");
  EXPECT_EQ(wrong.differences[0].field, "lower");
  EXPECT_EQ(wrong.differences[0].want, "0.5");
  EXPECT_EQ(wrong.differences[1].got, "absent");
}

TEST(OracleRunner, ReportsUnknownStatisticsAndErrors) {
  const Summary unknown = CheckDocument(ParseJson(R"({"statistics": {"nonsense": {}}})"));
  ASSERT_EQ(unknown.differences.size(), 1U);
  EXPECT_EQ(unknown.differences[0].got, "not implemented");
  Json broken = Document(R"({"lower": 0.0})");
  broken["statistics"]["wilson"]["cases"][0]["input"]["n"] = -1;
  const Summary failed = CheckDocument(broken);
  ASSERT_EQ(failed.differences.size(), 1U);
  EXPECT_NE(failed.differences[0].got.find("error: "), std::string::npos);
}

TEST(OracleRunner, RefusesOtherDocuments) {
  for (const char* text :
       {"[]", "{}", R"({"statistics": []})", R"({"statistics": {}})",
        R"({"statistics": {"wilson": {"cases": []}}})",
        R"({"statistics": {"wilson": {"tolerance": {"abs": 0}, "cases": []}}})"}) {
    EXPECT_THROW(CheckDocument(ParseJson(text)), Error) << text;
  }
}

}  // namespace
}  // namespace kedge::stats_oracle
