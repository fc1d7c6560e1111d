#include "harness/trace/formats/span_assembler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/trace/formats/otlp_protobuf.h"

namespace kedge::trace {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Json Attribute(const std::string& key, const std::string& text) {
  return {{"key", key}, {"value", {{"stringValue", text}}}};
}

Json MakeSpan(const std::string& id, const std::string& parent, int start, int end,
              std::vector<std::pair<std::string, std::string>> attributes) {
  Json span = {{"traceId", "0af7651916cd43dd8448eb211c80319c"},
               {"spanId", id},
               {"name", "s"},
               {"startTimeUnixNano", std::to_string(start * kSecond)},
               {"endTimeUnixNano", std::to_string(end * kSecond)},
               {"attributes", Json::array()}};
  if (!parent.empty()) span["parentSpanId"] = parent;
  for (const auto& [key, text] : attributes) span["attributes"].push_back(Attribute(key, text));
  return span;
}

constexpr const char* kRoot = "00000000000000a1";
constexpr const char* kChat = "00000000000000b1";
constexpr const char* kTool = "00000000000000c1";
constexpr const char* kLastChat = "00000000000000b2";

const Json kUser = {{"role", "user"}, {"parts", {{{"type", "text"}, {"content", "cancel R1"}}}}};
const Json kAsked = {
    {"role", "assistant"},
    {"parts",
     {{{"type", "tool_call"}, {"id", "c1"}, {"name", "cancel"}, {"arguments", {{"id", "R1"}}}}}}};
const Json kAnswered = {
    {"role", "tool"},
    {"parts", {{{"type", "tool_call_response"}, {"id", "c1"}, {"response", "Error: no R1"}}}}};
const Json kSaid = {{"role", "assistant"},
                    {"parts", {{{"type", "text"}, {"content", "There is no R1."}}}}};

// A question, a failing call, an answer; the second model call repeats the history.
std::vector<Json> Conversation() {
  Json tool = MakeSpan(kTool, kRoot, 3, 4,
                       {{"gen_ai.operation.name", "execute_tool"},
                        {"gen_ai.tool.name", "cancel"},
                        {"gen_ai.tool.call.id", "c1"},
                        {"gen_ai.tool.call.arguments", R"({"id":"R1"})"},
                        {"gen_ai.tool.call.result", "Error: no R1"},
                        {"error.type", "not_found"}});
  tool["status"] = {{"code", 2}, {"message", "no R1"}};
  return {MakeSpan(kRoot, "", 1, 9,
                   {{"gen_ai.operation.name", "invoke_agent"},
                    {"gen_ai.agent.name", "clerk"},
                    {"gen_ai.conversation.id", "conv-7"}}),
          MakeSpan(kChat, kRoot, 2, 3,
                   {{"gen_ai.operation.name", "chat"},
                    {"gen_ai.input.messages", Json::array({kUser}).dump()},
                    {"gen_ai.output.messages", Json::array({kAsked}).dump()}}),
          std::move(tool),
          MakeSpan(kLastChat, kRoot, 5, 6,
                   {{"gen_ai.operation.name", "chat"},
                    {"gen_ai.input.messages", Json::array({kUser, kAsked, kAnswered}).dump()},
                    {"gen_ai.output.messages", Json::array({kSaid}).dump()}})};
}

std::string Request(const std::vector<Json>& spans) {
  return Json({{"resourceSpans", {{{"scopeSpans", {{{"spans", spans}}}}}}}}).dump();
}

void ExpectConversation(const Trace& trace) {
  EXPECT_EQ(trace.id, "conv-7");
  EXPECT_EQ(trace.agent, "clerk");
  std::vector<StepKind> kinds;
  for (const Step& step : trace.steps) kinds.push_back(step.kind);
  ASSERT_EQ(kinds,
            (std::vector<StepKind>{StepKind::kMessage, StepKind::kModelCall, StepKind::kToolCall,
                                   StepKind::kObservation, StepKind::kModelCall}));
  EXPECT_EQ(trace.steps[0].text, "cancel R1");
  EXPECT_EQ(trace.steps[2].call.name, "cancel");
  EXPECT_EQ(trace.steps[2].call.arguments, (Json{{"id", "R1"}}));
  EXPECT_TRUE(trace.steps[3].observation.is_error);
  EXPECT_EQ(trace.steps[3].observation.error_class, "not_found");
  EXPECT_EQ(trace.steps[3].observation.content, "Error: no R1");
  EXPECT_EQ(trace.steps[4].text, "There is no R1.");
}

ReadReport Add(SpanAssembler& assembler, const std::string& body, bool is_json,
               std::int64_t now_nanos) {
  SpanBatch batch = ReadOtlpRequest(body, is_json);
  assembler.Add(std::move(batch.spans), now_nanos);
  return std::move(batch.report);
}

ReadReport AddJson(SpanAssembler& assembler, const std::string& body, std::int64_t now_nanos) {
  return Add(assembler, body, true, now_nanos);
}

ReadReport AddProtobuf(SpanAssembler& assembler, const std::string& body, std::int64_t now_nanos) {
  return Add(assembler, body, false, now_nanos);
}

TEST(SpanAssembler, AnyOrderOverAnyRequestsGivesTheSameTrace) {
  std::vector<int> order = {0, 1, 2, 3};
  do {
    SpanAssembler assembler;
    for (const int i : order) AddJson(assembler, Request({Conversation()[i]}), 0);
    const auto traces = assembler.Flush();
    ASSERT_EQ(traces.size(), 1u);
    ExpectConversation(traces[0].trace);
    EXPECT_EQ(traces[0].report.odd, 0);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(SpanAssembler, SpansThatComeTwiceCountOnceAndAreReported) {
  SpanAssembler assembler;
  AddJson(assembler, Request(Conversation()), 0);
  AddJson(assembler, Request({Conversation()[2], Conversation()[1]}), 0);
  const auto traces = assembler.Flush();
  ASSERT_EQ(traces.size(), 1u);
  ExpectConversation(traces[0].trace);
  EXPECT_EQ(traces[0].report.odd, 2);
}

TEST(SpanAssembler, AMissingParentIsReportedAndTheRestRead) {
  std::vector<Json> spans = Conversation();
  spans.erase(spans.begin());
  SpanAssembler assembler;
  AddJson(assembler, Request(spans), 0);
  const auto traces = assembler.Flush();
  EXPECT_EQ(traces.at(0).trace.steps.size(), 5u);
  EXPECT_EQ(traces[0].report.odd, 3);
  EXPECT_EQ(traces[0].trace.id, "0af7651916cd43dd8448eb211c80319c");
}

TEST(SpanAssembler, ClocksThatRunBackwardsAreReportedAndTheRestRead) {
  std::vector<Json> spans = Conversation();
  spans[2]["endTimeUnixNano"] = "1";
  spans[1]["startTimeUnixNano"] = "5";
  SpanAssembler assembler;
  AddJson(assembler, Request(spans), 0);
  const auto traces = assembler.Flush();
  ExpectConversation(traces.at(0).trace);
  EXPECT_EQ(traces[0].report.odd, 2);
}

TEST(SpanAssembler, ACycleOfParentsEnds) {
  SpanAssembler assembler;
  AddJson(assembler,
          Request({MakeSpan(kRoot, kChat, 1, 2, {{"gen_ai.tool.name", "a"}}),
                   MakeSpan(kChat, kRoot, 1, 2, {{"gen_ai.tool.name", "b"}})}),
          0);
  const auto traces = assembler.Flush();
  EXPECT_EQ(Count(traces.at(0).trace).tool_calls, 2);
  EXPECT_EQ(traces[0].report.odd, 1);
}

TEST(SpanAssembler, GivesAConversationWhenItsRootIsThereAndItIsQuiet) {
  SpanAssemblerOptions options;
  options.quiet_nanos = 10;
  options.patience_nanos = 100;
  SpanAssembler assembler(options);
  AddJson(assembler, Request({Conversation()[1]}), 0);
  EXPECT_TRUE(assembler.TakeFinished(50).empty()) << "no root yet";
  AddJson(assembler, Request({Conversation()[0]}), 60);
  EXPECT_TRUE(assembler.TakeFinished(69).empty());
  EXPECT_EQ(assembler.TakeFinished(70).size(), 1u);
  EXPECT_EQ(assembler.waiting_spans(), 0u);
  AddJson(assembler, Request({Conversation()[3]}), 80);
  EXPECT_TRUE(assembler.TakeFinished(179).empty());
  EXPECT_EQ(assembler.TakeFinished(180).size(), 1u) << "patience without a root has an end";
}

TEST(SpanAssembler, ALaterPartOfAConversationHasAnIdOfItsOwn) {
  SpanAssembler assembler;
  AddJson(assembler, Request(Conversation()), 0);
  EXPECT_EQ(assembler.Flush().at(0).trace.id, "conv-7");
  AddJson(assembler, Request(Conversation()), 0);
  EXPECT_EQ(assembler.Flush().at(0).trace.id, "conv-7/part-2");
}

TEST(SpanAssembler, ClosesTheQuietestWhenThereIsNoRoom) {
  SpanAssemblerOptions options;
  options.max_spans = 4;
  SpanAssembler assembler(options);
  AddJson(assembler, Request(Conversation()), 0);
  Json other = MakeSpan(kRoot, "", 1, 2, {{"gen_ai.tool.name", "a"}});
  other["traceId"] = "11111111111111111111111111111111";
  AddJson(assembler, Request({other}), 5);
  EXPECT_EQ(assembler.waiting_spans(), 1u);
  EXPECT_EQ(assembler.held_spans(), 5u) << "the closed ones are still in memory";
  const auto traces = assembler.TakeFinished(5);
  EXPECT_EQ(assembler.held_spans(), 1u);
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces[0].trace.id, "conv-7");
}

TEST(SpanAssembler, NestedModelSpansCountOnce) {
  SpanAssembler assembler;
  AddJson(
      assembler,
      Request({MakeSpan(kRoot, "", 1, 9,
                        {{"gen_ai.request.model", "m"}, {"gen_ai.usage.input_tokens", "7"}}),
               MakeSpan(kChat, kRoot, 2, 3,
                        {{"gen_ai.operation.name", "chat"}, {"gen_ai.usage.input_tokens", "7"}})}),
      0);
  const Trace trace = assembler.Flush().at(0).trace;
  ASSERT_EQ(trace.steps.size(), 1u);
  EXPECT_EQ(trace.steps[0].input_tokens, 7);
  EXPECT_EQ(trace.steps[0].extra["wrapped_by"].size(), 1u);
}

TEST(SpanAssembler, ReadsTheOlderAndNeighbouringNames) {
  struct Case {
    const char* what;
    std::vector<std::pair<std::string, std::string>> attributes;
  };
  const std::vector<Case> cases = {
      {"indexed",
       {{"gen_ai.prompt.0.role", "user"},
        {"gen_ai.prompt.0.content", "hi"},
        {"gen_ai.completion.0.role", "assistant"},
        {"gen_ai.completion.0.tool_calls.0.id", "c"},
        {"gen_ai.completion.0.tool_calls.0.name", "f"},
        {"gen_ai.completion.0.tool_calls.0.arguments", R"({"x":1})"}}},
      {"OpenInference",
       {{"openinference.span.kind", "LLM"},
        {"llm.input_messages.0.message.role", "user"},
        {"llm.input_messages.0.message.contents.0.message_content.type", "text"},
        {"llm.input_messages.0.message.contents.0.message_content.text", "hi"},
        {"llm.output_messages.0.message.role", "assistant"},
        {"llm.output_messages.0.message.tool_calls.0.tool_call.id", "c"},
        {"llm.output_messages.0.message.tool_calls.0.tool_call.function.name", "f"},
        {"llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments", R"({"x":1})"}}},
      {"Vertex",
       {{"gen_ai.request.model", "m"},
        {"gcp.vertex.agent.llm_request",
         R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],"config":{}})"},
        {"gcp.vertex.agent.llm_response", R"({"content":{"role":"model","parts":[{"function_call":)"
                                          R"({"id":"c","name":"f","args":{"x":1}}}]}})"}}},
  };
  for (const Case& c : cases) {
    SpanAssembler assembler;
    AddJson(assembler, Request({MakeSpan(kRoot, "", 1, 2, c.attributes)}), 0);
    const Trace trace = assembler.Flush().at(0).trace;
    ASSERT_EQ(trace.steps.size(), 3u) << c.what;
    EXPECT_EQ(trace.steps[0].text, "hi") << c.what;
    EXPECT_EQ(trace.steps[2].call, (ToolCall{"c", "f", {{"x", 1}}})) << c.what;
  }
}

TEST(SpanAssembler, ReadsMessagesFromEvents) {
  Json span = MakeSpan(kRoot, "", 1, 2, {{"gen_ai.operation.name", "chat"}});
  span["events"] = {
      {{"name", "gen_ai.user.message"}, {"attributes", {Attribute("content", "hi")}}},
      {{"name", "gen_ai.choice"}, {"attributes", {Attribute("message", R"({"content":"yes"})")}}},
      {{"name", "gen_ai.evaluation.result"},
       {"attributes",
        {Attribute("gen_ai.evaluation.name", "judge"),
         Attribute("gen_ai.evaluation.score.label", "pass")}}}};
  SpanAssembler assembler;
  AddJson(assembler, Request({span}), 0);
  const Trace trace = assembler.Flush().at(0).trace;
  ASSERT_EQ(trace.steps.size(), 2u);
  EXPECT_EQ(trace.steps[0].text, "hi");
  EXPECT_EQ(trace.steps[1].text, "yes");
  ASSERT_TRUE(trace.outcome);
  EXPECT_TRUE(trace.outcome->success);
  EXPECT_EQ(trace.outcome->scores.at(0).scorer, "judge");
}

TEST(SpanAssembler, BadSpansAreReportedWithTheirPathAndTheRestRead) {
  std::vector<Json> spans = Conversation();
  spans.push_back({{"traceId", "xyz"}, {"spanId", kRoot}});
  spans.push_back(7);
  spans[2]["status"] = {{"code", 77}};
  SpanAssembler assembler;
  const ReadReport report = AddJson(assembler, Request(spans), 0);
  EXPECT_EQ(report.read, 4);
  EXPECT_EQ(report.bad, 2);
  EXPECT_EQ(report.odd, 1);
  EXPECT_EQ(report.errors.at(0).field(), "resourceSpans[0].scopeSpans[0].spans[4].traceId");
  EXPECT_EQ(assembler.Flush().at(0).trace.steps.size(), 5u);
  EXPECT_THROW(AddJson(assembler, "{}", 0), Error);
  EXPECT_THROW(AddJson(assembler, "[", 0), Error);
}

// Protobuf's wire format, written by hand.
std::string Varint(std::uint64_t value) {
  std::string out;
  for (; value >= 128; value >>= 7) out += static_cast<char>(value | 128);
  return out + static_cast<char>(value);
}
std::string Bytes(int field, const std::string& bytes) {
  return Varint(static_cast<std::uint64_t>(field) << 3 | 2) + Varint(bytes.size()) + bytes;
}
std::string Fixed64(int field, std::uint64_t value) {
  std::string out = Varint(static_cast<std::uint64_t>(field) << 3 | 1);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}
std::string Pair(const std::string& key, const std::string& value) {
  return Bytes(9, Bytes(1, key) + Bytes(2, value));
}

std::string WireSpan(const std::string& id) {
  return Bytes(1, std::string(16, '\x0a')) + Bytes(2, id) + Bytes(5, "execute_tool get") +
         Fixed64(7, 5 * kSecond) + Fixed64(8, 6 * kSecond) +
         Pair("gen_ai.tool.name", Bytes(1, "get")) + Pair("n", Varint(3 << 3) + Varint(42)) +
         Pair("list", Bytes(5, Bytes(1, Bytes(1, "x")) + Bytes(1, Varint(2 << 3) + Varint(1)))) +
         Pair("raw", Bytes(7, "\xff")) + Bytes(15, Bytes(2, "boom") + Varint(3 << 3) + Varint(2));
}

TEST(SpanAssembler, ReadsProtobuf) {
  const std::string body =
      Bytes(1, Bytes(2, Bytes(2, WireSpan("12345678"))) +
                   Bytes(1, Pair("service.name", Bytes(1, "svc")).replace(0, 1, "\x0a")));
  EXPECT_TRUE(IsOtlpProtobuf(body));
  SpanAssembler assembler;
  EXPECT_EQ(AddProtobuf(assembler, body, 0).read, 1);
  const Trace trace = assembler.Flush().at(0).trace;
  EXPECT_EQ(trace.agent, "svc");
  ASSERT_EQ(trace.steps.size(), 2u);
  EXPECT_EQ(trace.steps[0].call.name, "get");
  EXPECT_EQ(trace.steps[0].unix_nanos, 5 * kSecond);
  EXPECT_TRUE(trace.steps[1].observation.is_error);
  EXPECT_EQ(trace.steps[1].observation.content, "boom");
  const Json& attributes = trace.steps[0].extra["span"]["attributes"];
  EXPECT_EQ(attributes["n"], 42);
  EXPECT_EQ(attributes["list"], (Json{"x", true}));
  EXPECT_EQ(attributes["raw"], "/w==");
}

TEST(SpanAssembler, DamagedProtobufSpansAreReportedAndTheRestRead) {
  const std::string good = Bytes(2, WireSpan("12345678"));
  const std::string bad_id = Bytes(2, WireSpan("short"));
  const std::string bad_text = Bytes(2, WireSpan("87654321") + Bytes(5, "\xff"));
  SpanAssembler assembler;
  const ReadReport report = AddProtobuf(assembler, Bytes(1, Bytes(2, bad_id + good + bad_text)), 0);
  EXPECT_EQ(report.read, 1);
  EXPECT_EQ(report.bad, 2);
  EXPECT_EQ(report.errors.at(0).field(), "span[0]");
  EXPECT_EQ(report.errors.at(1).field(), "span[2]");
  EXPECT_THROW(AddProtobuf(assembler, "\x0a\x7f", 0), Error);
}

}  // namespace
}  // namespace kedge::trace
