#include "harness/service/service.h"

#include <gmock/gmock.h>

#include "harness/net/http_client.h"
#include "harness/trace/jsonl.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;

constexpr char kSpans[] =
    R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef",)"
    R"("spanId":"0123456789abcdef","name":"x"}]}]}]})";

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    options_.listen = "127.0.0.1:0";
    options_.traces_folder = folder_.File("traces");
    options_.reports_folder = folder_.File("reports");
    testing::WriteFile(folder_.File("reports/a.html"), "a report");
    testing::WriteFile(folder_.File("secret"), "secret");
    net::HttpClientOptions direct;
    direct.proxy = "none";
    client_ = std::make_unique<net::HttpClient>(direct);
  }
  void Start() {
    service_ = std::make_unique<Service>(options_, metrics::BuildInfo{"1", "2"}, SystemClock());
  }
  net::HttpResponse Send(const std::string& method, const std::string& path,
                         const std::string& body = "") {
    net::HttpRequest request{method, service_->url() + path, {}, body};
    if (!body.empty()) request.headers.Add("Content-Type", "application/json");
    return client_->Send(request).value();
  }

  testing::TempFolder folder_;
  ServiceOptions options_;
  std::unique_ptr<net::HttpClient> client_;
  std::unique_ptr<Service> service_;
};

TEST_F(ServiceTest, TakesTracesAndWritesThemAtTheEnd) {
  Start();
  EXPECT_EQ(Send("POST", "/v1/traces", kSpans).status, 200);
  const Json health = ParseJson(Send("GET", "/healthz").body);
  EXPECT_EQ(health["status"], "ok");
  EXPECT_EQ(health["waiting_spans"], 1);
  EXPECT_EQ(service_->Stop(std::chrono::seconds(1)), 1);
  EXPECT_EQ(
      trace::ReadJsonl(folder_.File("traces/traces-00000001.jsonl"), [](trace::Trace&&) {}).read,
      1);
}

TEST_F(ServiceTest, AnEndWithoutStopWritesTracesToo) {
  Start();
  EXPECT_EQ(Send("POST", "/v1/traces", kSpans).status, 200);
  service_.reset();
  EXPECT_EQ(
      trace::ReadJsonl(folder_.File("traces/traces-00000001.jsonl"), [](trace::Trace&&) {}).read,
      1);
}

TEST_F(ServiceTest, ServesReportsMetricsAndNothingElse) {
  Start();
  EXPECT_EQ(Send("GET", "/reports/a.html").body, "a report");
  EXPECT_EQ(Send("GET", "/reports").status, 301);
  EXPECT_EQ(Send("GET", "/reports/%2e%2e/secret").status, 404);
  EXPECT_EQ(Send("GET", "/reports/..%2fsecret").status, 404);
  const auto metrics = Send("GET", "/metrics");
  EXPECT_THAT(metrics.body, HasSubstr("kedge_build_info"));
  EXPECT_THAT(metrics.body, HasSubstr("kedge_ingest_spans_total{result=\"accepted\"} 0"));
  EXPECT_EQ(Send("GET", "/").status, 404);
  EXPECT_EQ(Send("GET", "/reportsx").status, 404);
  EXPECT_EQ(Send("POST", "/healthz", "{}").status, 405);
  EXPECT_EQ(Send("GET", "/v1/traces").status, 405);
  EXPECT_EQ(Send("POST", "/v1/metrics", "{}").status, 404);
}

TEST_F(ServiceTest, WithoutATracesFolderItTakesNone) {
  options_.traces_folder.clear();
  Start();
  EXPECT_EQ(Send("POST", "/v1/traces", kSpans).status, 404);
  EXPECT_EQ(Send("GET", "/healthz").status, 200);
  EXPECT_EQ(service_->Stop(std::chrono::seconds(0)), 0);
}

TEST_F(ServiceTest, OneProcessPerFolder) {
  Start();
  EXPECT_EQ(ErrorOf([&] {
              Service(options_, {"1", "2"}, SystemClock());
            }).kind(),
            ErrorKind::kTemporary);
}

TEST(ServiceOptionsTest, ReadsAFile) {
  const ServiceOptions options = ReadServiceOptions(Document::FromYaml(
      "format: kedge-serve/1\nlisten: 127.0.0.1:9\nreports: r\n"
      "traces: {folder: t, rotate_bytes: 5000, quiet_seconds: 3, patience_seconds: 4, "
      "max_spans: 5}\nlimits: {body_bytes: 6, inflated_bytes: 7, connections: 8, threads: 9}\n",
      "serve.yaml"));
  EXPECT_EQ(options.listen + options.reports_folder + options.traces_folder, "127.0.0.1:9rt");
  EXPECT_EQ(options.rotate_bytes, 5000U);
  EXPECT_EQ(options.assembler.quiet_nanos, 3'000'000'000);
  EXPECT_EQ(options.assembler.patience_nanos, 4'000'000'000);
  EXPECT_EQ(options.assembler.max_spans, 5U);
  EXPECT_EQ(options.http.max_body_bytes, 6U);
  EXPECT_EQ(options.http.max_inflated_bytes, 7U);
  EXPECT_EQ(options.http.max_connections, 8U);
  EXPECT_EQ(options.http.threads, 9U);
}

TEST(ServiceOptionsTest, ReadsWhatIsDoneToArrivingTraces) {
  const auto read = [](const std::string& rest) {
    return ReadServiceOptions(
               Document::FromYaml("format: kedge-serve/1\ntraces: {folder: t}\n" + rest, "s.yaml"))
        .review;
  };
  EXPECT_EQ(read("").redaction.packs, loop::DefaultRedactionPacks()) << "unless one says no";
  EXPECT_TRUE(read("redact: {packs: []}\n").redaction.packs.empty());
  const TraceReviewOptions review = read(
      "redact: {packs: [pii/v1], key: k}\nguards: p.yaml\n"
      "watch: {baseline: b, state: s, threshold: 500, tolerance: 0.1, cost_cap: 2, "
      "latency_cap: 3, min_inclusion: 0.5}\n");
  EXPECT_EQ(review.redaction.packs, std::vector<std::string>{"pii/v1"});
  EXPECT_EQ(review.redaction.key_file + review.guard_policy_file, "kp.yaml");
  ASSERT_TRUE(review.watch);
  EXPECT_EQ(review.watch->baseline + review.watch->state_file, "bs");
  EXPECT_EQ(review.watch->threshold, 500);
  EXPECT_EQ(review.watch->tolerance, 0.1);
  EXPECT_EQ(review.watch->cost_cap, 2);
  EXPECT_EQ(review.watch->latency_cap, 3);
  EXPECT_EQ(review.watch->min_inclusion, 0.5);
}

TEST(ServiceOptionsTest, NamesTheMistake) {
  struct Case {
    const char* yaml;
    const char* field;
  };
  const Case cases[] = {
      {"listen: x\n", "format"},
      {"format: kedge-serve/2\n", "format"},
      {"format: kedge-serve/1\nlisten: 5\n", "listen"},
      {"format: kedge-serve/1\nlisen: x\n", "lisen"},
      {"format: kedge-serve/1\ntraces: {}\n", "traces.folder"},
      {"format: kedge-serve/1\ntraces: {folder: ''}\n", "traces.folder"},
      {"format: kedge-serve/1\ntraces: {folder: t, max_spans: 0}\n", "traces.max_spans"},
      {"format: kedge-serve/1\nlimits: {threads: 1000}\n", "limits.threads"},
      {"format: kedge-serve/1\nredact: {pack: [x]}\n", "pack"},
      {"format: kedge-serve/1\nguards: 5\n", "guards"},
      {"format: kedge-serve/1\nwatch: {}\n", "watch"},
      {"format: kedge-serve/1\nwatch: {baseline: b, threshold: 2}\n", "watch.threshold"},
  };
  for (const Case& item : cases) {
    const Error error =
        ErrorOf([&] { ReadServiceOptions(Document::FromYaml(item.yaml, "serve.yaml")); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadData) << item.yaml;
    EXPECT_THAT(std::string(error.what()), HasSubstr(item.field)) << item.yaml;
  }
}

}  // namespace
}  // namespace kedge::service
