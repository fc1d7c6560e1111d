// Whether a trace shows that a rule was followed, read off calls, answers and messages alone.
#include "guards/change/conduct.h"

#include <gtest/gtest.h>

namespace kedge::guards {
namespace {

using strategy::Rule;
using strategy::RuleAction;
using trace::Step;
using trace::StepKind;

/// A trace made step by step.
class Tape {
 public:
  Tape& Says(const std::string& actor, const std::string& text) {
    Step& step = Add(StepKind::kMessage, actor);
    step.text = text;
    return *this;
  }
  Tape& Calls(const std::string& tool, Json arguments = Json::object(),
              const std::string& error = {}, const std::string& answer = "{}") {
    Step& call = Add(StepKind::kToolCall, "agent");
    call.call.id = std::to_string(++calls_);
    call.call.name = tool;
    call.call.arguments = std::move(arguments);
    for (const auto& [guard, verdict] : marks_) {
      Step& mark = Add(StepKind::kGuard, "guard");
      mark.guard = {guard, verdict, ""};
    }
    marks_.clear();
    Step& result = Add(StepKind::kObservation, "tool");
    result.observation = {std::to_string(calls_), !error.empty(), error, answer};
    return *this;
  }
  /// A guard that speaks at the next call.
  Tape& Guard(const std::string& guard, const std::string& verdict) {
    marks_.emplace_back(guard, verdict);
    return *this;
  }
  Tape& Fires(const std::string& rule) {
    Add(StepKind::kDecision, "agent").decision.fired_rules = {rule};
    return *this;
  }
  const trace::Trace& trace() const { return trace_; }

 private:
  Step& Add(StepKind kind, const std::string& actor) {
    Step& step = trace_.steps.emplace_back();
    step.kind = kind;
    step.actor = actor;
    return step;
  }
  trace::Trace trace_;
  int calls_ = 0;
  std::vector<std::pair<std::string, std::string>> marks_;
};

const ToolFactsByName kDeskTools = {{"look", {false, {{"order_id", "order"}}}},
                                    {"pay", {true, {{"order_id", "order"}, {"card", "card"}}}}};

Rule About(const std::string& tool, RuleAction action) {
  Rule rule;
  rule.tools = {tool};
  rule.action = action;
  return rule;
}

Conduct Of(const Rule& rule, const Tape& tape) { return ConductOf(rule, tape.trace(), kDeskTools); }

TEST(ConductTest, HelpersComeFirstUnlessSomethingSilencesTheRule) {
  Rule rule = About("pay", RuleAction::kCallFirst);
  rule.helpers = {"look"};
  EXPECT_EQ(Of(rule, Tape().Calls("look")), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("look").Calls("pay")), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("pay").Calls("look")), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {}, "denied")), Conduct::kBroken) << "an attempt counts";
  rule.unless_called = {"greet"};
  EXPECT_EQ(Of(rule, Tape().Calls("greet").Calls("pay")), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("greet", {}, "busy").Calls("pay")), Conduct::kBroken);
  rule.unless_called = {"look"};
  EXPECT_EQ(Of(rule, Tape().Calls("look").Calls("pay")), Conduct::kKept) << "its own doing";
}

TEST(ConductTest, HelpersComeAfterwards) {
  Rule rule = About("pay", RuleAction::kCallAfter);
  rule.helpers = {"look"};
  EXPECT_EQ(Of(rule, Tape().Calls("pay").Calls("look")), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("look").Calls("pay")), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {}, "busy")), Conduct::kAbsent);
}

TEST(ConductTest, RemediesAfterAnError) {
  Rule recover = About("pay", RuleAction::kRecover);
  recover.errors = {"busy"};
  recover.helpers = {"look"};
  EXPECT_EQ(Of(recover, Tape().Calls("pay")), Conduct::kAbsent);
  EXPECT_EQ(Of(recover, Tape().Calls("pay", {}, "gone")), Conduct::kAbsent);
  EXPECT_EQ(Of(recover, Tape().Calls("pay", {}, "busy").Calls("look")), Conduct::kKept);
  EXPECT_EQ(Of(recover, Tape().Calls("pay", {}, "busy").Calls("pay")), Conduct::kBroken);
  Rule retry = About("pay", RuleAction::kRetry);
  retry.errors = {"busy"};
  EXPECT_EQ(Of(retry, Tape().Calls("pay", {}, "busy").Calls("pay", {}, "busy")), Conduct::kKept)
      << "a remedy is due once";
  EXPECT_EQ(Of(retry, Tape().Calls("pay", {}, "busy")), Conduct::kBroken);
}

TEST(ConductTest, ArgumentsHaveTheValuesThatARuleGives) {
  Rule rule = About("pay", RuleAction::kSet);
  rule.settings = {{"card", "a"}, {"slow", true}};
  EXPECT_EQ(Of(rule, Tape().Calls("look")), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {{"card", "a"}, {"slow", true}})), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {{"card", "a"}})), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {{"card", "b"}, {"slow", true}})), Conduct::kBroken);
  rule.errors = {"busy"};
  rule.settings = {{"slow", true}};
  EXPECT_EQ(Of(rule, Tape().Calls("pay")), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {}, "busy").Calls("pay", {{"slow", true}}, "busy")),
            Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {}, "busy").Calls("pay")), Conduct::kBroken);
}

TEST(ConductTest, GivingUpMeansNotToTryTheSameAgain) {
  Rule rule = About("pay", RuleAction::kGiveUp);
  rule.errors = {"taken"};
  const Json one = {{"card", "a"}}, other = {{"card", "b"}};
  EXPECT_EQ(Of(rule, Tape().Calls("pay", one, "taken")), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", one, "taken").Calls("pay", other)), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", one, "taken").Calls("look").Calls("pay", one)),
            Conduct::kBroken);
}

TEST(ConductTest, StoppingShowsByWhatTheUserIsTold) {
  Rule rule = About("pay", RuleAction::kStop);
  rule.text = "I may not pay.";
  EXPECT_EQ(Of(rule, Tape().Says("agent", "Sorry. I may not pay.")), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Says("agent", "Done.")), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("pay")), Conduct::kBroken);
}

TEST(ConductTest, AskingMeansAnAnsweredQuestionAboutTheCall) {
  Rule rule;
  rule.effect = "write";
  rule.action = RuleAction::kConfirm;
  rule.confirm = true;
  const Json order = {{"order_id", "W1234"}};
  EXPECT_EQ(Of(rule, Tape().Says("agent", "Shall I Pay?").Says("user", "yes").Calls("pay", order)),
            Conduct::kKept);
  EXPECT_EQ(
      Of(rule, Tape().Says("agent", "Go on with w1234?").Says("user", "y").Calls("pay", order)),
      Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Says("agent", "How are you?").Says("user", "ok").Calls("pay", order)),
            Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Says("agent", "I pay now").Calls("pay", order)), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("look", order)), Conduct::kAbsent) << "look writes nothing";
}

TEST(ConductTest, AnArgumentComesFromItsSource) {
  Rule rule;
  rule.argument = "card";
  rule.action = RuleAction::kPrefer;
  const Json card = {{"card", "card_77"}};
  rule.source = "user";
  EXPECT_EQ(Of(rule, Tape().Says("user", "use card_77").Calls("pay", card)), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("look", {}, "", "card_77").Calls("pay", card)), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {{"order_id", "W1"}})), Conduct::kAbsent);
  rule.source = "tool:look";
  EXPECT_EQ(Of(rule, Tape().Calls("look", {}, "", "card_77").Calls("pay", card)), Conduct::kKept);
  rule.source = "ask";
  EXPECT_EQ(Of(rule, Tape().Says("user", "card_77").Calls("pay", card)), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Says("agent", "Which?").Says("user", "card_77").Calls("pay", card)),
            Conduct::kKept);
}

TEST(ConductTest, AfterAnErrorAnArgumentComesFromItsSource) {
  Rule rule = About("pay", RuleAction::kPrefer);
  rule.errors = {"refused"};
  rule.argument = "card";
  rule.source = "tool:look";
  const Json old = {{"card", "card_11"}};
  const Json card = {{"card", "card_77"}};
  const auto failed = [&] { return Tape().Calls("pay", old, "refused", "not that one"); };
  EXPECT_EQ(Of(rule, failed().Calls("look", {}, "", "card_77").Calls("pay", card)), Conduct::kKept);
  EXPECT_EQ(Of(rule, failed().Calls("pay", card)), Conduct::kBroken);
  EXPECT_EQ(Of(rule, failed().Calls("look", {}, "", "card_11")), Conduct::kAbsent)
      << "there was nothing else to try";
  rule.source = "message";
  const auto named = [&] { return Tape().Calls("pay", {}, "refused", "say 'card_77'"); };
  EXPECT_EQ(Of(rule, named().Calls("pay", card)), Conduct::kKept);
  EXPECT_EQ(Of(rule, named().Calls("pay", old)), Conduct::kBroken);
}

TEST(ConductTest, ARuleIsAboutCallsWithSuchValues) {
  Rule rule = About("pay", RuleAction::kStop);
  rule.arguments["card"].any_of = {"gift"};
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {{"card", "gift"}})), Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {{"card", "other"}})), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("pay")), Conduct::kAbsent);
  EXPECT_FALSE(HasUnseenCondition(rule));
  rule.seen["kind"].any_of = {"member"};
  EXPECT_TRUE(HasUnseenCondition(rule)) << "what an agent has seen is its own to say";
}

TEST(ConductTest, AHelperIsKeptAwayFromTheSameThing) {
  Rule rule = About("pay", RuleAction::kAvoid);
  rule.helpers = {"look", "greet"};
  const Json one = {{"order_id", "W1"}, {"card", "c"}};
  EXPECT_EQ(Of(rule, Tape().Calls("look", {{"order_id", "W1"}})), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", one)), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("look", {{"order_id", "W2"}}).Calls("pay", one)), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("look", {{"order_id", "W1"}}).Calls("pay", one)),
            Conduct::kBroken);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", one).Calls("greet")), Conduct::kBroken);
}

TEST(ConductTest, AnotherToolTakesThePlaceOfTheOneThatFailed) {
  Rule rule = About("pay", RuleAction::kInstead);
  rule.errors = {"closed"};
  rule.helpers = {"book"};
  EXPECT_EQ(Of(rule, Tape().Calls("pay")), Conduct::kAbsent);
  EXPECT_EQ(Of(rule, Tape().Calls("pay", {}, "closed").Calls("book")), Conduct::kKept);
  EXPECT_EQ(Of(rule, Tape().Calls("book").Calls("pay", {}, "closed").Calls("pay")),
            Conduct::kBroken);
}

TEST(ConductTest, WhatATraceDoesNotShowIsLeftToTheAgentsReport) {
  Rule rule = About("pay", RuleAction::kStop);
  EXPECT_FALSE(HasUnseenCondition(rule));
  rule.goals = {"refund"};
  EXPECT_TRUE(HasUnseenCondition(rule));
  EXPECT_TRUE(Reports(Tape().Fires("r").trace(), "r"));
  EXPECT_FALSE(Reports(Tape().Fires("r").trace(), "s"));
}

TEST(ConductTest, GoingPastAGuardIsAnotherCallThatTookEffect) {
  const Json big = {{"amount", 100}}, small = {{"amount", 50}};
  const Tape stopped = Tape().Guard("limit", "deny").Calls("pay", big, "denied");
  const auto under = [&](const Tape& candidate) {
    return ConductUnder("limit", stopped.trace(), candidate.trace()).candidate;
  };
  EXPECT_EQ(ConductUnder("limit", stopped.trace(), stopped.trace()).champion, Conduct::kKept);
  EXPECT_EQ(under(Tape().Calls("pay", small).Calls("pay", small)), Conduct::kBroken) << "split";
  EXPECT_EQ(under(Tape().Guard("limit", "ask").Calls("pay", big)), Conduct::kKept);
  EXPECT_EQ(under(Tape()), Conduct::kAbsent) << "left out";
  EXPECT_EQ(under(Tape().Calls("look").Calls("pay", big)), Conduct::kAbsent)
      << "made again as the guard wants it";
  EXPECT_EQ(under(Tape().Guard("limit", "warn").Calls("pay", small)), Conduct::kBroken)
      << "a warning stops nothing";
  EXPECT_EQ(under(Tape().Calls("pay", small, "busy")), Conduct::kAbsent);
}

}  // namespace
}  // namespace kedge::guards
