#include "guards/event_view.h"

#include "guards/micro_units.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

constexpr std::string_view kEventTypeNames[kEventTypes] = {
    "user_message", "assistant_message", "tool_call",       "tool_result",
    "final_output", "memory_write",      "strategy_change", "approval"};

const Json& NoResult() {
  static const Json kNone;
  return kNone;
}

const Json& NoArguments() {
  static const Json kNone = Json::object();
  return kNone;
}

}  // namespace

std::string_view ToString(EventType type) { return kEventTypeNames[static_cast<int>(type)]; }

std::optional<EventType> EventTypeFrom(std::string_view name) {
  for (int i = 0; i < kEventTypes; ++i) {
    if (kEventTypeNames[i] == name) return static_cast<EventType>(i);
  }
  return std::nullopt;
}

const Key& KeyCache::Get(KeySpecId id, const std::string& tool, const Json& arguments) {
  Entry& entry = keys_[id];
  if (entry.event != event_) entry = {event_, Compute(specs_[id], tool, arguments)};
  return entry.key;
}

std::optional<std::int64_t> KeyCache::GetAmount(const std::string& pointer, const Json& arguments) {
  if (amount_event_ != event_ || amount_pointer_ != pointer) {
    const Json* value = text::ResolvePointer(arguments, pointer);
    amount_ = value == nullptr ? std::nullopt : MicroUnitsOf(*value);
    amount_event_ = event_;
    amount_pointer_ = pointer;
  }
  return amount_;
}

Key KeyCache::Compute(const KeySpec& spec, const std::string& tool, const Json& arguments) {
  Key key;
  buffer_.clear();
  if (!AppendKey(spec, tool, arguments, buffer_, key.absent)) return key;
  const std::optional<std::uint32_t> id = table_.Intern(buffer_);
  key.status = id ? Key::Status::kFound : Key::Status::kFull;
  key.id = id.value_or(0);
  return key;
}

EventView::EventView(const Event& event, ToolId tool, const std::string& tool_name, KeyCache& keys,
                     const Session& session)
    : event_(event),
      tool_(tool),
      tool_name_(tool_name),
      arguments_(event.arguments.is_object() ? &event.arguments : &NoArguments()),
      text_(&event.text),
      result_(&NoResult()),
      keys_(keys),
      session_(session) {}

EventView EventView::Unsound(const Event& event, ToolId tool, const std::string& tool_name,
                             KeyCache& keys, const Session& session) {
  static const std::string kNoText;
  EventView view(event, tool, tool_name, keys, session);
  view.arguments_ = &NoArguments();
  view.text_ = &kNoText;
  view.sound_ = false;
  return view;
}

const Key& EventView::key(KeySpecId id) const {
  static const std::string kEverything;
  static const Key kNone{Key::Status::kAbsent, 0, &kEverything};
  return sound_ ? keys_.Get(id, tool_name_, *arguments_) : kNone;
}

}  // namespace kedge::guards
