#include "harness/agent/recorded/recorded_outcomes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/trace/jsonl.h"
#include "tests/testing/needs.h"

namespace kedge::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RecordedFile : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    testing::WriteFile(folder_.File(name), text);
    return folder_.File(name);
  }

  std::string MessageOf(const std::string& spec) {
    try {
      (void)ReadRecorded(spec);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  testing::TempFolder folder_;
};

std::vector<std::string> TasksOf(const RecordedOutcomes& outcomes) {
  std::vector<std::string> tasks;
  for (const RecordedRun& run : outcomes.runs) tasks.push_back(run.record.key.task_id);
  return tasks;
}

constexpr const char* kMatrix =
    "{\"subject_id\":\"one\",\"responses\":{\"a\":1,\"b\":0},\"rank\":\"9\"}\n"
    "{\"subject_id\":\"two\",\"responses\":{\"a\":{\"successes\":2,\"trials\":3},"
    "\"b\":{\"successes\":0,\"trials\":0}}}\n";

TEST_F(RecordedFile, MatrixPicksASubject) {
  const RecordedOutcomes one = ReadRecorded(Write("m.jsonl", kMatrix) + "#one");
  EXPECT_EQ(one.subject, "one");
  EXPECT_EQ(one.format, "matrix");
  EXPECT_THAT(TasksOf(one), ElementsAre("a", "b"));
  EXPECT_TRUE(one.runs[0].record.outcome.success);
  EXPECT_FALSE(one.anonymous_trials);
  EXPECT_FALSE(one.notes.empty()) << "a 0 may mean that nothing was submitted";
}

TEST_F(RecordedFile, MatrixWithCountsExpandsTrials) {
  const RecordedOutcomes two = ReadRecorded(Write("m.jsonl", kMatrix) + "#two");
  EXPECT_TRUE(two.anonymous_trials);
  EXPECT_THAT(TasksOf(two), ElementsAre("a", "a", "a", "b"));
  EXPECT_EQ(two.runs[1].record.outcome.score, 1);
  EXPECT_EQ(two.runs[2].record.outcome.score, 0);
  EXPECT_EQ(two.runs[3].record.outcome.status, trace::EpisodeStatus::kMissing);
}

TEST_F(RecordedFile, MatrixNeedsAPick) {
  const std::string path = Write("m.jsonl", kMatrix);
  EXPECT_THAT(MessageOf(path), HasSubstr("holds 2 subjects; pick one with FILE#SUBJECT: one, two"));
  EXPECT_THAT(MessageOf(path + "#onee"), HasSubstr("did you mean \"one\"?"));
}

TEST_F(RecordedFile, JsonLines) {
  const RecordedOutcomes out = ReadRecorded(
      Write("o.jsonl", R"({"task_id":"a","success":true,"trial":0,"guards":{"leak":1}})"
                       "\n"
                       R"({"task_id":7,"success":0.0,"trial":1,"cost":null})"
                       "\n"
                       R"({"task_id":"a","trial":1,"error":"judge down"})"
                       "\n"));
  EXPECT_EQ(out.subject, "o");
  EXPECT_THAT(TasksOf(out), ElementsAre("a", "7", "a"));
  EXPECT_EQ(out.runs[0].record.outcome.violations.at("leak"), 1);
  EXPECT_EQ(out.runs[2].record.outcome.status, trace::EpisodeStatus::kMissing);
  EXPECT_EQ(out.runs[2].line, 3);
}

TEST_F(RecordedFile, PartialCreditIsNotBinary) {
  EXPECT_TRUE(ReadRecorded(Write("a.csv", "task_id,score\na,1\nb,0\n")).binary);
  EXPECT_FALSE(ReadRecorded(Write("b.csv", "task_id,score\na,1\nb,0.5\n")).binary);
}

TEST_F(RecordedFile, PicksNarrowByStratumSubjectAndTrial) {
  const std::string path = Write("a.csv",
                                 "task_id,success,subject,stratum,trial\n"
                                 "a,1,me,easy,0\nb,0,me,hard,0\na,0,me,easy,1\na,0,you,easy,0\n");
  EXPECT_THAT(MessageOf(path), HasSubstr("holds 2 subjects"));
  EXPECT_EQ(ReadRecorded(path + "#me").runs.size(), 3u);
  EXPECT_EQ(ReadRecorded(path + "#me#easy").runs.size(), 2u);
  const RecordedOutcomes second = ReadRecorded(path + "#me#trial=1");
  EXPECT_THAT(TasksOf(second), ElementsAre("a"));
  EXPECT_EQ(second.runs[0].record.key.trial, 0);
  EXPECT_THAT(MessageOf(path + "#me#trial=5"), HasSubstr("no subject, stratum or trial"));
}

TEST_F(RecordedFile, AFileNameMayHoldAHash) {
  const std::string path = Write("run#3.csv", "task_id,success,stratum\na,1,x\nb,1,y\n");
  EXPECT_EQ(ReadRecorded(path).runs.size(), 2u);
  EXPECT_EQ(ReadRecorded(path + "#x").runs.size(), 1u);
}

TEST_F(RecordedFile, OwnTraces) {
  trace::Trace trace;
  trace.id = "e1";
  trace.strategy = "hash";
  trace.key.task_id = "t";
  trace.outcome.emplace();
  trace.outcome->success = true;
  trace.outcome->score = 1;
  const RecordedOutcomes out = ReadRecorded(Write("t.jsonl", ToJsonLine(trace) + "\n"));
  EXPECT_EQ(out.format, "kedge-trace/1");
  EXPECT_EQ(out.subject, "hash");
  trace.outcome.reset();
  EXPECT_THAT(MessageOf(Write("u.jsonl", ToJsonLine(trace))),
              HasSubstr("outcome: trace \"e1\": is missing"));
}

TEST_F(RecordedFile, AnAgentDojoFileLeavesAttackersGoalsOut) {
  const auto row = [](const std::string& user, const std::string& attack) {
    return R"({"suite_name":"s","pipeline_name":"p","user_task_id":")" + user +
           R"(","injection_task_id":null,"attack_type":)" + attack +
           R"(,"messages":[],"error":null,"utility":true,"security":true})" + "\n";
  };
  const std::string path =
      Write("d.jsonl", row("user_task_0", "null") + row("injection_task_0", "null") +
                           row("user_task_0", "\"direct\""));
  EXPECT_EQ(ReadRecorded(path).runs.size(), 2u);
  EXPECT_EQ(ReadRecorded(path + "#direct").runs.size(), 1u);
}

struct BrokenFile {
  const char* text;
  const char* message;
};

class BrokenRecorded : public ::testing::TestWithParam<BrokenFile> {};

TEST_P(BrokenRecorded, IsOneMessageAboutOneFile) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("f"), GetParam().text);
  try {
    (void)ReadRecorded(folder.File("f"));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr(folder.File("f")));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenRecorded,
    ::testing::Values(
        BrokenFile{"", "is empty"}, BrokenFile{"\n \n", "is empty"},
        BrokenFile{"task_id,success\n", "holds no outcomes"},
        BrokenFile{"task_id,success\na,1\na,0\n",
                   "f:3: task_id: task \"a\" occurs again: repeats carry no id"},
        BrokenFile{"task_id,success,trial\na,1,0\nb,1,0\na,0,0\n",
                   "f:4: trial: task \"a\" occurs again with trial 0"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1}\n{\"task_id\":\"a\",\"success\":1}\n",
                   "f:2: task_id: task \"a\" occurs again: repeats carry no id"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1}\n{\"task_id\":\"b\",\"score\":1}\n",
                   "f:2: score: mixed columns: this record has it but line 1 has success"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1,\"trial\":0}\n{\"task_id\":\"b\","
                   "\"success\":1}\n",
                   "f:2: trial: mixed columns: this record lacks it but line 1 has it"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1}\n{broken\n", "f:2: "},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1}\n[1]\n", "f:2: expected an object"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1,\"sucess\":0}\n",
                   "f:1: sucess: unknown column"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":\"1\"}\n",
                   "f:1: success: expected a number, found text"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":[1]}\n", "f:1: success: expected a number"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":0.5}\n", "f:1: success: expected 0, 1"},
        BrokenFile{"{\"task_id\":\"a\",\"score\":2}\n", "f:1: score: expected a number in [0, 1]"},
        BrokenFile{"{\"task_id\":\"a\",\"score\":NaN}\n", "f:1: "},
        BrokenFile{"{\"task_id\":\"a\",\"score\":1,\"success\":1}\n",
                   "f:1: score: give either success or score"},
        BrokenFile{"{\"task_id\":\"\",\"success\":1}\n", "f:1: task_id: is missing"},
        BrokenFile{"{\"task_id\":1.5,\"success\":1}\n", "f:1: task_id: expected text"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":null}\n", "f:1: success: is missing"},
        BrokenFile{"{\"task_id\":\"a\",\"success\":1,\"guards\":[]}\n", "f:1: guards: expected"},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{\"a\":2}}\n",
                   "f:1: responses.a: expected 0, 1 or"},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{\"a\":\"1\"}}\n", "f:1: responses.a: "},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{\"a\":1,\"a\":0}}\n", "f:1: "},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":[1]}\n",
                   "f:1: responses: expected an object"},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{\"\":1}}\n", "a task needs a name"},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{}}\n", "holds no outcomes"},
        BrokenFile{"{\"subject_id\":7,\"responses\":{\"a\":1}}\n",
                   "f:1: subject_id: expected text"},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{\"a\":{\"successes\":6,\"trials\":5}}}\n",
                   "f:1: responses.a: more successes than trials"},
        BrokenFile{"{\"subject_id\":\"s\",\"responses\":{\"a\":{\"successes\":1}}}\n",
                   "f:1: responses.a: expected a count of 0 or more in trials"},
        BrokenFile{"{\"pipeline_name\":\"p\",\"user_task_id\":\"u\",\"suite_name\":\"s\"}\n",
                   "f:1: utility: is missing"},
        BrokenFile{"{\"x\":1}\n", "not a trace file"}));

TEST_F(RecordedFile, OneSubjectTwiceInAMatrix) {
  const std::string path = Write("m.jsonl",
                                 "{\"subject_id\":\"s\",\"responses\":{\"a\":1}}\n"
                                 "{\"subject_id\":\"s\",\"responses\":{\"a\":0}}\n");
  EXPECT_THAT(MessageOf(path + "#s"), HasSubstr("m.jsonl:2: subject_id: the subject \"s\" occurs"));
}

TEST_F(RecordedFile, BrokenRecordsAreCounted) {
  const std::string bad = R"({"pipeline_name":"p","user_task_id":"u"})";
  EXPECT_THAT(MessageOf(Write("d.jsonl", bad + "\n" + bad + "\n")),
              HasSubstr("2 broken records, the first: "));
}

TEST_F(RecordedFile, AbsentFileIsMissingInput) {
  try {
    (void)ReadRecorded(folder_.File("none.csv") + "#x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMissingInput);
    EXPECT_THAT(error.what(), HasSubstr("none.csv"));
  }
}

}  // namespace
}  // namespace kedge::agent
