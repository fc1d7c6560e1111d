#include "harness/trace/formats/atif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trace/formats/atif_writer.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;

// Everything that version 1.7 has a place for.
const Json kDocument = {
    {"schema_version", "ATIF-v1.7"},
    {"session_id", "s1"},
    {"trajectory_id", "t1"},
    {"agent",
     {{"name", "clerk"}, {"version", "2.1"}, {"model_name", "m"}, {"extra", {{"team", "x"}}}}},
    {"notes", "a note"},
    {"steps",
     {{{"step_id", 1}, {"source", "system"}, {"message", "Be good."}},
      {{"step_id", 2},
       {"source", "user"},
       {"message", "cancel"},
       {"timestamp", "2025-08-01T15:53:27.553Z"},
       {"is_copied_context", true}},
      {{"step_id", 3},
       {"source", "agent"},
       {"message", "doing it"},
       {"timestamp", "2025-08-01T15:53:28.000Z"},
       {"model_name", "m-2"},
       {"reasoning_content", "because"},
       {"reasoning_effort", "high"},
       {"tool_calls",
        {{{"tool_call_id", "c1"}, {"function_name", "f"}, {"arguments", {{"x", 1}}}},
         {{"tool_call_id", "c2"},
          {"function_name", "g"},
          {"arguments", Json::object()},
          {"extra", {{"mcp", "srv"}}}}}},
       {"observation",
        {{"results",
          {{{"source_call_id", "c1"},
            {"content", "no"},
            {"extra", {{"is_error", true}, {"error_type", "not_found"}, {"ms", 4}}}},
           {{"source_call_id", "c2"}, {"content", "ok"}}}}}},
       {"metrics",
        {{"prompt_tokens", 10}, {"completion_tokens", 3}, {"cached_tokens", 2}, {"cost_usd", 0.5}}},
       {"extra", {{"k", "v"}}}}}},
    {"final_metrics",
     {{"total_prompt_tokens", 10},
      {"total_completion_tokens", 3},
      {"total_cached_tokens", 2},
      {"total_cost_usd", 0.5},
      {"total_steps", 3}}},
    {"extra", {{"origin", "here"}}}};

Json WithoutOwn(Json document) {
  document["extra"].erase("kedge");
  for (Json& step : document["steps"]) {
    if (!step.contains("extra")) continue;
    step["extra"].erase("kedge");
    if (step["extra"].empty()) step.erase("extra");
  }
  return document;
}

TEST(Atif, ReadsEveryPart) {
  const Trace trace = FromAtif(Json(kDocument));
  EXPECT_EQ(trace.id, "s1");
  EXPECT_EQ(trace.agent, "clerk");
  ASSERT_EQ(trace.steps.size(), 7u);
  EXPECT_EQ(trace.steps[2].input_tokens, 10);
  EXPECT_EQ(trace.steps[2].cost, 0.5);
  EXPECT_EQ(trace.steps[2].unix_nanos, 1754063608000000000);
  EXPECT_EQ(trace.steps[3].call, (ToolCall{"c1", "f", {{"x", 1}}}));
  EXPECT_TRUE(trace.steps[5].observation.is_error);
  EXPECT_EQ(trace.steps[5].observation.error_class, "not_found");
}

TEST(Atif, WritingWhatWasReadGivesTheSameDocument) {
  ValidateAtif(kDocument);
  EXPECT_EQ(WithoutOwn(ToAtif(FromAtif(Json(kDocument)))), kDocument);
}

TEST(Atif, EveryVersionIsRead) {
  for (const char* version : {"ATIF-v1.0", "ATIF-v1.2", "ATIF-v1.5", "ATIF-v1.6", "ATIF-v1.8"}) {
    Json document = kDocument;
    document["schema_version"] = version;
    document["steps"][0]["llm_call_count"] = 1;
    const Trace trace = FromAtif(std::move(document));
    EXPECT_EQ(trace.steps.size(), 7u) << version;
    EXPECT_EQ(trace.steps[0].extra["atif"]["llm_call_count"], 1);
  }
}

TEST(Atif, StepsThatFitNoPlaceSurvive) {
  Trace trace;
  trace.id = "odd";
  trace.agent = "a";
  for (const StepKind kind :
       {StepKind::kObservation, StepKind::kDecision, StepKind::kGuard, StepKind::kToolCall,
        StepKind::kToolCall, StepKind::kObservation, StepKind::kMessage, StepKind::kToolCall}) {
    Step& step = trace.steps.emplace_back();
    step.kind = kind;
    step.actor = trace.steps.size() > 6 ? "user" : "agent";
    step.unix_nanos = 1754063608123456789;
    if (kind == StepKind::kToolCall) step.call = {"same", "f", Json::array({1})};
    if (kind == StepKind::kObservation) step.observation = {"same", true, "e", "text"};
    if (kind == StepKind::kDecision) step.decision = {"p", {"x", "y"}, "x", {"r"}, "why"};
    if (kind == StepKind::kGuard) step.guard = {"g", "deny", "no"};
  }
  EXPECT_EQ(FromAtif(ToAtif(trace)), trace);
}

TEST(Atif, ATraceWithoutStepsCannotBeWritten) { EXPECT_THROW(ToAtif(Trace{}), Error); }

TEST(Atif, TheRulesAreChecked) {
  const std::vector<std::pair<Json::json_pointer, Json>> breaks = {
      {"/steps/1/step_id"_json_pointer, 3},
      {"/steps/1/source"_json_pointer, "robot"},
      {"/steps/1/tool_calls"_json_pointer, Json::array()},
      {"/steps/1/metrics"_json_pointer, Json::object()},
      {"/steps/1/reasoning_content"_json_pointer, "x"},
      {"/steps/2/tool_calls/1/tool_call_id"_json_pointer, "c1"},
      {"/steps/2/tool_calls/1/arguments"_json_pointer, "{}"},
      {"/steps/2/observation/results/0/source_call_id"_json_pointer, "c9"},
      {"/steps/2/unknown"_json_pointer, 1},
      {"/agent/version"_json_pointer, ""},
      {"/steps"_json_pointer, Json::array()},
      {"/steps/1/timestamp"_json_pointer, "yesterday"}};
  for (const auto& [place, value] : breaks) {
    Json document = kDocument;
    document[place] = value;
    EXPECT_THROW(ValidateAtif(document), Error) << place.to_string();
  }
}

TEST(Atif, WhatClaimsToBeOursButIsNotIsRefused) {
  Json document = ToAtif(FromAtif(Json(kDocument)));
  document["steps"][2]["tool_calls"] = Json::array();
  EXPECT_THROW(FromAtif(std::move(document)), Error);
}

}  // namespace
}  // namespace kedge::trace
