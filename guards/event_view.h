#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guards/key_spec.h"
#include "guards/key_table.h"
#include "guards/monitor.h"
#include "guards/session.h"
#include "guards/tool_catalog.h"

namespace kedge::guards {

constexpr int kEventTypes = 8;
inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

/// "user_message", "tool_call", ...
std::string_view ToString(EventType type);
std::optional<EventType> EventTypeFrom(std::string_view name);
constexpr bool HasTool(EventType type) {
  return type == EventType::kToolCall || type == EventType::kToolResult;
}
constexpr bool HasArguments(EventType type) {
  return HasTool(type) || type == EventType::kMemoryWrite || type == EventType::kStrategyChange;
}

/// The key of an event under some KeySpec.
struct Key {
  enum class Status {
    kFound,
    kAbsent,  ///< the arguments lack `*absent`
    kFull,    ///< the episode has more keys than a monitor remembers
  };
  Status status = Status::kAbsent;
  std::uint32_t id = 0;                 ///< kFound
  const std::string* absent = nullptr;  ///< kAbsent; points into the policy
};

/// Keys of the event under judgement, each computed once. Part of a monitor's state.
class KeyCache {
 public:
  explicit KeyCache(const KeySpecs& specs) : specs_(specs), keys_(specs.size()) {}
  void Reset() { table_.Reset(); }
  void StartEvent() { ++event_; }
  const Key& Get(KeySpecId id, const std::string& tool, const Json& arguments);
  /// The amount (micro_units.h) at a place of the arguments, read once per event while rules ask
  /// for the same place; nullopt when there is none.
  std::optional<std::int64_t> GetAmount(const std::string& pointer, const Json& arguments);

 private:
  struct Entry {
    std::uint64_t event = 0;
    Key key;
  };
  Key Compute(const KeySpec& spec, const std::string& tool, const Json& arguments);

  const KeySpecs& specs_;
  std::vector<Entry> keys_;
  KeyTable table_;
  std::uint64_t event_ = 0;
  std::string buffer_;
  std::uint64_t amount_event_ = 0;
  std::string amount_pointer_;
  std::optional<std::int64_t> amount_;
};

/// An event as the words of a policy see it: the tool resolved through the catalogue.
class EventView {
 public:
  EventView(const Event& event, ToolId tool, const std::string& tool_name, KeyCache& keys,
            const Session& session);
  /// An event that could not be judged: it happened, but nothing in it is to be believed. It has
  /// no arguments, no text and no key.
  static EventView Unsound(const Event& event, ToolId tool, const std::string& tool_name,
                           KeyCache& keys, const Session& session);

  EventType type() const { return event_.type; }
  ToolId tool() const { return tool_; }
  const std::string& tool_name() const { return tool_name_; }  ///< the catalogue's, else as given
  const Json& arguments() const { return *arguments_; }        ///< an object
  const std::string& text() const { return *text_; }
  const Event& event() const { return event_; }
  /// The result as data (ResultSpec::Parse), null unless the policy reads results.
  const Json& result() const { return *result_; }
  void SetResult(const Json& result) { result_ = &result; }
  const Session& session() const { return session_; }
  bool sound() const { return sound_; }
  /// The same call again, after its ASK was approved: its attempt is counted already.
  bool resubmitted() const { return resubmitted_; }
  void SetResubmitted() { resubmitted_ = true; }
  bool succeeded() const { return event_.type == EventType::kToolResult && !event_.is_error; }
  const Key& key(KeySpecId id) const;
  std::optional<std::int64_t> amount(const std::string& pointer) const {
    return keys_.GetAmount(pointer, *arguments_);
  }

 private:
  const Event& event_;
  ToolId tool_;
  const std::string& tool_name_;
  const Json* arguments_;
  const std::string* text_;
  const Json* result_;
  bool sound_ = true;
  bool resubmitted_ = false;
  KeyCache& keys_;
  const Session& session_;
};

}  // namespace kedge::guards
