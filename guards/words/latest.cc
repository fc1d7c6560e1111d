#include "guards/schema_node.h"
#include "guards/words/builders.h"
#include "harness/core/error.h"
#include "harness/text/pattern.h"

namespace kedge::guards {
namespace {

class LatestChecker : public Checker {
 public:
  explicit LatestChecker(const text::Pattern& pattern) : pattern_(pattern) {}

  CheckResult Check(const EventView&) override {
    if (state_ == State::kMatches) return CheckResult::Holds();
    return CheckResult::Violated(state_ == State::kNone
                                     ? "needs an answer of the user to the last message first"
                                     : "the user's latest message does not match '" +
                                           pattern_.expression() + "'");
  }

  void Follow(const EventView& event) override {
    if (event.type() == EventType::kAssistantMessage) {
      state_ = State::kNone;
    } else {
      state_ = pattern_.Matches(event.text()) ? State::kMatches : State::kDiffers;
    }
  }
  void Reset() override { state_ = State::kNone; }

 private:
  enum class State { kNone, kDiffers, kMatches };
  const text::Pattern& pattern_;
  State state_ = State::kNone;
};

class Latest : public Word {
 public:
  explicit Latest(text::Pattern pattern) : pattern_(std::move(pattern)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<LatestChecker>(pattern_);
  }
  bool Follows(EventType type, ToolId) const override {
    return type == EventType::kUserMessage || type == EventType::kAssistantMessage;
  }

 private:
  text::Pattern pattern_;
};

}  // namespace

void BuildLatest(const Node& node, WordContext&, Words& words) {
  node.AllowKeys({"event", "matches", "since"});
  node["event"].OneOf({"user_message"});
  node["since"].OneOf({"last_assistant_message"});
  const Node matches = node["matches"];
  const std::string expression = matches.NonEmptyString();
  CheckAnchored(matches, expression);
  CheckClasses(matches, expression);
  try {
    words.push_back(std::make_unique<Latest>(text::Pattern::Compile(expression)));
  } catch (const Error& error) {
    throw matches.Fail(error.message());
  }
}

}  // namespace kedge::guards
