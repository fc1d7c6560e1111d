// A learner tries to read what it may not.

#include "harness/store/learner_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/trace/jsonl.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr const char* kSuite = R"(format: kedge-suite/1
suite: split
tasks: tasks.jsonl
splits: {dev: [open], gate: [sealed], vault: [deep]}
)";

trace::Trace TraceOf(const std::string& id, const std::string& split, const std::string& family) {
  trace::Trace trace;
  trace.id = id;
  trace.split = split;
  trace.key.suite = "split";
  trace.key.family = family;
  trace.key.task_id = family + "-1";
  return trace;
}

class LearnerViewTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string tasks;
    for (const char* family : {"open", "sealed", "deep"}) {
      tasks += DumpJson(Json{{"id", std::string(family) + "-1"},
                             {"family", family},
                             {"instruction", "go"},
                             {"tell", {"yes"}}}) +
               "\n";
    }
    testing::WriteFile(folder_.File("suite.yaml"), kSuite);
    testing::WriteFile(folder_.File("tasks.jsonl"), tasks);
  }

  std::string Archive(const std::vector<trace::Trace>& traces) {
    std::string lines;
    for (const trace::Trace& trace : traces) lines += trace::ToJsonLine(trace) + "\n";
    testing::WriteFile(folder_.File("traces.jsonl"), lines);
    return folder_.File("traces.jsonl");
  }

  testing::TempFolder folder_;
};

TEST_F(LearnerViewTest, ItsSuiteHasDevTasksOnly) {
  const LearnerView view(folder_.path());
  ASSERT_EQ(view.suite()->tasks().size(), 1u);
  EXPECT_EQ(view.suite()->tasks()[0].split, "dev");
  EXPECT_FALSE(view.suite()->FindTask("sealed-1"));
  EXPECT_FALSE(view.suite()->FindTask("deep-1"));
}

TEST_F(LearnerViewTest, TracesOfOtherSplitsAreRefusedAndCounted) {
  LearnerView view(folder_.path());
  std::vector<std::string> seen;
  const std::string path = Archive(
      {TraceOf("a", "dev", "open"), TraceOf("b", "gate", "sealed"), TraceOf("c", "vault", "deep"),
       TraceOf("d", "", "open"), TraceOf("e", "gate", "sealed"), TraceOf("f", "production", "open"),
       TraceOf("g", "dev", "open")});
  try {
    view.ReadTraces(path, [&](trace::Trace&& trace) { seen.push_back(trace.id); });
    ADD_FAILURE() << "gate traces were read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotPermitted);
    EXPECT_EQ(error.file(), path);
    EXPECT_EQ(error.line(), 2);
    EXPECT_THAT(error.what(), HasSubstr("5 traces refused"));
    EXPECT_THAT(error.what(), HasSubstr("split \"gate\""));
  }
  EXPECT_THAT(seen, ElementsAre("a", "g"));
  EXPECT_THAT(view.refused(), ElementsAre(Pair("gate", 2), Pair("production", 1),
                                          Pair("unknown", 1), Pair("vault", 1)));
}

TEST_F(LearnerViewTest, ALabelDoesNotMakeAGateTaskADevTask) {
  LearnerView view(folder_.path());
  EXPECT_TRUE(view.Admit(TraceOf("a", "dev", "open")));
  EXPECT_FALSE(view.Admit(TraceOf("b", "dev", "sealed")));
  EXPECT_FALSE(view.Admit(TraceOf("c", "dev", "deep")));
  EXPECT_THAT(view.refused(), ElementsAre(Pair("mislabelled", 2)));
}

TEST_F(LearnerViewTest, AVerdictIsItsNameAndItsCodes) {
  const auto store = Store::Open(folder_.File("kedge.db"));
  VerdictRow row;
  row.suite = "split";
  row.champion_hash = "a";
  row.candidate_hash = "b";
  row.verdict = "BLOCK";
  row.digest = "d";
  row.document = Json{{"reasons", {{{"code", "regression:orders"}, {"text", "sealed-1 failed"}}}},
                      {"flips", {{{"task_id", "sealed-1"}}}}};
  store->AddVerdict(row);
  const std::vector<LearnerVerdict> verdicts = LearnerView::Verdicts(*store, 10);
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0].verdict, "BLOCK");
  EXPECT_THAT(verdicts[0].reasons, ElementsAre("regression:orders"));
}

TEST_F(LearnerViewTest, ADamagedRecordEndsTheReading) {
  LearnerView view;
  testing::WriteFile(folder_.File("bad.jsonl"),
                     trace::ToJsonLine(TraceOf("a", "dev", "open")) + "\n{\"format\":\n");
  try {
    view.ReadTraces(folder_.File("bad.jsonl"), [](trace::Trace&&) {});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_EQ(error.line(), 2);
  }
}

}  // namespace
}  // namespace kedge::store
