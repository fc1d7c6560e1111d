// The official OpenTelemetry SDK sends spans; the trace that arrives must say what was sent.

#include <gmock/gmock.h>

#include <map>
#include <utility>
#include <vector>

#include "harness/service/service.h"
#include "harness/trace/jsonl.h"
#include "tests/npm/npm_peers.h"

namespace kedge::service {
namespace {

using trace::StepKind;

// The attributes of a sent span, put together again from where the trace keeps them.
Json AttributesOf(const trace::Step& step, const Json& span) {
  Json attributes = span.at("attributes");
  if (step.kind == StepKind::kToolCall) {
    attributes["gen_ai.tool.name"] = step.call.name;
    attributes["gen_ai.tool.call.id"] = step.call.id;
    attributes["gen_ai.tool.call.arguments"] = DumpJson(step.call.arguments);
  }
  if (step.kind == StepKind::kModelCall && step.input_tokens > 0) {
    attributes["gen_ai.usage.input_tokens"] = step.input_tokens;
    attributes["gen_ai.usage.output_tokens"] = step.output_tokens;
  }
  return attributes;
}

std::int64_t Nanos(const Json& time) {
  return time[0].get<std::int64_t>() * 1'000'000'000 + time[1].get<std::int64_t>();
}

void CheckSpan(const Json& sent, const Json& span, Json attributes) {
  const std::string name = sent["name"];
  EXPECT_EQ(span["name"], name);
  EXPECT_EQ(span.value("parent_id", ""), sent["parent"]) << name;
  EXPECT_EQ(span["duration_nanos"], Nanos(sent["end"]) - Nanos(sent["start"])) << name;
  EXPECT_EQ(span.value("status", ""), sent["status"]["code"] == 2 ? "error" : "") << name;
  EXPECT_EQ(span.value("status_message", ""), sent["status"].value("message", "")) << name;
  EXPECT_EQ(span.value("events", Json::array()).size(), sent["events"]) << name;
  EXPECT_EQ(span["scope"], "kedge-test");
  // What was said and what tools gave are steps of their own; CheckSteps reads them.
  Json expected = sent["attributes"];
  for (const char* told : {"gen_ai.input.messages", "gen_ai.output.messages",
                           "gen_ai.tool.call.result", "error.type"}) {
    expected.erase(told);
    attributes.erase(told);
  }
  EXPECT_EQ(attributes, expected) << name;
}

// A model call has the time of its beginning. A tool call has the time at which the model asked for
// it; its observation has the time of its end.
void CheckTime(const Json& sent, const trace::Step& step, const trace::Trace& trace) {
  if (step.kind == StepKind::kModelCall) {
    EXPECT_EQ(step.unix_nanos, Nanos(sent["start"])) << sent["name"];
    return;
  }
  for (const trace::Step& other : trace.steps) {
    if (other.kind != StepKind::kObservation || other.observation.call_id != step.call.id) continue;
    EXPECT_EQ(other.unix_nanos, Nanos(sent["end"])) << sent["name"];
    return;
  }
  ADD_FAILURE() << "no observation of " << sent["name"];
}

// Every span that was sent is in the trace, once, with all it said.
void CheckSpans(const Json& sent, const trace::Trace& trace) {
  std::map<std::string, const trace::Step*> steps;
  for (const trace::Step& step : trace.steps) {
    if (!step.extra.is_object() || !step.extra.contains("span")) continue;
    EXPECT_TRUE(steps.emplace(step.extra["span"]["id"], &step).second);
  }
  const Json& agents = trace.extra["otel"]["agent_spans"];
  ASSERT_EQ(agents.size(), 1U);
  ASSERT_EQ(steps.size() + agents.size(), sent["spans"].size());
  for (const Json& span : sent["spans"]) {
    EXPECT_EQ(trace.extra["otel"]["trace_ids"], Json::array({span["traceId"]}));
    if (span["spanId"] == agents[0]["id"]) {
      CheckSpan(span, agents[0], agents[0]["attributes"]);
      continue;
    }
    ASSERT_TRUE(steps.contains(span["spanId"])) << span["name"];
    const trace::Step& step = *steps.at(span["spanId"]);
    CheckSpan(span, step.extra["span"], AttributesOf(step, step.extra["span"]));
    CheckTime(span, step, trace);
  }
}

void CheckSteps(const Json& sent, const trace::Trace& trace) {
  const auto& steps = trace.steps;
  ASSERT_EQ(steps.size(), 7U) << trace::ToJsonLine(trace);
  const std::vector<StepKind> kinds = {
      StepKind::kMessage,  StepKind::kModelCall,   StepKind::kToolCall, StepKind::kObservation,
      StepKind::kToolCall, StepKind::kObservation, StepKind::kModelCall};
  for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(steps[i].kind, kinds[i]) << i;
  EXPECT_EQ(steps[0].actor, "user");
  EXPECT_EQ(steps[0].text, sent["unicode"]);
  EXPECT_EQ(steps[3].observation.call_id, "call_1");
  EXPECT_EQ(steps[3].observation.content, R"({"status":"pending","total":12.5})");
  EXPECT_FALSE(steps[3].observation.is_error);
  EXPECT_EQ(steps[5].observation.call_id, "call_2");
  EXPECT_TRUE(steps[5].observation.is_error);
  EXPECT_EQ(steps[5].observation.error_class, "not_allowed");
  EXPECT_EQ(steps[6].text, "I could not cancel it.");
  EXPECT_EQ(trace.id, sent["conversation"]);
  EXPECT_EQ(trace.agent, "support");
  EXPECT_EQ(trace.extra["otel"]["resource"]["service.name"], "support-agent");
}

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
  EXPECT_EQ(sent["results"], ParseJson(R"([{"code":0,"error":null}])"));
  EXPECT_EQ(service.Stop(std::chrono::seconds(5)), 1);
  std::vector<trace::Trace> traces;
  const auto report =
      trace::ReadJsonl(folder.File("traces-00000001.jsonl"),
                       [&](trace::Trace&& trace) { traces.push_back(std::move(trace)); });
  EXPECT_EQ(report.bad, 0);
  ASSERT_EQ(traces.size(), 1U);
  CheckSpans(sent, traces[0]);
  CheckSteps(sent, traces[0]);
}

INSTANTIATE_TEST_SUITE_P(Exporters, OtlpNpmTest,
                         ::testing::Values(std::pair{"json", "none"}, std::pair{"json", "gzip"},
                                           std::pair{"protobuf", "none"},
                                           std::pair{"protobuf", "gzip"}));

}  // namespace
}  // namespace kedge::service
