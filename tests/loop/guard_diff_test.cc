// Replaying archives under a changed policy.

#include "harness/loop/guard_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <iostream>
#include <thread>

#include "harness/loop/guard_check.h"
#include "harness/trace/archive_writer.h"
#include "harness/trace/trace_json.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::ElementsAre;

std::string ArchiveOf(int traces, int calls) {
  std::string out;
  for (int t = 0; t < traces; ++t) {
    trace::Trace trace;
    trace.id = "t" + std::to_string(t);
    for (int i = 0; i < calls; ++i) {
      trace::Step call;
      call.kind = trace::StepKind::kToolCall;
      call.actor = "agent";
      call.call = {std::to_string(i),
                   i % 3 == 2 ? "refund_order" : "get_order",
                   {{"order_id", "W00000" + std::to_string((t + i) % 10)}, {"reason", "late"}}};
      trace::Step result;
      result.kind = trace::StepKind::kObservation;
      result.actor = "tool";
      result.observation = {std::to_string(i), false, "",
                            R"({"status":"pending","total":"12.50"})"};
      trace.steps.push_back(call);
      trace.steps.push_back(result);
    }
    out += DumpJson(trace::ToJson(trace)) + "\n";
  }
  return out;
}

class GuardDiffTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string text = testing::ReadWholeFile(before_);
    const std::string from = "match: {tool: [cancel_order, refund_order]}";
    const std::size_t at = text.find(from);
    ASSERT_NE(at, text.npos);
    std::string changed = text;
    changed.replace(at, from.size(), from + "\n  mode: enforce");
    testing::WriteFile(same_, changed);
    const std::size_t n = text.find("of: successes");
    changed = text;
    changed.replace(text.rfind("n: 1", n), 4, "n: 2");
    // The example of the rule as it was no longer holds.
    const std::size_t example =
        changed.find("      - {call: refund_order, args: {order_id: W000001, reason: late}}");
    ASSERT_NE(example, changed.npos);
    changed.insert(example,
                   "      - {result: refund_order, args: {order_id: W000001, reason: late}}\n");
    testing::WriteFile(looser_, changed);
    testing::WriteFile(archive_, ArchiveOf(20, 60));
  }

  testing::TempFolder folder_{};
  const std::string before_ = testing::SourcePath("guards/policies/retail.yaml");
  const std::string same_ = folder_.File("same.yaml");
  const std::string looser_ = folder_.File("looser.yaml");
  const std::string archive_ = folder_.File("a.jsonl");
};

TEST_F(GuardDiffTest, SaysExactlyWhichVerdictsChange) {
  const GuardDiffResult same = RunGuardDiff(before_, same_, {archive_}, 2);
  EXPECT_EQ(same.traces, 20U);
  EXPECT_EQ(same.events, 2400U);
  EXPECT_TRUE(same.changes.empty());
  const GuardDiffResult looser = RunGuardDiff(before_, looser_, {archive_}, 2);
  ASSERT_FALSE(looser.changes.empty());
  // The events that one policy flags and the other does not, found by two plain checks.
  const auto flagged = [&](const std::string& policy) {
    std::set<std::pair<std::string, std::size_t>> out;
    for (const guards::RecordedFinding& finding : RunGuardCheck(policy, {archive_}).findings) {
      if (finding.finding.verdict == guards::Verdict::kDeny)
        out.emplace(finding.trace, finding.event);
    }
    return out;
  };
  auto expected = flagged(before_);
  for (const auto& place : flagged(looser_)) EXPECT_EQ(expected.erase(place), 1U);
  std::set<std::pair<std::string, std::size_t>> found;
  for (const ChangedVerdict& change : looser.changes) {
    found.emplace(change.trace, change.event);
    EXPECT_EQ(change.before, "deny");
    EXPECT_THAT(change.gone, ElementsAre("paid-back-once: deny"));
  }
  EXPECT_EQ(found, expected);
}

TEST_F(GuardDiffTest, DoesNotDependOnThreads) {
  EXPECT_EQ(RunGuardDiff(before_, looser_, {archive_}, 1).ToJson(),
            RunGuardDiff(before_, looser_, {archive_}, 3).ToJson());
}

TEST_F(GuardDiffTest, ReplaysAMillionEventsInTenSeconds) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "slow build";
  testing::WriteFile(archive_, ArchiveOf(8400, 60));
  const std::clock_t begin = std::clock();
  const GuardDiffResult result = RunGuardDiff(before_, looser_, {archive_}, 2);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::cout << result.events << " events, both policies: " << seconds << " s of processor time\n";
  EXPECT_GE(result.events, 1'000'000U);
  EXPECT_LT(seconds, 20) << "ten seconds on two cores";
}

}  // namespace
}  // namespace kedge::loop
