#include "harness/llm/chat.h"

#include "harness/core/document.h"

namespace kedge::llm {
namespace {

std::string_view ToString(Role role) {
  switch (role) {
    case Role::kUser:
      return "user";
    case Role::kAssistant:
      return "assistant";
    case Role::kTool:
      return "tool";
  }
  return "";
}

Json ToolUsesJson(const std::vector<ToolUse>& uses) {
  Json list = Json::array();
  for (const ToolUse& use : uses) {
    Json item = {{"id", use.id}, {"name", use.name}, {"arguments", use.arguments}};
    if (!use.malformed.empty()) item["malformed"] = use.malformed;
    list.push_back(std::move(item));
  }
  return list;
}

Json MessageJson(const Message& message) {
  Json json = {{"role", ToString(message.role)}, {"text", message.text}};
  if (!message.tool_uses.empty()) json["tool_uses"] = ToolUsesJson(message.tool_uses);
  if (message.role == Role::kTool) {
    json["tool_use_id"] = message.tool_use_id;
    json["is_error"] = message.is_error;
  }
  return json;
}

ToolUse ReadToolUse(const Node& node) {
  node.AllowKeys({"id", "name", "arguments", "malformed"});
  ToolUse use;
  use.id = node["id"].String();
  use.name = node["name"].String();
  use.arguments = node["arguments"].json();
  if (!use.arguments.is_object()) throw node["arguments"].Fail("expected an object");
  use.malformed = node.StringOr("malformed", "");
  return use;
}

StopReason ReadStopReason(const Node& node) {
  const std::string name = node.OneOf({"end", "tool_use", "length", "refused"});
  for (const StopReason reason :
       {StopReason::kEnd, StopReason::kToolUse, StopReason::kLength, StopReason::kRefused}) {
    if (ToString(reason) == name) return reason;
  }
  throw InternalError("stop reason '" + name + "' has no value");
}

}  // namespace

double Cost(const Usage& usage, const Price& price) {
  return (static_cast<double>(usage.input_tokens) * price.input +
          static_cast<double>(usage.output_tokens) * price.output) /
         1e6;
}

std::string_view ToString(StopReason reason) {
  switch (reason) {
    case StopReason::kEnd:
      return "end";
    case StopReason::kToolUse:
      return "tool_use";
    case StopReason::kLength:
      return "length";
    case StopReason::kRefused:
      return "refused";
  }
  return "";
}

Json ToJson(const ChatRequest& request) {
  Json json = {{"model", request.model},
               {"system", request.system},
               {"messages", Json::array()},
               {"max_tokens", request.max_tokens}};
  for (const Message& message : request.messages) json["messages"].push_back(MessageJson(message));
  if (!request.tools.empty()) {
    json["tool_choice"] = request.tool_choice;
    for (const ToolDefinition& tool : request.tools) {
      json["tools"].push_back({{"name", tool.name},
                               {"description", tool.description},
                               {"parameters", tool.parameters}});
    }
  }
  if (request.temperature) json["temperature"] = *request.temperature;
  if (request.seed) json["seed"] = *request.seed;
  return json;
}

Json ToJson(const ChatResponse& response) {
  return {{"model", response.model},
          {"text", response.text},
          {"tool_uses", ToolUsesJson(response.tool_uses)},
          {"stop", ToString(response.stop)},
          {"usage",
           {{"input_tokens", response.usage.input_tokens},
            {"cached_tokens", response.usage.cached_tokens},
            {"output_tokens", response.usage.output_tokens}}}};
}

ChatResponse ChatResponseFromJson(const Json& json, const std::string& source_name,
                                  std::int64_t line) {
  const Node root = Document::FromValue(json, source_name, line).root();
  root.AllowKeys({"model", "text", "tool_uses", "stop", "usage"});
  ChatResponse response;
  response.model = root["model"].String();
  response.text = root["text"].String();
  for (const Node& use : root["tool_uses"].Items()) response.tool_uses.push_back(ReadToolUse(use));
  response.stop = ReadStopReason(root["stop"]);
  const Node usage = root["usage"];
  usage.AllowKeys({"input_tokens", "cached_tokens", "output_tokens"});
  response.usage.input_tokens = usage["input_tokens"].Int(0);
  response.usage.cached_tokens = usage["cached_tokens"].Int(0);
  response.usage.output_tokens = usage["output_tokens"].Int(0);
  return response;
}

std::string RequestHash(const ChatRequest& request) { return JsonDigest(ToJson(request)); }

}  // namespace kedge::llm
