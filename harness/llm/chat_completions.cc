#include <map>
#include <utility>

#include "harness/core/error.h"
#include "harness/llm/wire_format.h"
#include "harness/llm/wire_json.h"

namespace kedge::llm {
namespace {

// Bounds what a stream can make us hold: an index is only a number to the server.
constexpr std::int64_t kMaxToolUses = 1024;

Json CompletionsToolCalls(const std::vector<ToolUse>& uses) {
  Json calls = Json::array();
  for (const ToolUse& use : uses) {
    const std::string arguments = use.malformed.empty() ? DumpJson(use.arguments) : use.malformed;
    calls.push_back({{"id", use.id},
                     {"type", "function"},
                     {"function", {{"name", use.name}, {"arguments", arguments}}}});
  }
  return calls;
}

Json CompletionsMessage(const Message& message) {
  switch (message.role) {
    case Role::kTool:
      return {{"role", "tool"},
              {"tool_call_id", message.tool_use_id},
              {"content", message.is_error ? "error: " + message.text : message.text}};
    case Role::kAssistant: {
      Json json = {{"role", "assistant"}, {"content", message.text}};
      if (!message.tool_uses.empty()) {
        json["tool_calls"] = CompletionsToolCalls(message.tool_uses);
        if (message.text.empty()) json["content"] = nullptr;
      }
      return json;
    }
    case Role::kUser:
      break;
  }
  return {{"role", "user"}, {"content", message.text}};
}

Json CompletionsToolChoice(const std::string& choice) {
  if (choice == "auto" || choice == "none" || choice == "required") return choice;
  return {{"type", "function"}, {"function", {{"name", choice}}}};
}

StopReason CompletionsStop(const std::string& reason, bool has_tool_uses) {
  if (reason == "length") return StopReason::kLength;
  if (reason == "content_filter") return StopReason::kRefused;
  // Some servers say "stop" where they mean "tool_calls".
  return has_tool_uses ? StopReason::kToolUse : StopReason::kEnd;
}

Usage CompletionsUsage(const Json& usage) {
  return {CountMember(usage, "prompt_tokens"),
          CountMember(Member(usage, "prompt_tokens_details"), "cached_tokens"),
          CountMember(usage, "completion_tokens")};
}

class CompletionsStream : public StreamDecoder {
 public:
  void Take(const net::SseEvent& event) override {
    if (event.data == "[DONE]") return;
    const Json chunk = ParseJson(event.data);
    if (const auto error = FindServerError(chunk)) {
      error_ = error;
      return;
    }
    if (response_.model.empty()) response_.model = TextMember(chunk, "model");
    if (Member(chunk, "usage").is_object()) response_.usage = CompletionsUsage(chunk["usage"]);
    const Json& choices = Member(chunk, "choices");
    if (choices.is_array() && !choices.empty()) TakeChoice(choices[0]);
  }

  const std::optional<ServerError>& error() const override { return error_; }
  bool complete() const override { return !finish_reason_.empty(); }

  ChatResponse Finish() override {
    for (auto& [index, use] : uses_) {
      SetArguments(use, arguments_[index]);
      if (use.name.empty()) throw BadData("a streamed tool call has no name");
      response_.tool_uses.push_back(std::move(use));
    }
    response_.stop = refused_ ? StopReason::kRefused
                              : CompletionsStop(finish_reason_, !response_.tool_uses.empty());
    return std::move(response_);
  }

 private:
  void TakeChoice(const Json& choice) {
    const Json& delta = Member(choice, "delta");
    response_.text += TextMember(delta, "content");
    const std::string refusal = TextMember(delta, "refusal");
    refused_ = refused_ || !refusal.empty();
    response_.text += refusal;
    const Json& calls = Member(delta, "tool_calls");
    if (calls.is_array()) {
      for (const Json& call : calls) TakeToolCall(call);
    }
    const std::string reason = TextMember(choice, "finish_reason");
    if (!reason.empty()) finish_reason_ = reason;
  }

  void TakeToolCall(const Json& call) {
    const std::int64_t index = CountMember(call, "index");
    if (index >= kMaxToolUses) throw BadData("a streamed tool call has an index out of range");
    ToolUse& use = uses_[index];
    if (use.id.empty()) use.id = TextMember(call, "id");
    const Json& function = Member(call, "function");
    use.name += TextMember(function, "name");
    arguments_[index] += TextMember(function, "arguments");
  }

  ChatResponse response_;
  std::map<std::int64_t, ToolUse> uses_;
  std::map<std::int64_t, std::string> arguments_;
  std::string finish_reason_;
  bool refused_ = false;
  std::optional<ServerError> error_;
};

ToolUse ReadCompletionsToolCall(const Json& call) {
  ToolUse use;
  use.id = TextMember(call, "id");
  const Json& function = Member(call, "function");
  use.name = TextMember(function, "name");
  if (use.name.empty()) throw BadData("a tool call has no name");
  const Json& arguments = Member(function, "arguments");
  if (arguments.is_object()) {  // some servers send them unwrapped
    use.arguments = arguments;
  } else {
    SetArguments(use, TextMember(function, "arguments"));
  }
  return use;
}

class ChatCompletions : public WireFormat {
 public:
  explicit ChatCompletions(std::string max_tokens_field)
      : max_tokens_field_(std::move(max_tokens_field)) {}

  std::string_view path() const override { return "/chat/completions"; }

  net::Headers RequestHeaders(const std::string& key) const override {
    net::Headers headers = {{"Content-Type", "application/json"}};
    if (!key.empty()) headers.Add("Authorization", "Bearer " + key);
    return headers;
  }

  Json Encode(const ChatRequest& request, bool stream) const override {
    Json json = {{"model", request.model}, {"messages", Json::array()}};
    json[max_tokens_field_] = request.max_tokens;
    if (!request.system.empty()) {
      json["messages"].push_back({{"role", "system"}, {"content", request.system}});
    }
    for (const Message& message : request.messages) {
      json["messages"].push_back(CompletionsMessage(message));
    }
    for (const ToolDefinition& tool : request.tools) {
      json["tools"].push_back({{"type", "function"},
                               {"function",
                                {{"name", tool.name},
                                 {"description", tool.description},
                                 {"parameters", tool.parameters}}}});
    }
    if (!request.tools.empty()) json["tool_choice"] = CompletionsToolChoice(request.tool_choice);
    if (request.temperature) json["temperature"] = *request.temperature;
    if (request.seed) json["seed"] = *request.seed;
    if (stream) {
      json["stream"] = true;
      json["stream_options"] = {{"include_usage", true}};
    }
    return json;
  }

  ChatResponse Decode(const Json& body) const override {
    const Json& choices = Member(body, "choices");
    if (!choices.is_array() || choices.empty()) throw BadData("the answer has no choices");
    const Json& message = Member(choices[0], "message");
    if (!message.is_object()) throw BadData("the answer's first choice has no message");
    ChatResponse response;
    response.model = TextMember(body, "model");
    response.text = TextMember(message, "content");
    const Json& calls = Member(message, "tool_calls");
    if (calls.is_array()) {
      for (const Json& call : calls) response.tool_uses.push_back(ReadCompletionsToolCall(call));
    }
    response.stop =
        CompletionsStop(TextMember(choices[0], "finish_reason"), !response.tool_uses.empty());
    const std::string refusal = TextMember(message, "refusal");
    if (!refusal.empty()) {
      response.text += refusal;
      response.stop = StopReason::kRefused;
    }
    response.usage = CompletionsUsage(Member(body, "usage"));
    return response;
  }

  std::unique_ptr<StreamDecoder> NewStream() const override {
    return std::make_unique<CompletionsStream>();
  }

 private:
  const std::string max_tokens_field_;
};

}  // namespace

std::unique_ptr<WireFormat> ChatCompletionsFormat(std::string max_tokens_field) {
  return std::make_unique<ChatCompletions>(std::move(max_tokens_field));
}

}  // namespace kedge::llm
