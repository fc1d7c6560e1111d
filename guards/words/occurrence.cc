#include "guards/words/occurrence.h"

#include "harness/core/error.h"

namespace kedge::guards {

Occurrence Occurrence::Read(const Node& node, WordContext& context) {
  node.AllowKeys({"tool", "tool_group", "effect", "except", "same"});
  if (!node.Has("tool") && !node.Has("tool_group") && !node.Has("effect")) {
    throw node.Fail("say which tool: tool, tool_group or effect");
  }
  Occurrence occurrence;
  occurrence.tools = ReadToolSet(node, context.catalog);
  occurrence.described = DescribeTools(occurrence.tools, context.catalog);
  if (const auto same = node.Find("same")) {
    NeedTool(*same, context.match, "same");
    ReadSame(*same, context.match.tools, context);
    occurrence.same = ReadSame(*same, occurrence.tools, context);
    occurrence.described += " with the same " + KeySpec::Read(*same).Describe();
  }
  return occurrence;
}

void OccurrenceLog::Follow(const EventView& event) {
  if (!event.succeeded()) return;
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
