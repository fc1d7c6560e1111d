// Whatever goes wrong inside the guard, the answer is DENY.
#include <gtest/gtest.h>

#include <new>

#include "harness/core/error.h"
#include "tests/guards/policies.h"

namespace kedge::guards {
namespace {

// A word that fails on command.
enum class Failure { kNone, kError, kBadAlloc, kKedgeError, kFollow };

class FaultyChecker : public Checker {
 public:
  explicit FaultyChecker(const Failure& failure) : failure_(failure) {}
  CheckResult Check(const EventView&) override {
    if (failure_ == Failure::kError) return CheckResult::Error("state_limit", "injected");
    if (failure_ == Failure::kBadAlloc) throw std::bad_alloc();
    if (failure_ == Failure::kKedgeError) throw InternalError("injected");
    return CheckResult::Holds();
  }
  void Follow(const EventView&) override {
    if (failure_ == Failure::kFollow) throw std::bad_alloc();
  }

 private:
  const Failure& failure_;
};

class FaultyWord : public Word {
 public:
  explicit FaultyWord(const Failure& failure) : failure_(failure) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<FaultyChecker>(failure_);
  }
  bool Follows(EventType type, ToolId) const override { return type == EventType::kToolResult; }

 private:
  const Failure& failure_;
};

constexpr char kFaultyPolicy[] = R"(
version: guards/v1
tools: {drop: {effect: write}, look: {effect: read}}
rules:
- id: faulty
  severity: low
  verdict: warn
  match: {event: tool_call}
  require: {at_most: {n: 100000, per: session}}
  examples:
    warn: [[EXAMPLE]]
    allow: [[{call: drop}]]
)";

class FailClosed : public ::testing::Test {
 protected:
  FailClosed() {
    std::string yaml = kFaultyPolicy;
    yaml.replace(yaml.find("n: 100000"), 9, "n: 1");
    yaml.replace(yaml.find("EXAMPLE"), 7, "{call: drop}, {call: drop}");
    policy_ = ReadPolicy(Document::FromYaml(yaml, "p.yaml"), ".");
    Rule& rule = *policy_->rules[0];
    rule.words.clear();
    rule.words.push_back(std::make_unique<FaultyWord>(failure_));
    policy_->Index();
    evaluator_.emplace(*policy_);
  }

  std::string Call() { return Summary(evaluator_->Observe(MakeCall("drop", {}))); }

  Failure failure_ = Failure::kNone;
  std::unique_ptr<Policy::Compiled> policy_;
  std::optional<Evaluator> evaluator_;
};

TEST_F(FailClosed, AnErrorOfAWordDeniesWhateverItsRulesVerdict) {
  EXPECT_EQ(Call(), "allow");
  failure_ = Failure::kError;
  EXPECT_EQ(Call(), "deny faulty:deny!state_limit");
  failure_ = Failure::kNone;
  EXPECT_EQ(Call(), "allow");
}

TEST_F(FailClosed, AnExceptionInACheckDenies) {
  for (const Failure failure : {Failure::kBadAlloc, Failure::kKedgeError}) {
    failure_ = failure;
    EXPECT_EQ(Call(), "deny faulty:deny!internal");
  }
  failure_ = Failure::kNone;
  EXPECT_EQ(Call(), "allow");
}

TEST_F(FailClosed, ALostMemoryDeniesUntilTheEpisodeEnds) {
  failure_ = Failure::kFollow;
  EXPECT_EQ(Summary(evaluator_->Observe(MakeResult("drop", {}))), "deny faulty:deny!internal");
  failure_ = Failure::kNone;
  EXPECT_EQ(Call(), "deny faulty:deny!internal");
  EXPECT_EQ(Call(), "deny faulty:deny!internal");
  evaluator_->Reset();
  EXPECT_EQ(Call(), "allow");
}

constexpr char kReal[] = R"(
version: guards/v1
tools: {drop: {effect: write}, look: {effect: read}}
rules:
- id: keyed
  severity: high
  verdict: warn
  match: {tool: drop}
  require: {before: {tool: look, same: /k}}
  examples:
    warn: [[{call: drop, args: {k: 1}}]]
    allow: [[{result: look, args: {k: 1}}, {call: drop, args: {k: 1}}]]
- id: barrier
  severity: high
  verdict: warn
  match: {tool: drop}
  forbid: {after: {tool: drop, same: /k}}
  examples:
    warn: [[{result: drop, args: {k: 1}}, {call: drop, args: {k: 1}}]]
    allow: [[{call: drop, args: {k: 1}}]]
- id: counted
  severity: high
  verdict: warn
  match: {event: tool_call}
  require: {at_most: {n: 3, per: session, same: [tool, args]}}
  examples:
    warn: [[{call: look}, {call: look}, {call: look}, {call: look}]]
    allow: [[{call: look}]]
)";

TEST(FailClosedEvents, WhatCannotBeJudgedIsDenied) {
  Json deep = 1;
  for (int i = 0; i < 70; ++i) deep = Json::array({std::move(deep)});
  Json almost_deep = 1;
  for (int i = 0; i < 60; ++i) almost_deep = Json::array({std::move(almost_deep)});
  const std::pair<Event, const char*> cases[] = {
      {MakeCall("drop", {{"k", "\xFF"}}), "deny event:deny!bad_utf8"},
      {MakeCall("drop", {{"\xC3", 1}}), "deny event:deny!bad_utf8"},
      {MakeCall("dr\xFFop", {{"k", 1}}), "deny event:deny!bad_utf8"},
      {MakeCall("drop", Json::array({1})), "deny event:deny!bad_arguments"},
      {MakeCall("drop", "k=1"), "deny event:deny!bad_arguments"},
      {MakeCall("drop", {{"k", Json::binary({1, 2})}}), "deny event:deny!bad_arguments"},
      {MakeCall("drop", {{"k", std::nan("")}}), "deny event:deny!bad_number"},
      {MakeCall("drop", {{"k", deep}}), "deny event:deny!too_deep"},
      {MakeCall("drop", {{"k", std::string(5 << 20, 'x')}}), "deny event:deny!too_large"},
      {MakeMessage(EventType::kFinalOutput, "\xED\xA0\x80"), "deny event:deny!bad_utf8"},
      {MakeResult("look", {{"k", "\xFF"}}), "deny event:deny!bad_utf8"},
      {MakeCall("look", {{"k", almost_deep}}), "allow"}};
  LoadedPolicy loaded(kReal);
  for (const auto& [event, expected] : cases) {
    EXPECT_EQ(Summary(loaded.evaluator.Observe(event)), expected);
  }
}

TEST(FailClosedEvents, AttemptsThatCannotBeJudgedAreStillCounted) {
  LoadedPolicy loaded(R"(
version: guards/v1
tools: {drop: {effect: write}}
rules:
- id: twice
  severity: high
  match: {tool: drop}
  require: {at_most: {n: 2, per: session}}
  examples:
    deny: [[{call: drop}, {call: drop}, {call: drop}]]
    allow: [[{call: drop}]]
)");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", "?"))),
              "deny event:deny!bad_arguments");
  }
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {}))), "deny twice:deny");
}

// More keys than a monitor remembers: every rule that would need one more says so.
TEST(FailClosedEvents, AFullMemoryDenies) {
  LoadedPolicy loaded(kReal);
  for (std::size_t i = 0; i < KeyTable::kMaxKeys; ++i) {
    loaded.evaluator.Observe(MakeResult("look", {{"k", i}}));
  }
  EXPECT_EQ(loaded.evaluator.Observe(MakeCall("drop", {{"k", -1}})).verdict, Verdict::kDeny);
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"k", -1}}))),
            "deny barrier:deny!state_limit counted:deny!state_limit keyed:deny!state_limit");
  // What is remembered is still judged by what happened.
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"k", 7}}))),
            "deny counted:deny!state_limit");
  loaded.evaluator.Reset();
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"k", -1}}))), "warn keyed:warn");
}

TEST(FailClosedEvents, LongKeysAreToldApart) {
  LoadedPolicy loaded(kReal);
  std::string one(100000, 'x');
  std::string other = one;
  other.back() = 'y';
  loaded.evaluator.Observe(MakeResult("look", {{"k", one}}));
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"k", one}}))), "allow");
  EXPECT_EQ(Summary(loaded.evaluator.Observe(MakeCall("drop", {{"k", other}}))), "warn keyed:warn");
}

}  // namespace
}  // namespace kedge::guards
