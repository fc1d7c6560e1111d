#include <deque>

#include "guards/schema_node.h"
#include "guards/words/builders.h"
#include "harness/core/error.h"
#include "harness/text/pattern.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxOpen = 1024;

struct Obligation {
  const Match* match = nullptr;  // what begins it
  EventType event = EventType::kAssistantMessage;
  ToolSet tools;
  std::optional<text::Pattern> matches;  // anywhere in the text
  std::optional<KeySpecId> same;
  std::optional<std::int64_t> within;  // further events
  std::string described;

  bool Begins(EventType type, ToolId tool) const { return match->Selects(type, tool); }
};

// Open obligations, oldest first: all have the same term, so the oldest is due first.
class MustFollowChecker : public Checker {
 public:
  explicit MustFollowChecker(const Obligation& what) : what_(what) {}

  CheckResult Check(const EventView&) override {
    if (open_.size() < kMaxOpen) return CheckResult::Holds();
    return CheckResult::Error("state_limit",
                              "more than " + std::to_string(kMaxOpen) + " obligations are open");
  }

  // Hears of every event: the term is counted in events.
  void Follow(const EventView& event) override {
    ++now_;
    if (Fulfils(event)) Close(event);
    if (!what_.Begins(event.type(), event.tool()) || open_.size() >= kMaxOpen) return;
    if (!event.sound() || !what_.match->Accepts(event).value_or(true)) return;
    std::optional<std::uint32_t> key;
    if (what_.same) {
      const Key& found = event.key(*what_.same);
      // Without its key nothing can fulfil it.
      key = found.status == Key::Status::kFound ? found.id : kNoKey;
    }
    open_.push_back({now_, key});
  }

  std::vector<CheckResult> Due() override {
    std::vector<CheckResult> due;
    while (what_.within && !open_.empty() && now_ - open_.front().since >= *what_.within) {
      due.push_back(Missing(open_.front()));
      open_.pop_front();
    }
    return due;
  }

  std::vector<CheckResult> Open() override {
    std::vector<CheckResult> missing;
    for (const Entry& entry : open_) missing.push_back(Missing(entry));
    open_.clear();
    return missing;
  }

  void Reset() override {
    open_.clear();
    now_ = 0;
  }

 private:
  static constexpr std::uint32_t kNoKey = UINT32_MAX;
  struct Entry {
    std::int64_t since = 0;
    std::optional<std::uint32_t> key;
  };

  bool Fulfils(const EventView& event) const {
    if (!event.sound() || event.type() != what_.event) return false;
    if (HasTool(event.type()) && !what_.tools.Has(event.tool())) return false;
    if (event.type() == EventType::kToolResult && !event.succeeded()) return false;
    return !what_.matches || what_.matches->Matches(event.text());
  }

  void Close(const EventView& event) {
    if (!what_.same) return open_.clear();
    const Key& key = event.key(*what_.same);
    if (key.status != Key::Status::kFound) return;
    std::erase_if(open_, [&key](const Entry& entry) { return entry.key == key.id; });
  }

  CheckResult Missing(const Entry& entry) const {
    std::string message = what_.described + " did not follow";
    if (what_.within) message += " within " + std::to_string(*what_.within) + " events";
    return CheckResult::Violated(message + " (owed since " + std::to_string(now_ - entry.since) +
                                 " events)");
  }

  const Obligation& what_;
  std::deque<Entry> open_;
  std::int64_t now_ = 0;
};

class MustFollow : public Word {
 public:
  explicit MustFollow(Obligation what) : what_(std::move(what)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<MustFollowChecker>(what_);
  }
  bool Follows(EventType, ToolId) const override { return true; }
  bool Owes() const override { return true; }

 private:
  Obligation what_;
};

void ReadEvent(const Node& node, const WordContext& context, Obligation& what) {
  const bool names_tools = node.Has("tool") || node.Has("tool_group") || node.Has("effect");
  what.event = names_tools ? EventType::kToolCall : EventType::kAssistantMessage;
  if (const auto event = node.Find("event")) {
    what.event = *EventTypeFrom(event->OneOf({"user_message", "assistant_message", "tool_call",
                                              "tool_result", "final_output", "memory_write"}));
  } else if (!names_tools) {
    throw node.Fail("say what must follow: event, tool, tool_group or effect");
  }
  what.described = ToString(what.event);
  if (names_tools != HasTool(what.event)) {
    throw node.Fail(names_tools ? "only tool calls and results have a tool"
                                : "say which tool: tool, tool_group or effect");
  }
  if (!names_tools) return;
  what.tools = ReadToolSet(node, context.catalog);
  what.described += " of " + DescribeTools(what.tools, context.catalog);
}

}  // namespace

void BuildMustFollow(const Node& node, WordContext& context, Words& words) {
  node.AllowKeys({"event", "tool", "tool_group", "effect", "except", "matches", "same", "within"});
  Obligation what;
  what.match = &context.match;
  ReadEvent(node, context, what);
  if (const auto matches = node.Find("matches")) {
    if (HasTool(what.event)) throw matches->Fail("only messages have a text");
    const std::string expression = matches->NonEmptyString();
    CheckClasses(*matches, expression);
    try {
      what.matches = text::Pattern::Compile(expression);
    } catch (const Error& error) {
      throw matches->Fail(error.message());
    }
    what.described += " with '" + expression + "'";
  }
  if (const auto same = node.Find("same")) {
    NeedTool(*same, context.match, "same");
    if (!HasTool(what.event)) throw same->Fail("only tool calls and results have arguments");
    ReadSame(*same, context.match.tools, context);
    what.same = ReadSame(*same, what.tools, context);
  }
  if (const auto within = node.Find("within")) what.within = within->Int(1, 1'000'000);
  words.push_back(std::make_unique<MustFollow>(std::move(what)));
}

}  // namespace kedge::guards
