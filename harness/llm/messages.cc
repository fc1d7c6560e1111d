#include <map>
#include <utility>

#include "harness/core/error.h"
#include "harness/llm/wire_format.h"
#include "harness/llm/wire_json.h"

namespace kedge::llm {
namespace {

constexpr std::int64_t kMaxBlocks = 1024;  // as for the other interface

Json AssistantBlocks(const Message& message) {
  Json blocks = Json::array();
  if (!message.text.empty()) blocks.push_back({{"type", "text"}, {"text", message.text}});
  for (const ToolUse& use : message.tool_uses) {
    blocks.push_back(
        {{"type", "tool_use"}, {"id", use.id}, {"name", use.name}, {"input", use.arguments}});
  }
  return blocks;
}

// User and assistant must alternate, and all results of one turn stand in one user message.
void AppendMessage(Json& messages, const Message& message) {
  const char* role = message.role == Role::kAssistant ? "assistant" : "user";
  Json blocks = Json::array();
  if (message.role == Role::kAssistant) {
    blocks = AssistantBlocks(message);
  } else if (message.role == Role::kTool) {
    blocks.push_back({{"type", "tool_result"},
                      {"tool_use_id", message.tool_use_id},
                      {"content", message.text},
                      {"is_error", message.is_error}});
  } else {
    blocks.push_back({{"type", "text"}, {"text", message.text}});
  }
  if (messages.empty() || messages.back()["role"] != role) {
    messages.push_back({{"role", role}, {"content", Json::array()}});
  }
  for (Json& block : blocks) messages.back()["content"].push_back(std::move(block));
}

Json MessagesToolChoice(const std::string& choice) {
  if (choice == "required") return {{"type", "any"}};
  if (choice == "auto" || choice == "none") return {{"type", choice}};
  return {{"type", "tool"}, {"name", choice}};
}

StopReason MessagesStop(const std::string& reason) {
  if (reason == "tool_use") return StopReason::kToolUse;
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") {
    return StopReason::kLength;
  }
  if (reason == "refusal") return StopReason::kRefused;
  return StopReason::kEnd;
}

// Later events of a stream repeat only what has changed. The input does not count what went to or
// came from the cache.
void UpdateUsage(const Json& json, Usage& usage) {
  if (json.contains("input_tokens")) {
    usage.cached_tokens = CountMember(json, "cache_read_input_tokens");
    usage.input_tokens = CountMember(json, "input_tokens") + usage.cached_tokens +
                         CountMember(json, "cache_creation_input_tokens");
  }
  if (json.contains("output_tokens")) usage.output_tokens = CountMember(json, "output_tokens");
}

ToolUse ReadToolUseBlock(const Json& block) {
  ToolUse use;
  use.id = TextMember(block, "id");
  use.name = TextMember(block, "name");
  if (use.name.empty()) throw BadData("a tool_use block has no name");
  const Json& input = Member(block, "input");
  if (input.is_object()) {
    use.arguments = input;
  } else {
    use.malformed = DumpJson(input);
  }
  return use;
}

class MessagesStream : public StreamDecoder {
 public:
  void Take(const net::SseEvent& event) override {
    const Json json = ParseJson(event.data);
    const std::string type = TextMember(json, "type");
    if (type == "error") {
      error_ = FindServerError(json).value_or(ServerError{"", "unknown error"});
    } else if (type == "message_start") {
      const Json& message = Member(json, "message");
      response_.model = TextMember(message, "model");
      UpdateUsage(Member(message, "usage"), response_.usage);
    } else if (type == "content_block_start") {
      StartBlock(CountMember(json, "index"), Member(json, "content_block"));
    } else if (type == "content_block_delta") {
      ContinueBlock(CountMember(json, "index"), Member(json, "delta"));
    } else if (type == "message_delta") {
      stop_reason_ = TextMember(Member(json, "delta"), "stop_reason");
      UpdateUsage(Member(json, "usage"), response_.usage);
    } else if (type == "message_stop") {
      complete_ = true;
    }  // new kinds of events may appear at any time and are to be passed over
  }

  const std::optional<ServerError>& error() const override { return error_; }
  bool complete() const override { return complete_; }

  ChatResponse Finish() override {
    for (auto& [index, use] : uses_) {
      if (!inputs_[index].empty()) SetArguments(use, inputs_[index]);
      response_.tool_uses.push_back(std::move(use));
    }
    response_.stop = MessagesStop(stop_reason_);
    return std::move(response_);
  }

 private:
  void StartBlock(std::int64_t index, const Json& block) {
    if (index >= kMaxBlocks) throw BadData("a streamed block has an index out of range");
    const std::string type = TextMember(block, "type");
    if (type == "text") response_.text += TextMember(block, "text");
    if (type == "tool_use") uses_[index] = ReadToolUseBlock(block);
  }

  void ContinueBlock(std::int64_t index, const Json& delta) {
    const std::string type = TextMember(delta, "type");
    if (type == "text_delta") response_.text += TextMember(delta, "text");
    if (type != "input_json_delta") return;
    if (!uses_.contains(index)) throw BadData("a streamed input belongs to no tool_use block");
    inputs_[index] += TextMember(delta, "partial_json");
  }

  ChatResponse response_;
  std::map<std::int64_t, ToolUse> uses_;
  std::map<std::int64_t, std::string> inputs_;
  std::string stop_reason_;
  bool complete_ = false;
  std::optional<ServerError> error_;
};

class Messages : public WireFormat {
 public:
  std::string_view path() const override { return "/messages"; }

  net::Headers RequestHeaders(const std::string& key) const override {
    net::Headers headers = {{"Content-Type", "application/json"},
                            {"anthropic-version", "2023-06-01"}};
    if (!key.empty()) headers.Add("x-api-key", key);
    return headers;
  }

  Json Encode(const ChatRequest& request, bool stream) const override {
    Json json = {
        {"model", request.model}, {"max_tokens", request.max_tokens}, {"messages", Json::array()}};
    if (!request.system.empty()) json["system"] = request.system;
    for (const Message& message : request.messages) AppendMessage(json["messages"], message);
    for (const ToolDefinition& tool : request.tools) {
      json["tools"].push_back({{"name", tool.name},
                               {"description", tool.description},
                               {"input_schema", tool.parameters}});
    }
    if (!request.tools.empty()) json["tool_choice"] = MessagesToolChoice(request.tool_choice);
    if (request.temperature) json["temperature"] = *request.temperature;
    if (stream) json["stream"] = true;
    return json;
  }

  ChatResponse Decode(const Json& body) const override {
    const Json& content = Member(body, "content");
    if (!content.is_array()) throw BadData("the answer has no content");
    ChatResponse response;
    response.model = TextMember(body, "model");
    for (const Json& block : content) {
      const std::string type = TextMember(block, "type");
      if (type == "text") response.text += TextMember(block, "text");
      if (type == "tool_use") response.tool_uses.push_back(ReadToolUseBlock(block));
    }
    response.stop = MessagesStop(TextMember(body, "stop_reason"));
    UpdateUsage(Member(body, "usage"), response.usage);
    return response;
  }

  std::unique_ptr<StreamDecoder> NewStream() const override {
    return std::make_unique<MessagesStream>();
  }
};

}  // namespace

std::unique_ptr<WireFormat> MessagesFormat() { return std::make_unique<Messages>(); }

}  // namespace kedge::llm
