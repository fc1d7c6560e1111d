#include "harness/service/trace_ingest.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "harness/core/log.h"
#include "harness/trace/jsonl.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

using ::testing::HasSubstr;

class SteppedClock : public Clock {
 public:
  std::int64_t UnixNanos() const override { return nanos; }
  std::int64_t SteadyNanos() const override { return nanos; }
  std::int64_t nanos = 1'000'000'000;
};

std::string RootSpan(const std::string& trace_id, const std::string& span_id) {
  return R"({"traceId":")" + trace_id + R"(","spanId":")" + span_id +
         R"(","name":"chat m","kind":3,"startTimeUnixNano":"1000","endTimeUnixNano":"2000",)"
         R"("attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},)"
         R"({"key":"gen_ai.output.messages","value":{"stringValue":)"
         R"("[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]"}}]})";
}

std::string Batch(const std::string& spans) {
  return R"({"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[)" + spans +
         "]}]}]}";
}

const std::string kTraceA(32, 'a');
const std::string kSpan(16, '1');

class TraceIngestTest : public ::testing::Test {
 protected:
  net::HttpResponse Post(const std::string& body, const std::string& type = "application/json") {
    return ingest_.Post({"POST", "/v1/traces", "", {{"Content-Type", type}}, body});
  }
  std::vector<trace::Trace> Written() const {
    std::vector<trace::Trace> traces;
    (void)trace::ReadJsonl(log_.current_file(),
                           [&](trace::Trace&& trace) { traces.push_back(std::move(trace)); });
    return traces;
  }

  testing::TempFolder folder_;
  TraceLog log_{folder_.path()};
  metrics::IngestMetrics metrics_;
  SteppedClock clock_;
  TraceReview review_{{}, metrics_};
  TraceIngest ingest_{log_, review_, metrics_, clock_, {}};
};

TEST_F(TraceIngestTest, WritesATraceOnceItIsQuiet) {
  const auto response = Post(Batch(RootSpan(kTraceA, kSpan)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{}");
  ingest_.WriteFinished();
  EXPECT_TRUE(Written().empty());
  EXPECT_EQ(ingest_.status().waiting_spans, 1U);
  clock_.nanos += 31'000'000'000;
  ingest_.WriteFinished();
  ASSERT_EQ(Written().size(), 1U);
  EXPECT_EQ(ingest_.status().waiting_spans, 0U);
  EXPECT_EQ(ingest_.status().traces_written, 1);
  EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_ingest_traces_total{result=\"written\"} 1"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_ingest_requests_total{status=\"200\"} 1"));
}

TEST_F(TraceIngestTest, TheSameSpanTwiceIsOneSpan) {
  Post(Batch(RootSpan(kTraceA, kSpan)));
  Post(Batch(RootSpan(kTraceA, kSpan)));
  ingest_.Flush();
  const std::vector<trace::Trace> written = Written();
  ASSERT_EQ(written.size(), 1U);
  std::int64_t spoken = 0;
  for (const trace::Step& step : written[0].steps) spoken += step.text == "hi" ? 1 : 0;
  EXPECT_EQ(spoken, 1) << trace::ToJsonLine(written[0]);
}

TEST_F(TraceIngestTest, SaysWhichSpansItRefusedAndTakesTheRest) {
  const std::string mixed = Batch(RootSpan(kTraceA, kSpan) + "," + RootSpan("xyz", kSpan));
  const auto response = Post(mixed);
  EXPECT_EQ(response.status, 200);
  const Json partial = ParseJson(response.body)["partialSuccess"];
  EXPECT_EQ(partial["rejectedSpans"], "1");
  EXPECT_NE(partial["errorMessage"], "");
  ingest_.Flush();
  EXPECT_EQ(Written().size(), 1U);
}

TEST_F(TraceIngestTest, RefusesWhatIsNoRequest) {
  for (const char* body : {"", "[]", "7", "{", "\xff"}) {
    const auto response = Post(body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(ParseJson(response.body)["code"], 3) << body;
  }
  EXPECT_EQ(Post("{}", "text/plain").status, 415);
  const auto damaged = Post("\x0a\xff", "application/x-protobuf");
  EXPECT_EQ(damaged.headers.Get("Content-Type"), "application/x-protobuf");
  EXPECT_EQ(ingest_.status().waiting_spans, 0U);
}

TEST(TraceIngestFailureTest, AsksClientsToWaitWhileNothingCanBeWritten) {
  const testing::TempFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.File("traces-00000001.jsonl"));
  TraceLog log(folder.path());
  metrics::IngestMetrics metrics;
  SteppedClock clock;
  TraceReview review({}, metrics);
  TraceIngest ingest(log, review, metrics, clock, {});
  const auto post = [&] {
    return ingest.Post({"POST",
                        "/v1/traces",
                        "",
                        {{"Content-Type", "application/json"}},
                        Batch(RootSpan(kTraceA, kSpan))});
  };
  EXPECT_EQ(post().status, 200);
  clock.nanos += 31'000'000'000;
  SetLogLevel(static_cast<LogLevel>(static_cast<int>(LogLevel::kError) + 1));
  ingest.WriteFinished();
  const auto refused = post();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.Get("Retry-After"), "5");
  EXPECT_NE(ingest.status().trouble, "");
  EXPECT_THROW(ingest.Flush(), Error);
  SetLogLevel(LogLevel::kInfo);
}

TEST(TraceIngestFailureTest, ARequestDoesNotWaitForWhatIsWritten) {
  const testing::TempFolder folder;
  const std::string file = folder.File("traces-00000001.jsonl");
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  TraceLog log(folder.path());
  metrics::IngestMetrics metrics;
  SteppedClock clock;
  TraceReview review({}, metrics);
  TraceIngest ingest(log, review, metrics, clock, {});
  const auto post = [&](const std::string& trace_id) {
    return ingest
        .Post({"POST",
               "/v1/traces",
               "",
               {{"Content-Type", "application/json"}},
               Batch(RootSpan(trace_id, kSpan))})
        .status;
  };
  const std::string digits = "0123456789abcdef";
  for (const char a : digits) {
    for (const char b : digits) post(std::string(30, 'a') + a + b);
  }
  clock.nanos += 31'000'000'000;
  SetLogLevel(static_cast<LogLevel>(static_cast<int>(LogLevel::kError) + 1));
  // More than the pipe takes: the writer waits for a reader.
  auto writer = std::async(std::launch::async, [&] { ingest.WriteFinished(); });
  const int pipe = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  pollfd readable{pipe, POLLIN, 0};
  ASSERT_EQ(poll(&readable, 1, 10'000), 1);
  auto answered = std::async(std::launch::async, [&] { return post(kTraceA); });
  const bool in_time = answered.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  const bool still_writing =
      writer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
  std::vector<char> buffer(1 << 16);
  while (writer.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
    (void)!read(pipe, buffer.data(), buffer.size());
  }
  close(pipe);
  SetLogLevel(LogLevel::kInfo);
  EXPECT_TRUE(in_time);
  EXPECT_TRUE(still_writing) << "else the test says nothing";
  EXPECT_EQ(answered.get(), 200);
}

TEST(TraceIngestFailureTest, AsksClientsToWaitWhenTracesComeFasterThanTheyAreWritten) {
  const testing::TempFolder folder;
  TraceLog log(folder.path());
  metrics::IngestMetrics metrics;
  SteppedClock clock;
  TraceReview review({}, metrics);
  trace::SpanAssemblerOptions options;
  options.max_spans = 2;
  TraceIngest ingest(log, review, metrics, clock, options);
  const auto post = [&](char digit) {
    return ingest
        .Post({"POST",
               "/v1/traces",
               "",
               {{"Content-Type", "application/json"}},
               Batch(RootSpan(std::string(32, digit), kSpan))})
        .status;
  };
  for (const char digit : {'1', '2', '3', '4', '5'}) EXPECT_EQ(post(digit), 200) << digit;
  EXPECT_EQ(post('6'), 503) << "five spans are held where two may wait";
  ingest.WriteFinished();
  EXPECT_EQ(post('6'), 200);
  ingest.Flush();
  EXPECT_EQ(ingest.status().traces_written, 6);
}

}  // namespace
}  // namespace kedge::service
