#include <memory>
#include <optional>

#include "guards/schema_node.h"
#include "guards/words/builders.h"
#include "harness/core/error.h"
#include "harness/text/pattern.h"

namespace kedge::guards {
namespace {

constexpr std::string_view kPackPrefix = "pack:";

// What the user's message must look like: an expression, or what a pack finds.
struct Wanted {
  std::optional<text::Pattern> pattern;
  std::shared_ptr<const DetectorPack> pack;
  std::string described;

  bool Matches(const std::string& text) const {
    return pattern ? pattern->Matches(text) : pack->Matches(text);
  }
};

class LatestChecker : public Checker {
 public:
  explicit LatestChecker(const Wanted& wanted) : wanted_(wanted) {}

  CheckResult Check(const EventView&) override {
    if (state_ == State::kMatches) return CheckResult::Holds();
    return CheckResult::Violated(state_ == State::kNone
                                     ? "needs an answer of the user to the last message first"
                                     : "the user's latest message does not match '" +
                                           wanted_.described + "'");
  }

  void Follow(const EventView& event) override {
    if (event.type() == EventType::kAssistantMessage) {
      state_ = State::kNone;
    } else {
      state_ = wanted_.Matches(event.text()) ? State::kMatches : State::kDiffers;
    }
  }
  void Reset() override { state_ = State::kNone; }

 private:
  enum class State { kNone, kDiffers, kMatches };
  const Wanted& wanted_;
  State state_ = State::kNone;
};

class Latest : public Word {
 public:
  explicit Latest(Wanted wanted) : wanted_(std::move(wanted)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<LatestChecker>(wanted_);
  }
  bool Follows(EventType type, ToolId) const override {
    return type == EventType::kUserMessage || type == EventType::kAssistantMessage;
  }

 private:
  Wanted wanted_;
};

}  // namespace

void BuildLatest(const Node& node, WordContext& context, Words& words) {
  node.AllowKeys({"event", "matches", "since"});
  node["event"].OneOf({"user_message"});
  node["since"].OneOf({"last_assistant_message"});
  const Node matches = node["matches"];
  const std::string expression = matches.NonEmptyString();
  Wanted wanted;
  wanted.described = expression;
  if (expression.substr(0, kPackPrefix.size()) == kPackPrefix) {
    wanted.pack = context.resources.UsePack(matches, expression.substr(kPackPrefix.size()));
    words.push_back(std::make_unique<Latest>(std::move(wanted)));
    return;
  }
  CheckAnchored(matches, expression);
  CheckClasses(matches, expression);
  try {
    wanted.pattern = text::Pattern::Compile(expression);
  } catch (const Error& error) {
    throw matches.Fail(error.message());
  }
  words.push_back(std::make_unique<Latest>(std::move(wanted)));
}

}  // namespace kedge::guards
