#include "harness/drift/behaviour.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kedge::drift {
namespace {

trace::Step Call(const std::string& id, const std::string& tool, const Json& arguments,
                 const std::string& actor = "agent") {
  trace::Step step;
  step.kind = trace::StepKind::kToolCall;
  step.actor = actor;
  step.call = {id, tool, arguments};
  return step;
}

trace::Step Result(const std::string& id, bool is_error) {
  trace::Step step;
  step.kind = trace::StepKind::kObservation;
  step.actor = "tool";
  step.observation = {id, is_error, is_error ? "not_found" : "", "..."};
  return step;
}

trace::Step Say(const std::string& actor, const std::string& text) {
  trace::Step step;
  step.kind = trace::StepKind::kMessage;
  step.actor = actor;
  step.text = text;
  return step;
}

TEST(BehaviourTest, CountsWhatTheAgentDid) {
  trace::Trace trace;
  trace.id = "t1";
  trace.key.suite = "shop";
  trace.key.task_id = "7";
  trace.steps = {Say("user", "I want my money back"),
                 Call("1", "get_order", {{"id", "W1"}}),
                 Result("1", true),
                 Call("2", "get_order", {{"id", "W2"}}),  // a retry: the tool just failed
                 Result("2", false),
                 Call("u", "reboot", Json::object(), "user"),  // the user's own tool
                 Call("3", "get_order", {{"id", "W2"}}),       // a retry: the same call
                 Result("3", false),
                 Call("4", "mail", {{"to", "ada@example.com"}, {"see", "https://x.org:8/a"}}),
                 Result("4", false),
                 Say("agent", "I am sorry, I cannot help with that.")};
  trace.outcome.emplace();
  trace.outcome->scores = {{"judge:style", true, 1, ""}, {"end_state", false, 0, ""}};
  trace.outcome->has_cost = true;
  trace.outcome->cost = 0.25;
  BehaviourOptions options;
  options.permissions["mail"] = "write";
  const Behaviour b = MeasureBehaviour(trace, options).value();
  EXPECT_THAT(b.actions, ::testing::ElementsAre("get_order", "get_order", "get_order", "mail",
                                                kMessageAction));
  EXPECT_DOUBLE_EQ(b.steps, 5);
  EXPECT_DOUBLE_EQ(b.tool_error, 0.25);
  EXPECT_DOUBLE_EQ(b.retry, 0.5);
  EXPECT_DOUBLE_EQ(b.refusal, 1);
  EXPECT_DOUBLE_EQ(b.judge_gap.value(), 1);
  EXPECT_DOUBLE_EQ(b.cost.value(), 0.25);
  EXPECT_FALSE(b.output_tokens);
  EXPECT_EQ(ToString(b.scopes[3]), "mail [write] [host:x.org,mail:example.com]");
  EXPECT_EQ(b.cluster, b.task);
}

TEST(BehaviourTest, AMissingRunSaysNothing) {
  trace::Trace trace;
  trace.outcome.emplace();
  trace.outcome->status = trace::EpisodeStatus::kMissing;
  EXPECT_FALSE(MeasureBehaviour(trace, {}));
}

TEST(BehaviourTest, ResourceClassesAreTakenFromAnywhereInTheArguments) {
  trace::Trace trace;
  trace.steps = {Call("1", "sh", {{"files", {"/etc/passwd", "/home/a b", "notes.txt"}}}),
                 Call("2", "get", {{"a", {{"b", "ftp://u:p@Host.net/x"}}}})};
  const Behaviour b = MeasureBehaviour(trace, {}).value();
  EXPECT_EQ(b.scopes[0].resource, "path:/etc");
  EXPECT_EQ(b.scopes[1].resource, "host:Host.net");
}

TEST(BehaviourTest, RefusalsAreRecognised) {
  for (const char* text : {"I'm sorry, but that is not possible.", "Unfortunately I cannot do it.",
                           "I can\u2019t share that.", "We are unable to process this request."}) {
    EXPECT_TRUE(LooksLikeRefusal(text)) << text;
  }
  for (const char* text : {"Your order is cancelled.", "You can't go wrong with this one.", ""}) {
    EXPECT_FALSE(LooksLikeRefusal(text)) << text;
  }
}

}  // namespace
}  // namespace kedge::drift
