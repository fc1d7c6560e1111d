// Whether to try again at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/effort_findings.h"
#include "agent_ref/learner.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Strategy;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A dev episode in which t fails with E at first.
class EffortEpisode {
 public:
  explicit EffortEpisode(int number, int families = 3) {
    trace_.id = std::to_string(number);
    trace_.split = "dev";
    trace_.key.family = "f" + std::to_string(number % families);
    trace_.principal = "p" + std::to_string(number % 5);
    Call("t", "E");
  }
  EffortEpisode& Call(const std::string& tool, const std::string& error) {
    trace::Step step;
    step.kind = trace::StepKind::kToolCall;
    step.call = {std::to_string(trace_.steps.size()), tool, Json::object()};
    trace::Step answer;
    answer.kind = trace::StepKind::kObservation;
    answer.observation = {step.call.id, !error.empty(), error, "x"};
    trace_.steps.push_back(step);
    trace_.steps.push_back(answer);
    return *this;
  }
  const trace::Trace& trace() const { return trace_; }

 private:
  trace::Trace trace_;
};

Strategy Nobody(const std::map<std::string, Json>& layers = {}) {
  return Strategy::FromLayers("nobody", {}, layers);
}

std::vector<std::string> Learned(const std::vector<trace::Trace>& traces,
                                 const Strategy& parent = Nobody()) {
  std::vector<std::string> ids;
  for (const auto& operation : Learn(traces, parent, {}).operations)
    ids.push_back(operation.target);
  return ids;
}

// In vain: a helper, and the same error again.
std::vector<trace::Trace> InVain(int count, int families = 3) {
  std::vector<trace::Trace> traces;
  for (int i = 0; i < count; ++i) {
    traces.push_back(EffortEpisode(i, families).Call("u", "").Call("t", "E").trace());
  }
  return traces;
}

std::vector<trace::Trace> GoesAway(int good, int bad) {
  std::vector<trace::Trace> traces;
  for (int i = 0; i < good + bad; ++i) {
    traces.push_back(EffortEpisode(i).Call("t", i < good ? "" : "E").trace());
  }
  return traces;
}

TEST(Effort, AnErrorThatGoesAwayByItselfIsWorthARetry) {
  EXPECT_THAT(Learned(GoesAway(8, 2)), ElementsAre("t.retry.E"));
  const LearnResult result = Learn(GoesAway(8, 2), Nobody(), {});
  const strategy::Guideline& rule = result.candidate.guidelines()[0];
  EXPECT_EQ(rule.when, (Json{{"tool", "t"}, {"error", "E"}}));
  EXPECT_EQ(rule.then, (Json{{"on_error", "retry"}}));
  EXPECT_EQ(rule.status, "active");
}

TEST(Effort, WhatThePolicyRetriesNeedsNoRule) {
  for (const char* key : {"E", "default"}) {
    const Strategy parent = Nobody({{"tool_policy", {{"retry", {{key, 2}}}}}});
    EXPECT_THAT(Learned(GoesAway(8, 2), parent), IsEmpty()) << key;
  }
}

TEST(Effort, WhatNothingHelpsAgainstIsGivenUp) {
  EXPECT_THAT(Learned(InVain(120)), ElementsAre("t.give_up.E"));
  const LearnResult result = Learn(InVain(120), Nobody(), {});
  EXPECT_EQ(result.candidate.guidelines()[0].then, (Json{{"on_error", "stop"}}));
  EXPECT_EQ(result.candidate.guidelines()[0].evidence["without"],
            (Json{{"good", 0}, {"all", 120}}));
  EXPECT_FALSE(result.candidate.guidelines()[0].evidence["probes"].empty());
}

TEST(Effort, GivingUpNeedsEnoughTriesInTwoFamilies) {
  EXPECT_THAT(Learned(InVain(90)), IsEmpty()) << "0.95^90 is 0.0099";
  EXPECT_THAT(Learned(InVain(120, 1)), IsEmpty()) << "one family";
}

TEST(Effort, OneCureAndNothingIsGivenUp) {
  auto traces = InVain(300);
  traces.push_back(EffortEpisode(300).Call("v", "").Call("t", "").trace());
  EXPECT_THAT(Learned(traces), IsEmpty());
}

TEST(Effort, BareRetriesAreNoReasonToGiveUp) {
  std::vector<trace::Trace> traces;
  for (int i = 0; i < 200; ++i) {
    traces.push_back(EffortEpisode(i).Call("t", "E").Call("t", "E").trace());
  }
  EXPECT_THAT(Learned(traces), IsEmpty());
}

TEST(Effort, ARuleOfTheParentThatGoesOnIsNotSpokenAgainst) {
  const Strategy parent = With(Nobody(), {{"add",
                                           "hope",
                                           {{"text", "hope"},
                                            {"when", {{"tool", "t"}, {"error", "E"}}},
                                            {"then", {{"recover", "w"}}}}}});
  EXPECT_THAT(Learned(InVain(120), parent), IsEmpty());
}

TEST(Effort, OnlyTheFirstBareTryOfAnEpisodeCounts) {
  std::vector<EpisodeView> views;
  views.push_back(ViewOf(EffortEpisode(0).Call("t", "E").Call("t", "").Call("u", "").trace()));
  const auto findings = EffortFindings(RecoveryTrials({&views[0]}), 0.1);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].table.exposed_trials, 1);
  EXPECT_EQ(findings[0].table.exposed_successes, 0);
  EXPECT_DOUBLE_EQ(findings[0].p, 1);
  EXPECT_NEAR(findings[0].least_p, 0.1, 1e-12);
}

// An error that goes away in one try of ten is not worth a rule, and one that a helper cures in one
// episode of ten is not given up.
TEST(Effort, ChanceAloneSeldomMakesARule) {
  int retries = 0;
  int given_up = 0;
  for (std::uint64_t run = 0; run < 300; ++run) {
    Random random(run);
    std::vector<trace::Trace> bare;
    std::vector<trace::Trace> helped;
    for (int i = 0; i < 140; ++i) {
      bare.push_back(EffortEpisode(i).Call("t", random.Bernoulli(0.1) ? "" : "E").trace());
      helped.push_back(
          EffortEpisode(i).Call("u", "").Call("t", random.Bernoulli(0.05) ? "" : "E").trace());
    }
    retries += Learned(bare).empty() ? 0 : 1;
    given_up += Learned(helped).empty() ? 0 : 1;
  }
  EXPECT_LE(retries, 5) << "of 300 at 0.5 %: more than 5 has a chance of 0.5 %";
  EXPECT_LE(given_up, 5);
}

}  // namespace
}  // namespace kedge::agent_ref
