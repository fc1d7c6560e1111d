#include "guards/words/occurrence.h"

#include "guards/schema_node.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

void ReadWhat(const Node& node, WordContext& context, Occurrence& occurrence) {
  const bool names_tools = node.Has("tool") || node.Has("tool_group") || node.Has("effect");
  if (const auto event = node.Find("event")) {
    occurrence.event = *EventTypeFrom(
        event->OneOf({"user_message", "assistant_message", "tool_call", "tool_result",
                      "final_output", "memory_write", "strategy_change"}));
    occurrence.described = ToString(occurrence.event);
  }
  if (!HasTool(occurrence.event)) {
    if (names_tools || node.Has("except")) {
      throw node.Fail("only tool calls and results have a tool");
    }
    return;
  }
  if (!names_tools) throw node.Fail("say which tool: tool, tool_group or effect");
  occurrence.tools = ReadToolSet(node, context.catalog);
  occurrence.described = DescribeTools(occurrence.tools, context.catalog);
}

}  // namespace

Occurrence Occurrence::Read(const Node& node, WordContext& context) {
  node.AllowKeys(
      {"tool", "tool_group", "effect", "except", "event", "same", "result", "since", "reset_by"});
  Occurrence occurrence;
  ReadWhat(node, context, occurrence);
  if (const auto same = node.Find("same")) {
    NeedTool(*same, context.match, "same");
    if (!HasTool(occurrence.event)) throw same->Fail("only tool calls and results have arguments");
    ReadSame(*same, context.match.tools, context);
    occurrence.same = ReadSame(*same, occurrence.tools, context);
    occurrence.described += " with the same " + KeySpec::Read(*same).Describe();
  }
  if (const auto result = node.Find("result")) {
    if (occurrence.event != EventType::kToolResult) throw result->Fail("only results have one");
    CheckPatternsAnchored(*result);
    occurrence.result = CompileSchemaNode(*result, WithRequiredProperties(result->json()));
    occurrence.described += " with the right result";
    context.resources.uses_results = true;
  }
  if (const auto since = node.Find("since")) {
    since->OneOf({"turn"});
    occurrence.this_turn = true;
    occurrence.described += " in this turn";
  }
  if (const auto reset = node.Find("reset_by")) {
    reset->AllowKeys({"tool", "tool_group", "effect", "except"});
    occurrence.reset_by = ReadToolSet(*reset, context.catalog);
    occurrence.described +=
        " after the last " + DescribeTools(occurrence.reset_by, context.catalog);
  } else {
    occurrence.reset_by = ToolSet(context.catalog.size(), false);
  }
  return occurrence;
}

bool OccurrenceLog::Forgets(const EventView& event) const {
  if (!occurrence_.Resets(event.type(), event.tool())) return false;
  if (occurrence_.this_turn && BeginsTurn(event.type())) return event.sound() || proof_;
  return event.succeeded() && (event.sound() || proof_);
}

bool OccurrenceLog::Counts(const EventView& event) const {
  if (!occurrence_.Happens(event.type(), event.tool())) return false;
  if (!event.sound()) return !proof_ && (!HasTool(event.type()) || !event.event().is_error);
  if (event.type() == EventType::kToolResult && !event.succeeded()) return false;
  return !occurrence_.result || occurrence_.result->Decide(event.result()).value_or(!proof_);
}

void OccurrenceLog::Follow(const EventView& event) {
  if (Forgets(event)) Reset();
  if (!Counts(event)) return;
  if (!occurrence_.same) {
    any_ = true;
    return;
  }
  // A result without the key is about nothing that could be asked for. A full table needs no note:
  // every later look-up of a key that is not in it fails.
  const Key& key = event.key(*occurrence_.same);
  if (key.status != Key::Status::kFound) return;
  if (key.id >= by_key_.size()) by_key_.resize(key.id + std::size_t{1});
  by_key_[key.id] = true;
}

OccurrenceLog::Answer OccurrenceLog::Happened(const EventView& event) const {
  if (!occurrence_.same) return {any_, {}};
  const Key& key = event.key(*occurrence_.same);
  if (key.status != Key::Status::kFound) return {false, CheckResult::BadKey(key)};
  return {key.id < by_key_.size() && by_key_[key.id], {}};
}

void OccurrenceLog::Reset() {
  any_ = false;
  by_key_.clear();
}

}  // namespace kedge::guards
