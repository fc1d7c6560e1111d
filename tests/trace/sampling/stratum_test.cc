#include "harness/trace/sampling/stratum.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::trace {
namespace {

Step Call(const std::string& name, Json arguments) {
  Step step;
  step.kind = StepKind::kToolCall;
  step.actor = "agent";
  step.call = {"1", name, std::move(arguments)};
  return step;
}

Step FailedAnswer(const std::string& error_class) {
  Step step;
  step.kind = StepKind::kObservation;
  step.observation = {"1", true, error_class, "no"};
  return step;
}

TEST(StratumTest, NamesWhatTracesDifferBy) {
  Trace trace;
  trace.principal = "ada";
  trace.steps = {Call("see", Json::object()), FailedAnswer("not_found"),
                 Call("open", Json::object())};
  trace.outcome.emplace().success = true;
  trace.outcome->violations = {{"no-breaking", 1}, {"quiet", 0}};
  EXPECT_EQ(StratumOf(trace, {}),
            "outcome=success error=not_found guards=no-breaking steps<=4 tools=open+see "
            "principal=ada");
  EXPECT_EQ(CoarseStratumOf(trace), "other: outcome=success guards");
  trace.outcome->status = EpisodeStatus::kMissing;
  trace.outcome->end = "agent_unavailable";
  EXPECT_EQ(StratumOf(trace, StratumOptionsFrom({"outcome", "error"})),
            "outcome=missing error=agent_unavailable");
  EXPECT_EQ(StratumOf(Trace{}, {}),
            "outcome=unjudged error=none guards=none steps<=1 tools=none principal=none");
  EXPECT_THROW(StratumOptionsFrom({"colour"}), Error);
}

TEST(StratumTest, ShinglesDependOnTheCallsAndTheirOrderOnly) {
  Trace a, b, c;
  a.steps = {Call("see", {{"door", 1}}), Call("open", {{"door", 1}})};
  b.steps = {Call("see", {{"door", 1.0}}), FailedAnswer("x"), Call("open", {{"door", 1}})};
  c.steps = {Call("open", {{"door", 1}}), Call("see", {{"door", 1}})};
  EXPECT_EQ(ToolCallShingles(a).size(), 3u);
  EXPECT_EQ(ToolCallShingles(a), ToolCallShingles(b));
  EXPECT_NE(ToolCallShingles(a), ToolCallShingles(c));
  EXPECT_TRUE(ToolCallShingles(Trace{}).empty());
}

}  // namespace
}  // namespace kedge::trace
