#include "harness/agent/recorded/recorded_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Rows = std::vector<std::vector<std::string>>;

Rows ReadAll(std::string_view text) {
  CsvReader reader(text, "t.csv");
  Rows rows;
  std::vector<std::string> fields;
  while (reader.Next(fields)) rows.push_back(fields);
  return rows;
}

// The examples of RFC 4180, section 2, and what follows from its grammar.
TEST(Csv, Rfc4180) {
  EXPECT_EQ(ReadAll("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n"),
            (Rows{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(ReadAll("aaa,bbb,ccc\r\nzzz,yyy,xxx"),
            (Rows{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(ReadAll("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx"),
            (Rows{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(ReadAll("\"aaa\",\"b\"\"bb\",\"c,cc\"\n"), (Rows{{"aaa", "b\"bb", "c,cc"}}));
  EXPECT_EQ(ReadAll("a, b ,\n"), (Rows{{"a", " b ", ""}}));
  EXPECT_EQ(ReadAll("\"\"\n"), (Rows{{""}}));
  EXPECT_EQ(ReadAll(""), Rows());
  EXPECT_EQ(ReadAll("\xEF\xBB\xBFhead\n"), (Rows{{"head"}}));
}

TEST(Csv, LinesCountThroughQuotedLineEnds) {
  CsvReader reader("a\n\"b\n\nb\"\nc\n", "t.csv");
  std::vector<std::string> fields;
  std::vector<std::int64_t> lines;
  while (reader.Next(fields)) lines.push_back(reader.line());
  EXPECT_THAT(lines, ElementsAre(1, 2, 5));
}

struct BrokenText {
  std::string text;
  const char* message;
};

class BrokenCsv : public ::testing::TestWithParam<BrokenText> {};

TEST_P(BrokenCsv, NamesTheLine) {
  try {
    ReadAll(GetParam().text);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenCsv,
    ::testing::Values(BrokenText{"a\nb\"c\n", "t.csv:2: a quote inside"},
                      BrokenText{"a\n\"b\"c\n", "t.csv:2: expected a comma"},
                      BrokenText{"a\n\"b\nc", "t.csv:2: a quoted field never ends"},
                      BrokenText{"a\n\"b\"\"", "t.csv:2: a quoted field never ends"},
                      BrokenText{"a\rb", "t.csv:1: expected a comma"},
                      BrokenText{std::string("a\n\0b", 4), "t.csv:2: a NUL byte"},
                      BrokenText{std::string("\"a\0\"", 4), "t.csv:1: a NUL byte"},
                      BrokenText{"a\n\xff\n", "t.csv:2: invalid UTF-8"},
                      BrokenText{"\"\xff\"\n", "t.csv:1: invalid UTF-8"}));

TEST(CsvOutcomes, ReadsEveryColumn) {
  const auto runs = ReadCsvOutcomes(
      "task_id,score,trial,cluster,stratum,family,suite,suite_version,subject,cost,latency,"
      "input_tokens,output_tokens,steps,tool_calls,guard:leak,error\n"
      "t1,0.25,3,c,s,f,shop,v2,me,1.5,2.5,10,20,7,4,1,\n"
      "t1,,4,c,s,f,shop,v2,me,,,,,,,,judge down\n",
      "t.csv", {});
  ASSERT_EQ(runs.size(), 2u);
  const trace::RunRecord& r = runs[0].record;
  EXPECT_EQ(r.key, (trace::EpisodeKey{"shop", "s", "f", "t1", "c", 3}));
  EXPECT_EQ(runs[0].task_version, "v2");
  EXPECT_EQ(runs[0].line, 2);
  EXPECT_EQ(r.subject, "me");
  EXPECT_EQ(r.outcome.score, 0.25);
  EXPECT_FALSE(r.outcome.success);
  EXPECT_EQ(r.outcome.cost, 1.5);
  EXPECT_EQ(r.outcome.latency_seconds, 2.5);
  EXPECT_EQ(r.outcome.input_tokens + r.outcome.output_tokens, 30);
  EXPECT_EQ(r.outcome.steps, 7);
  EXPECT_EQ(r.outcome.tool_calls, 4);
  EXPECT_EQ(r.outcome.violations.at("leak"), 1);
  EXPECT_EQ(runs[1].record.outcome.status, trace::EpisodeStatus::kMissing);
  EXPECT_FALSE(runs[1].record.outcome.has_cost);
}

TEST(CsvOutcomes, ErrorsAsRecordedNeedAnOutcome) {
  trace::ReadOptions as_recorded;
  as_recorded.errors_as_recorded = true;
  const auto runs = ReadCsvOutcomes("task_id,success,error\na,0,overflow\n", "t.csv", as_recorded);
  EXPECT_EQ(runs.at(0).record.outcome.status, trace::EpisodeStatus::kScored);
  EXPECT_THROW(ReadCsvOutcomes("task_id,success,error\na,,overflow\n", "t.csv", as_recorded),
               Error);
}

class BrokenCsvOutcomes : public ::testing::TestWithParam<BrokenText> {};

TEST_P(BrokenCsvOutcomes, NamesFileLineAndField) {
  try {
    ReadCsvOutcomes(GetParam().text, "t.csv", {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenCsvOutcomes,
    ::testing::Values(
        BrokenText{"", "t.csv: is empty"},
        BrokenText{"\n", "t.csv:1: unknown column; the columns are: task_id, success, score"},
        BrokenText{"taskid,success\na,1\n",
                   "t.csv:1: taskid: unknown column; did you mean \"task_id\""},
        BrokenText{"task_id,sucess\na,1\n",
                   "t.csv:1: sucess: unknown column; did you mean \"success\""},
        BrokenText{"success\n1\n", "t.csv:1: task_id: no such column"},
        BrokenText{"task_id\na\n", "t.csv:1: give exactly one of the columns success and score"},
        BrokenText{"task_id,success,score\na,1,1\n", "t.csv:1: give exactly one"},
        BrokenText{"task_id,success,success\na,1,1\n", "t.csv:1: success: the column occurs twice"},
        BrokenText{"task_id,success\na,1\nb\n", "t.csv:3: expected 2 fields, found 1"},
        BrokenText{"task_id,success\na,1,0\n", "t.csv:2: expected 2 fields, found 3"},
        BrokenText{"task_id,success\na,1\n\nb,1\n", "t.csv:3: expected 2 fields, found 1"},
        BrokenText{"task_id,success\n,1\n", "t.csv:2: task_id: is missing"},
        BrokenText{"task_id,success\na,\n", "t.csv:2: success: is missing"},
        BrokenText{"task_id,success\na,yes\n",
                   "t.csv:2: success: expected 0, 1, true or false, found \"yes\""},
        BrokenText{"task_id,success\na,2\n", "t.csv:2: success: expected 0, 1"},
        BrokenText{"task_id,success\na,0.5\n", "t.csv:2: success: expected 0, 1"},
        BrokenText{"task_id,success\na,1.0\n", "t.csv:2: success: expected 0, 1"},
        BrokenText{"task_id,success\na,TRUE\n", "t.csv:2: success: expected 0, 1"},
        BrokenText{"task_id,score\na,1.01\n", "t.csv:2: score: expected a number in [0, 1]"},
        BrokenText{"task_id,score\na,-0.1\n", "t.csv:2: score: expected a number in [0, 1]"},
        BrokenText{"task_id,score\na,nan\n", "t.csv:2: score: expected a finite number"},
        BrokenText{"task_id,score\na,NaN\n", "t.csv:2: score: expected a finite number"},
        BrokenText{"task_id,score\na,inf\n", "t.csv:2: score: expected a finite number"},
        BrokenText{"task_id,score\na,1e400\n", "t.csv:2: score: expected a finite number"},
        BrokenText{"task_id,score\na,0.5x\n", "t.csv:2: score: expected a finite number"},
        BrokenText{"task_id,score\na,\"0,5\"\n", "t.csv:2: score: expected a finite number"},
        BrokenText{"task_id,success,trial\na,1,one\n", "t.csv:2: trial: expected a whole number"},
        BrokenText{"task_id,success,trial\na,1,-1\n", "t.csv:2: trial: expected a whole number"},
        BrokenText{"task_id,success,trial\na,1,\n", "t.csv:2: trial: is empty"},
        BrokenText{"task_id,success,cost\na,1,-2\n", "t.csv:2: cost: expected 0 or more"},
        BrokenText{"task_id,success,guard:leak\na,1,maybe\n", "t.csv:2: guard:leak: expected 0, 1"},
        BrokenText{"task_id,success,guard:\na,1,0\n", "t.csv:1: guard:: unknown column"}));

}  // namespace
}  // namespace kedge::agent
