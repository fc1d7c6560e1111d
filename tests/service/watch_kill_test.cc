// A service that is killed between writing traces and saving the alarm's state loses no grade.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "harness/core/log.h"
#include "harness/core/random.h"
#include "harness/service/trace_log.h"
#include "harness/service/trace_review.h"
#include "harness/trace/archive_writer.h"
#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

constexpr int kKills = 25;
constexpr std::size_t kSmallFile = 20'000;

trace::Trace Graded(std::int64_t number) {
  trace::Trace trace;
  trace.id = std::to_string(number);
  trace.outcome.emplace();
  trace.outcome->success = number % 7 != 0;
  trace.outcome->score = trace.outcome->success ? 1 : 0;
  return trace;
}

class WatchKillTest : public ::testing::Test {
 protected:
  WatchKillTest() {
    SetLogLevel(LogLevel::kError);
    trace::ArchiveWriter baseline(File("baseline.jsonl"));
    for (int i = 0; i < 400; ++i) baseline.Write(Graded(i));
    baseline.Finish();
    options_.redaction = {};
    options_.watch.emplace();
    options_.watch->baseline = File("baseline.jsonl");
    options_.watch->state_file = File("watch.json");
  }
  ~WatchKillTest() override { SetLogLevel(LogLevel::kInfo); }

  std::string File(const std::string& name) const { return folder_.File(name); }

  std::int64_t InLog(const TraceLog& log) const {
    std::int64_t count = 0;
    log.ReadFrom({1, 0}, [&](trace::Trace&&) { ++count; });
    return count;
  }

  // The state of one that saw the whole log, each trace once and in order.
  std::string StateOfOneThatSawAll(const TraceLog& log) {
    TraceReviewOptions options = options_;
    options.watch->state_file = File("undisturbed.json");
    std::filesystem::remove(options.watch->state_file);
    TraceReview review(options, metrics_);
    std::vector<trace::Trace> all;
    log.ReadFrom({1, 0}, [&](trace::Trace&& trace) { all.push_back(std::move(trace)); });
    review.Written(all, log.end());
    return testing::ReadWholeFile(File("undisturbed.json"));
  }

  std::string StateAfterCatchingUp(const TraceLog& log) {
    TraceReview review(options_, metrics_);
    review.CatchUp(log);
    return testing::ReadWholeFile(File("watch.json"));
  }

  const testing::TempFolder folder_;
  TraceReviewOptions options_;
  metrics::IngestMetrics metrics_;
};

TEST_F(WatchKillTest, WhatWasWrittenAndNotSavedIsTakenInAtTheStart) {
  TraceLog log(File("traces"), kSmallFile);
  {
    TraceReview review(options_, metrics_);
    review.CatchUp(log);
    const std::vector<trace::Trace> seen = {Graded(1), Graded(2), Graded(7)};
    log.Append(seen);
    review.Written(seen, log.end());
    log.Append({Graded(14), Graded(21)});  // and is gone before it says so
  }
  EXPECT_EQ(StateAfterCatchingUp(log), StateOfOneThatSawAll(log));
  EXPECT_EQ(StateAfterCatchingUp(log), StateOfOneThatSawAll(log)) << "once, not twice";
}

TEST_F(WatchKillTest, AnAlarmThatBeginsLaterLeavesTheEarlierTracesAlone) {
  TraceLog log(File("traces"));
  log.Append({Graded(7), Graded(14)});
  { TraceReview(options_, metrics_).CatchUp(log); }
  log.Append({Graded(1)});
  metrics::IngestMetrics metrics;
  TraceReview review(options_, metrics);
  review.CatchUp(log);
  EXPECT_NE(metrics.Text().find("kedge_watch_traces 1\n"), std::string::npos) << metrics.Text();
}

TEST_F(WatchKillTest, KilledAtAnyMomentItEndsWithTheStateOfOneThatWasNot) {
  Random random(1);
  for (int kill = 0; kill < kKills; ++kill) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      TraceLog log(File("traces"), kSmallFile);
      TraceReview review(options_, metrics_);
      review.CatchUp(log);
      for (std::int64_t number = InLog(log);;) {
        std::vector<trace::Trace> batch;
        for (int i = 0; i < 3; ++i) batch.push_back(Graded(number++));
        log.Append(batch);
        review.Written(batch, log.end());
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random.Below(80)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  }
  const TraceLog log(File("traces"), kSmallFile);
  EXPECT_GT(InLog(log), kKills);
  EXPECT_EQ(StateAfterCatchingUp(log), StateOfOneThatSawAll(log));
}

}  // namespace
}  // namespace kedge::service
