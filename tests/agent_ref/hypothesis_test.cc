#include "agent_ref/hypothesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CallView Call(const std::string& tool, const std::string& error = "", bool explored = false) {
  return {tool, Json{{"x", tool}}, error.empty(), error, 0, explored};
}

EpisodeView View(std::vector<CallView> calls, std::optional<bool> success = true) {
  EpisodeView view;
  view.id = "e";
  view.family = "f";
  view.success = success;
  view.calls = std::move(calls);
  for (std::size_t i = 0; i < view.calls.size(); ++i) view.calls[i].step = static_cast<int>(i);
  return view;
}

TEST(RecoveryTrials, PairEachFailureWithTheNextTry) {
  const EpisodeView view = View({Call("t", "E"), Call("u"), Call("t", "E"), Call("v"), Call("t")});
  const auto trials = RecoveryTrials({&view});
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_THAT(trials[0].helpers, ElementsAre("u"));
  EXPECT_FALSE(trials[0].good);
  EXPECT_THAT(trials[1].helpers, ElementsAre("v"));
  EXPECT_TRUE(trials[1].good);
  EXPECT_THAT(trials[1].steps, ElementsAre(2, 4));
}

TEST(RecoveryTrials, OtherArgumentsAreAnotherCall) {
  EpisodeView view = View({Call("t", "E"), Call("u"), Call("t")});
  view.calls[2].arguments = {{"x", "other"}};
  EXPECT_THAT(RecoveryTrials({&view}), IsEmpty());
}

TEST(RecoveryTrials, AnotherErrorIsProgressOnlyIfTheCallWorkedInTheEnd) {
  const EpisodeView worked =
      View({Call("t", "E"), Call("u"), Call("t", "F"), Call("v"), Call("t")});
  const auto trials = RecoveryTrials({&worked});
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_TRUE(trials[0].good);
  const EpisodeView never = View({Call("t", "E"), Call("u"), Call("t", "F")});
  EXPECT_THAT(RecoveryTrials({&never}), IsEmpty()) << "u may have made it worse";
}

TEST(RecoveryTrials, FailedHelpersDoNotCount) {
  const EpisodeView view = View({Call("t", "E"), Call("u", "E"), Call("t")});
  ASSERT_EQ(RecoveryTrials({&view}).size(), 1u);
  EXPECT_THAT(RecoveryTrials({&view})[0].helpers, IsEmpty());
}

TEST(OrderTrials, SeeWhatCameBeforeTheFirstAndAfterTheLastSuccess) {
  const EpisodeView view =
      View({Call("u"), Call("t", "E"), Call("v"), Call("t"), Call("t"), Call("w")}, false);
  const auto trials = OrderTrials({&view}, {"t"});
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_THAT(trials[0].helpers, ElementsAre("u", "v"));
  EXPECT_THAT(trials[1].helpers, ElementsAre("w"));
  EXPECT_FALSE(trials[0].good);
}

TEST(OrderTrials, NeedAnOutcomeAndAToolThatWasChosen) {
  const EpisodeView unlabelled = View({Call("t")}, std::nullopt);
  EXPECT_THAT(OrderTrials({&unlabelled}, {"t"}), IsEmpty());
  EpisodeView on_the_way = View({Call("t"), Call("main")});
  on_the_way.chosen_tools = {"main"};
  EXPECT_THAT(OrderTrials({&on_the_way}, {"t"}), IsEmpty());
  EXPECT_EQ(OrderTrials({&on_the_way}, {"main"}).size(), 2u);
}

TEST(OrderTrials, WhereDecisionsAreLoggedOnlyChanceCounts) {
  EpisodeView view = View({Call("planned"), Call("tried", "", true), Call("t")});
  view.logs_decisions = true;
  const auto trials = OrderTrials({&view}, {"t"});
  EXPECT_THAT(trials[0].helpers, ElementsAre("tried"));
  EXPECT_THAT(trials[0].unclear, ElementsAre("planned"));
}

TEST(ViewOf, FollowsExplorationThroughTheArgumentsOfTheHelper) {
  trace::Trace trace;
  trace.id = "t";
  const auto decide = [&](const char* point, const char* chosen) {
    trace::Step step;
    step.kind = trace::StepKind::kDecision;
    step.decision = {point, {}, chosen, {}, ""};
    trace.steps.push_back(step);
  };
  const auto call = [&](const std::string& name, bool answered = true) {
    trace::Step step;
    step.kind = trace::StepKind::kToolCall;
    step.call.id = std::to_string(trace.steps.size());
    step.call.name = name;
    trace.steps.push_back(step);
    if (!answered) return;
    trace::Step observation;
    observation.kind = trace::StepKind::kObservation;
    observation.observation.call_id = step.call.id;
    trace.steps.push_back(observation);
  };
  decide("tool", "main");
  decide("explore", "call helper");
  decide("argument_source", "tool:lookup");
  call("lookup");
  call("helper");
  call("helper");
  call("main", false);
  const EpisodeView view = ViewOf(trace);
  ASSERT_EQ(view.calls.size(), 3u) << "a call without an answer says nothing";
  EXPECT_FALSE(view.calls[0].explored);
  EXPECT_TRUE(view.calls[1].explored);
  EXPECT_FALSE(view.calls[2].explored);
  EXPECT_THAT(view.chosen_tools, ElementsAre("main"));
  EXPECT_FALSE(view.success.has_value());
}

}  // namespace
}  // namespace kedge::agent_ref
