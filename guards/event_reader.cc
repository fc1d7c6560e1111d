#include "guards/event_reader.h"

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

Json ReadArguments(const Node& node) {
  const auto arguments = node.Find("args");
  if (!arguments) return Json::object();
  if (!arguments->is_object()) throw arguments->Fail("expected a mapping of arguments");
  return arguments->json();
}

Event ReadMessage(const Node& node, const char* key, EventType type) {
  node.AllowKeys({key});
  Event event;
  event.type = type;
  event.text = node[key].String();
  return event;
}

Event ReadEvent(const Node& node) {
  Event event;
  if (node.Has("user")) return ReadMessage(node, "user", EventType::kUserMessage);
  if (node.Has("assistant")) return ReadMessage(node, "assistant", EventType::kAssistantMessage);
  if (node.Has("final")) return ReadMessage(node, "final", EventType::kFinalOutput);
  if (node.Has("call")) {
    node.AllowKeys({"call", "args"});
    event.type = EventType::kToolCall;
    event.tool = node["call"].NonEmptyString();
  } else if (node.Has("result")) {
    node.AllowKeys({"result", "args", "value", "error"});
    event.type = EventType::kToolResult;
    event.tool = node["result"].NonEmptyString();
    event.is_error = node.BoolOr("error", false);
    if (const auto value = node.Find("value")) event.result = value->json();
  } else {
    throw node.Fail("expected one of user, assistant, call, result, final");
  }
  event.arguments = ReadArguments(node);
  return event;
}

}  // namespace

std::vector<Event> ReadEvents(const Node& node) {
  std::vector<Event> events;
  for (const Node& item : node.Items()) {
    if (!item.is_object()) throw item.Fail("expected an event");
    events.push_back(ReadEvent(item));
  }
  if (events.empty()) throw node.Fail("expected at least one event");
  return events;
}

}  // namespace kedge::guards
