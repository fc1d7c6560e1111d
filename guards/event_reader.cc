#include "guards/event_reader.h"

#include "guards/event_view.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

Json ReadArguments(const Node& node) {
  const auto arguments = node.Find("args");
  if (!arguments) return Json::object();
  if (!arguments->is_object()) throw arguments->Fail("expected a mapping of arguments");
  return arguments->json();
}

// What every event may say besides.
void ReadCommon(const Node& node, Event& event) {
  event.actor = node.StringOr("actor", "");
  event.unix_nanos = static_cast<std::int64_t>(node.NumberOr("ts", 0, 0, 9e9) *
                                               static_cast<double>(kNanosPerSecond));
  event.tokens = node.IntOr("tokens", 0, 0);
  event.labels = node.StringsOr("labels");
}

Event ReadMessage(const Node& node, const char* key, EventType type) {
  node.AllowKeys({key, "actor", "ts", "tokens", "labels"});
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
    node.AllowKeys({"call", "args", "definition", "actor", "ts", "tokens", "labels"});
    event.definition = node.StringOr("definition", "");
    event.type = EventType::kToolCall;
    event.tool = node["call"].NonEmptyString();
  } else if (node.Has("result")) {
    node.AllowKeys({"result", "args", "value", "error", "actor", "ts", "tokens", "labels"});
    event.type = EventType::kToolResult;
    event.tool = node["result"].NonEmptyString();
    event.is_error = node.BoolOr("error", false);
    if (const auto value = node.Find("value")) event.result = value->json();
  } else if (node.Has("memory")) {
    node.AllowKeys({"memory", "args", "actor", "ts", "tokens", "labels"});
    event.type = EventType::kMemoryWrite;
    event.text = node["memory"].String();
  } else if (node.Has("change")) {
    node.AllowKeys({"change", "actor", "ts"});
    event.type = EventType::kStrategyChange;
    if (!node["change"].is_object()) throw node["change"].Fail("expected a mapping");
    event.arguments = node["change"].json();
    return event;
  } else if (node.Has("approve")) {
    node.AllowKeys({"approve", "actor", "ts"});
    event.type = EventType::kApproval;
    event.granted = node["approve"].Bool();
    return event;
  } else {
    throw node.Fail(
        "expected one of user, assistant, call, result, final, memory, change, approve");
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
    ReadCommon(item, events.back());
  }
  if (events.empty()) throw node.Fail("expected at least one event");
  return events;
}

}  // namespace kedge::guards
