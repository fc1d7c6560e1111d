#include "harness/llm/wire_format.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/llm/fakes.h"

namespace kedge::llm {
namespace {

// A turn with a call that failed, so that every kind of message is there.
ChatRequest Conversation() {
  ChatRequest request = Question();
  request.messages.push_back({Role::kAssistant,
                              "",
                              {{"c1", "open", {{"door", 1}}, ""}, {"c2", "look", {}, ""}},
                              "",
                              false});
  request.messages[1].tool_uses[1].arguments = Json::object();
  request.messages.push_back({Role::kTool, "locked", {}, "c1", true});
  request.messages.push_back({Role::kTool, "a hall", {}, "c2", false});
  request.tools = {{"open", "Opens a door.", {{"type", "object"}}}};
  request.temperature = 0.5;
  request.seed = 7;
  return request;
}

// Feeds an event stream in pieces of `size` bytes.
ChatResponse Streamed(const WireFormat& format, const std::string& bytes, std::size_t size) {
  const auto stream = format.NewStream();
  net::SseParser parser;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    parser.Feed(bytes.substr(at, size), [&](const net::SseEvent& event) { stream->Take(event); });
  }
  EXPECT_TRUE(stream->complete());
  EXPECT_FALSE(stream->error());
  return stream->Finish();
}

TEST(ChatCompletionsTest, WritesAConversationAsTheInterfaceDescribesIt) {
  const Json expected = ParseJson(R"({
    "model": "m", "max_tokens": 100, "temperature": 0.5, "seed": 7, "stream": true,
    "stream_options": {"include_usage": true},
    "messages": [
      {"role": "system", "content": "Be brief."},
      {"role": "user", "content": "Open the door."},
      {"role": "assistant", "content": null, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "open", "arguments": "{\"door\":1}"}},
        {"id": "c2", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
      {"role": "tool", "tool_call_id": "c1", "content": "error: locked"},
      {"role": "tool", "tool_call_id": "c2", "content": "a hall"}],
    "tools": [{"type": "function", "function":
      {"name": "open", "description": "Opens a door.", "parameters": {"type": "object"}}}],
    "tool_choice": "auto"})");
  EXPECT_EQ(ChatCompletionsFormat()->Encode(Conversation(), true), expected);
}

TEST(ChatCompletionsTest, NamesTheOneToolAndTheNewerLimit) {
  ChatRequest request = Conversation();
  request.tool_choice = "open";
  const Json json = ChatCompletionsFormat("max_completion_tokens")->Encode(request, false);
  EXPECT_EQ(json["tool_choice"], ParseJson(R"({"type":"function","function":{"name":"open"}})"));
  EXPECT_EQ(json["max_completion_tokens"], 100);
  EXPECT_FALSE(json.contains("max_tokens"));
  EXPECT_FALSE(json.contains("stream"));
}

TEST(ChatCompletionsTest, ReadsAnAnswer) {
  const ChatResponse response = ChatCompletionsFormat()->Decode(ParseJson(R"({
    "id": "x", "object": "chat.completion", "model": "m-1", "choices": [{"index": 0,
    "message": {"role": "assistant", "content": null, "tool_calls": [{"id": "c1",
      "type": "function", "function": {"name": "open", "arguments": "{\"door\": 2}"}},
      {"id": "c2", "type": "function", "function": {"name": "open", "arguments": "{\"door\":"}}]},
    "logprobs": null, "finish_reason": "tool_calls"}], "error": null,
    "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
              "prompt_tokens_details": {"cached_tokens": 4}}})"));
  EXPECT_EQ(response.model, "m-1");
  EXPECT_EQ(response.stop, StopReason::kToolUse);
  ASSERT_EQ(response.tool_uses.size(), 2U);
  EXPECT_EQ(response.tool_uses[0], (ToolUse{"c1", "open", {{"door", 2}}, ""}));
  EXPECT_EQ(response.tool_uses[1].malformed, "{\"door\":");
  EXPECT_EQ(response.tool_uses[1].arguments, Json::object());
  EXPECT_EQ(response.usage, (Usage{19, 4, 10}));
}

constexpr char kCompletionsStream[] =
    "data: {\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
    "\"content\":\"One \"},\"finish_reason\":null}]}\n\n"
    ": keep-alive\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"moment \xC3\xA9\"}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\","
    "\"type\":\"function\",\"function\":{\"name\":\"open\",\"arguments\":\"\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
    "{\"arguments\":\"{\\\"door\\\"\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
    "{\"arguments\":\":3}\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\n\n"
    "data: [DONE]\n\n";

TEST(ChatCompletionsTest, PutsAStreamTogetherHoweverItIsCut) {
  for (const std::size_t size : {1U, 7U, 4096U}) {
    const ChatResponse response = Streamed(*ChatCompletionsFormat(), kCompletionsStream, size);
    EXPECT_EQ(response.text, "One moment \xC3\xA9");
    ASSERT_EQ(response.tool_uses.size(), 1U);
    EXPECT_EQ(response.tool_uses[0], (ToolUse{"c1", "open", {{"door", 3}}, ""}));
    EXPECT_EQ(response.stop, StopReason::kToolUse);
    EXPECT_EQ(response.usage, (Usage{5, 0, 6}));
  }
}

TEST(MessagesTest, WritesAConversationAsTheInterfaceDescribesIt) {
  const Json expected = ParseJson(R"({
    "model": "m", "max_tokens": 100, "temperature": 0.5, "system": "Be brief.",
    "messages": [
      {"role": "user", "content": [{"type": "text", "text": "Open the door."}]},
      {"role": "assistant", "content": [
        {"type": "tool_use", "id": "c1", "name": "open", "input": {"door": 1}},
        {"type": "tool_use", "id": "c2", "name": "look", "input": {}}]},
      {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "c1", "content": "locked", "is_error": true},
        {"type": "tool_result", "tool_use_id": "c2", "content": "a hall", "is_error": false}]}],
    "tools": [{"name": "open", "description": "Opens a door.", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "auto"}})");
  EXPECT_EQ(MessagesFormat()->Encode(Conversation(), false), expected);
  ChatRequest required = Conversation();
  required.tool_choice = "required";
  EXPECT_EQ(MessagesFormat()->Encode(required, false)["tool_choice"], Json({{"type", "any"}}));
  required.tool_choice = "open";
  EXPECT_EQ(MessagesFormat()->Encode(required, false)["tool_choice"],
            Json({{"type", "tool"}, {"name", "open"}}));
}

TEST(MessagesTest, ReadsAnAnswerWithBlocksItDoesNotKnow) {
  const ChatResponse response = MessagesFormat()->Decode(ParseJson(R"({
    "id": "msg_1", "type": "message", "role": "assistant", "model": "m-2", "content": [
      {"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "One."},
      {"type": "tool_use", "id": "t1", "name": "open", "input": {"door": 2}}],
    "stop_reason": "tool_use", "stop_sequence": null,
    "usage": {"input_tokens": 10, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 4,
              "output_tokens": 8}})"));
  EXPECT_EQ(response.text, "One.");
  ASSERT_EQ(response.tool_uses.size(), 1U);
  EXPECT_EQ(response.tool_uses[0], (ToolUse{"t1", "open", {{"door", 2}}, ""}));
  EXPECT_EQ(response.stop, StopReason::kToolUse);
  EXPECT_EQ(response.usage, (Usage{17, 4, 8}));
}

constexpr char kMessagesStream[] =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"m-2\","
    "\"content\":[],\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\n"
    "event: ping\ndata: {\"type\": \"ping\"}\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
    "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
    "\"delta\":{\"type\":\"text_delta\",\"text\":\"One.\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,"
    "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"open\",\"input\":{}}}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,"
    "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"door\\\"\"}}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,"
    "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\":3}\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n"
    "event: novelty\ndata: {\"type\":\"novelty\",\"anything\":[1]}\n\n"
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
    "\"tool_use\"},\"usage\":{\"output_tokens\":15}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

TEST(MessagesTest, PutsAStreamTogetherHoweverItIsCut) {
  for (const std::size_t size : {1U, 7U, 4096U}) {
    const ChatResponse response = Streamed(*MessagesFormat(), kMessagesStream, size);
    EXPECT_EQ(response.model, "m-2");
    EXPECT_EQ(response.text, "One.");
    ASSERT_EQ(response.tool_uses.size(), 1U);
    EXPECT_EQ(response.tool_uses[0], (ToolUse{"t1", "open", {{"door", 3}}, ""}));
    EXPECT_EQ(response.usage, (Usage{25, 0, 15}));
  }
}

TEST(WireFormatTest, RefusesWhatIsNoAnswer) {
  const std::vector<std::pair<bool, std::string>> broken = {
      {false, "[]"},
      {false, "{\"choices\": []}"},
      {false, "{\"choices\": [{\"message\": 3}]}"},
      {false, "{\"choices\": [{\"message\": {\"tool_calls\": [{\"function\": {}}]}}]}"},
      {true, "{}"},
      {true, "{\"content\": \"text\"}"},
      {true, "{\"content\": [{\"type\": \"tool_use\", \"input\": {}}]}"}};
  for (const auto& [messages, body] : broken) {
    const auto format = messages ? MessagesFormat() : ChatCompletionsFormat();
    EXPECT_THROW(format->Decode(ParseJson(body)), Error) << body;
  }
}

TEST(WireFormatTest, BoundsWhatAStreamCanMakeItHold) {
  const auto completions = ChatCompletionsFormat()->NewStream();
  EXPECT_THROW(
      completions->Take({"", R"({"choices":[{"delta":{"tool_calls":[{"index":999999}]}}]})", ""}),
      Error);
  const auto messages = MessagesFormat()->NewStream();
  EXPECT_THROW(messages->Take(
                   {"", R"({"type":"content_block_start","index":99999,"content_block":{}})", ""}),
               Error);
  EXPECT_THROW(messages->Take({"", R"({"type":"content_block_delta","index":0,
                                       "delta":{"type":"input_json_delta","partial_json":"{"}})",
                               ""}),
               Error);
}

TEST(WireFormatTest, FindsTheErrorThatAServerSends) {
  EXPECT_EQ(FindServerError(ParseJson(R"({"error":{"type":"t","code":"c","message":"m"}})"))->type,
            "c");
  EXPECT_EQ(FindServerError(ParseJson(R"({"type":"error","error":{"type":"overloaded_error",
                                          "message":"Overloaded"}})"))
                ->type,
            "overloaded_error");
  EXPECT_EQ(FindServerError(ParseJson(R"({"error":"plain"})"))->message, "plain");
  EXPECT_FALSE(FindServerError(ParseJson(R"({"error":null})")));
}

}  // namespace
}  // namespace kedge::llm
