#include "harness/trace/formats/span_content.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/trace/formats/indexed_attributes.h"
#include "harness/trace/formats/span_kind.h"

namespace kedge::trace {
namespace {

// Structured attributes may come as JSON text.
Json Structured(Json&& value) {
  if (!value.is_string()) return std::move(value);
  const auto& text = value.get_ref<const std::string&>();
  if (!text.starts_with('[') && !text.starts_with('{')) return std::move(value);
  try {
    return ParseJson(text);
  } catch (const Error&) {
    return std::move(value);
  }
}

void AppendMessage(Json&& json, const char* role, std::vector<ChatMessage>& out, const char* path) {
  if (json.is_null()) return;
  if (json.is_string()) json = {{"content", std::move(json)}};
  if (json.is_object() && json.value("role", Json()).is_null()) json["role"] = role;
  out.push_back(TakeChatMessage(std::move(json), path));
}

void AppendMessages(Json&& list, const char* role, std::vector<ChatMessage>& out,
                    const char* path) {
  if (!list.is_array()) return AppendMessage(std::move(list), role, out, path);
  for (Json& item : list) AppendMessage(std::move(item), role, out, path);
}

void TakeCurrent(Json& attributes, SpanContent& content) {
  Json system = Structured(TakeAttribute(attributes, {"gen_ai.system_instructions"}));
  if (system.is_array()) system = {{"role", "system"}, {"parts", std::move(system)}};
  AppendMessage(std::move(system), "system", content.input, "gen_ai.system_instructions");
  AppendMessages(Structured(TakeAttribute(attributes, {"gen_ai.input.messages"})), "user",
                 content.input, "gen_ai.input.messages");
  AppendMessages(Structured(TakeAttribute(attributes, {"gen_ai.output.messages"})), "assistant",
                 content.output, "gen_ai.output.messages");
}

// The parts of a message that an event's attributes spell out, under "message" for choices.
Json EventMessage(Json&& attributes) {
  Json message = Structured(TakeAttribute(attributes, {"message", "gen_ai.event.content"}));
  if (!message.is_object()) message = Json::object({{"content", std::move(message)}});
  for (auto& [key, value] : attributes.items()) {
    if (!key.starts_with("gen_ai.") && key != "index") message[key] = Structured(std::move(value));
  }
  return message;
}

bool TakeEvent(SpanEvent& event, SpanContent& content) {
  if (event.name == "gen_ai.client.inference.operation.details") {
    TakeCurrent(event.attributes, content);
    return true;
  }
  if (event.name == "gen_ai.choice") {
    AppendMessage(EventMessage(std::move(event.attributes)), "assistant", content.output,
                  "gen_ai.choice");
    return true;
  }
  for (const char* role : {"system", "user", "assistant", "tool"}) {
    if (event.name != std::string("gen_ai.") + role + ".message") continue;
    AppendMessage(EventMessage(std::move(event.attributes)), role, content.input, "gen_ai event");
    return true;
  }
  const bool prompt = event.name == "gen_ai.content.prompt";
  if (!prompt && event.name != "gen_ai.content.completion") return false;
  Json list = Structured(TakeAttribute(event.attributes, {"gen_ai.prompt", "gen_ai.completion"}));
  AppendMessages(std::move(list), prompt ? "user" : "assistant",
                 prompt ? content.input : content.output, "gen_ai event");
  return true;
}

void TakeEvents(Span& span, SpanContent& content) {
  const auto kept =
      std::remove_if(span.events.begin(), span.events.end(),
                     [&content](SpanEvent& event) { return TakeEvent(event, content); });
  span.events.erase(kept, span.events.end());
}

void TakeIndexed(Json& attributes, SpanContent& content) {
  AppendMessages(TakeIndexedList(attributes, "gen_ai.prompt."), "user", content.input,
                 "gen_ai.prompt");
  AppendMessages(TakeIndexedList(attributes, "gen_ai.completion."), "assistant", content.output,
                 "gen_ai.completion");
}

// OpenInference wraps each element in an object that names its type.
void Unwrap(Json& list, const char* wrapper) {
  if (!list.is_array()) return;
  for (Json& item : list) {
    if (!item.is_object() || !item.contains(wrapper)) continue;
    Json inner = std::move(item[wrapper]);
    item = std::move(inner);
  }
}

Json OpenInferenceMessages(Json& attributes, const char* prefix) {
  Json messages = TakeIndexedList(attributes, prefix);
  Unwrap(messages, "message");
  for (Json& message : messages) {
    if (!message.is_object()) continue;
    if (message.contains("tool_calls")) Unwrap(message["tool_calls"], "tool_call");
    if (!message.contains("contents")) continue;
    Json blocks = std::move(message["contents"]);
    message.erase("contents");
    Unwrap(blocks, "message_content");
    if (!message.contains("content")) message["content"] = std::move(blocks);
  }
  return messages;
}

void TakeOpenInference(Json& attributes, SpanContent& content) {
  AppendMessages(OpenInferenceMessages(attributes, "llm.input_messages."), "user", content.input,
                 "llm.input_messages");
  AppendMessages(OpenInferenceMessages(attributes, "llm.output_messages."), "assistant",
                 content.output, "llm.output_messages");
}

void TakeVertex(Json& attributes, SpanContent& content) {
  Json request = Structured(TakeAttribute(attributes, {"gcp.vertex.agent.llm_request"}));
  if (request.is_object()) {
    if (Json& config = request["config"]; config.is_object()) {
      Json system = config.value("system_instruction", Json());
      AppendMessage(std::move(system), "system", content.input, "gcp.vertex.agent.llm_request");
    }
    AppendMessages(std::move(request["contents"]), "user", content.input,
                   "gcp.vertex.agent.llm_request");
  }
  Json response = Structured(TakeAttribute(attributes, {"gcp.vertex.agent.llm_response"}));
  if (response.is_object() && response.contains("content")) {
    AppendMessage(std::move(response["content"]), "assistant", content.output,
                  "gcp.vertex.agent.llm_response");
  }
}

void TakeVercel(Json& attributes, SpanContent& content) {
  AppendMessages(Structured(TakeAttribute(attributes, {"ai.prompt.messages"})), "user",
                 content.input, "ai.prompt.messages");
  Json prompt = Structured(TakeAttribute(attributes, {"ai.prompt"}));
  if (prompt.is_object() && content.input.empty()) {
    AppendMessage(prompt.value("system", Json()), "system", content.input, "ai.prompt");
    AppendMessages(prompt.value("messages", Json()), "user", content.input, "ai.prompt");
    AppendMessages(prompt.value("prompt", Json()), "user", content.input, "ai.prompt");
  }
  Json text = TakeAttribute(attributes, {"ai.response.text", "ai.response.object"});
  Json calls = Structured(TakeAttribute(attributes, {"ai.response.toolCalls"}));
  if (text.is_null() && !calls.is_array()) return;
  Json output = {{"role", "assistant"}, {"content", std::move(text)}};
  if (calls.is_array()) output["tool_calls"] = std::move(calls);
  AppendMessage(std::move(output), "assistant", content.output, "ai.response");
}

void TakeValues(Json& attributes, SpanContent& content) {
  Json input = TakeAttribute(attributes, {"input.value", "ai.value"});
  Json output = TakeAttribute(attributes, {"output.value"});
  if (input.is_string()) AppendMessage(std::move(input), "user", content.input, "input.value");
  if (output.is_string()) {
    AppendMessage(std::move(output), "assistant", content.output, "output.value");
  }
}

}  // namespace

SpanContent TakeSpanContent(Span& span) {
  SpanContent content;
  TakeCurrent(span.attributes, content);
  if (content.empty()) TakeEvents(span, content);
  for (const auto take : {TakeIndexed, TakeOpenInference, TakeVertex, TakeVercel, TakeValues}) {
    if (content.empty()) take(span.attributes, content);
  }
  return content;
}

}  // namespace kedge::trace
