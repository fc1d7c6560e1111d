// The official OpenTelemetry SDK sends spans; the trace that arrives must say what was sent.

#include <gmock/gmock.h>

#include "harness/service/service.h"
#include "harness/trace/jsonl.h"
#include "tests/npm/npm_peers.h"

namespace kedge::service {
namespace {

class OtlpNpmTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(OtlpNpmTest, WhatArrivesIsWhatWasSent) {
  KEDGE_NEED_NPM();
  const auto [encoding, compression] = GetParam();
  const testing::TempFolder folder;
  ServiceOptions options;
  options.listen = "127.0.0.1:0";
  options.traces_folder = folder.path();
  Service service(options, {"1", "2"}, SystemClock());
  const Json sent = testing::RunNode("otel_send.mjs", {service.url(), encoding, compression});
  ASSERT_TRUE(sent.is_object());
  EXPECT_EQ(service.Stop(std::chrono::seconds(5)), 1);
  std::vector<trace::Trace> traces;
  (void)trace::ReadJsonl(folder.File("traces-00000001.jsonl"),
                         [&](trace::Trace&& trace) { traces.push_back(std::move(trace)); });
  ASSERT_EQ(traces.size(), 1U);
  std::cout << PrettyJson(ParseJson(trace::ToJsonLine(traces[0]))) << PrettyJson(sent);
}

INSTANTIATE_TEST_SUITE_P(Exporters, OtlpNpmTest,
                         ::testing::Values(std::pair{"json", "none"}, std::pair{"json", "gzip"},
                                           std::pair{"protobuf", "none"},
                                           std::pair{"protobuf", "gzip"}));

}  // namespace
}  // namespace kedge::service
