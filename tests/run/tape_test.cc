// The tape by itself, and agents on it: what matches, where the world takes over, where it stops.

#include "harness/run/tape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/episode.h"
#include "harness/run/tape_replay.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

using ::testing::HasSubstr;

void Record(trace::Trace& trace, const std::string& tool, Json arguments, const std::string& answer,
            bool failed = false) {
  trace::Step& call = trace.steps.emplace_back();
  call.kind = trace::StepKind::kToolCall;
  call.actor = "agent";
  call.call = {std::to_string(trace.steps.size()), tool, std::move(arguments)};
  const std::string id = call.call.id;
  trace::Step& seen = trace.steps.emplace_back();
  seen.kind = trace::StepKind::kObservation;
  seen.actor = "tool";
  seen.observation = {id, failed, failed ? "not_found" : "", answer};
}

/// see 1, see 2, open 1, see 1 (now open), with a schema for `see`.
class TapeTest : public ::testing::Test {
 protected:
  TapeTest() {
    Record(recorded_, "see", {{"door", 1}}, R"({"open":0})");
    Record(recorded_, "see", {{"door", 2}}, R"({"open":1})");
    Record(recorded_, "open", {{"door", 1}}, R"("done")");
    Record(recorded_, "see", {{"door", 1}}, R"({"open":1})");
    rules_.order_free = {"see"};
    rules_.schemas["see"] = ParseJson(
        R"({"properties":{"door":{"type":"integer"},"floor":{"type":"integer","default":0},)"
        R"("note":{"type":"string"}},"required":["door"]})");
  }

  std::string Take(Tape& tape, const std::string& tool, const Json& arguments) {
    const auto answer = tape.Take(tool, arguments);
    if (!answer) return "none";
    const char* names[] = {"exact ", "schema ", "order "};
    return names[static_cast<int>(answer->match)] + DumpJson(answer->result.content);
  }

  trace::Trace recorded_;
  TapeRules rules_;
};

TEST_F(TapeTest, FollowsTheRecordedCalls) {
  Tape tape(recorded_, rules_);
  EXPECT_EQ(tape.size(), 4u);
  EXPECT_EQ(Take(tape, "see", {{"door", 1.0}}), R"(exact {"open":0})") << "canonical numbers";
  EXPECT_EQ(Take(tape, "see", {{"door", "2"}, {"note", nullptr}}), R"(schema {"open":1})");
  EXPECT_EQ(tape.missed(), 1);
  EXPECT_EQ(Take(tape, "open", {{"door", 1}}), R"(exact "done")");
  EXPECT_EQ(Take(tape, "see", {{"door", 1}, {"floor", 0}}), R"(schema {"open":1})");
  EXPECT_EQ(tape.missed(), 0);
  EXPECT_EQ(tape.DueStep(), recorded_.steps.size());
}

TEST_F(TapeTest, ReadersMayComeInAnyOrderButNotAcrossAChange) {
  Tape tape(recorded_, rules_);
  EXPECT_EQ(Take(tape, "see", {{"door", 2}}), R"(order {"open":1})");
  EXPECT_EQ(Take(tape, "see", {{"door", 1}}), R"(exact {"open":0})");
  EXPECT_EQ(Take(tape, "see", {{"door", 1}}), R"(order {"open":0})") << "asked again";
  EXPECT_EQ(Take(tape, "open", {{"door", 1}}), R"(exact "done")");
  EXPECT_EQ(Take(tape, "see", {{"door", 2}}), "none") << "recorded before the change";
  EXPECT_EQ(Take(tape, "open", {{"door", 1}}), "none") << "a change is made once";
  EXPECT_EQ(Take(tape, "see", {{"door", 1}}), R"(exact {"open":1})");
}

TEST_F(TapeTest, ReadersMayBeLeftOutButNotChanges) {
  Tape tape(recorded_, rules_);
  EXPECT_EQ(Take(tape, "open", {{"door", 1}}), R"(order "done")");
  Tape other(recorded_, rules_);
  EXPECT_EQ(Take(other, "open", {{"door", 2}}), "none");
  EXPECT_THAT(other.Due(), HasSubstr("recorded: see"));
  Tape strict(recorded_, TapeRules{});
  EXPECT_EQ(Take(strict, "open", {{"door", 1}}), "none") << "nothing was declared";
}

TEST_F(TapeTest, AFailedAnswerIsGivenOnceAndCallsWithoutAnswerAreNotOnTheTape) {
  trace::Trace recorded;
  Record(recorded, "see", {{"door", 9}}, "There is no door 9.", true);
  recorded.steps.push_back(recorded.steps[0]);
  recorded.steps.back().call = {"x", "see", {{"door", 1}}};
  Tape tape(recorded, rules_);
  EXPECT_EQ(tape.size(), 1u);
  const auto answer = tape.Take("see", {{"door", 9}});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->result.ok);
  EXPECT_EQ(answer->result.error_class, "not_found");
  EXPECT_EQ(answer->result.message, "There is no door 9.");
  EXPECT_FALSE(tape.Take("see", {{"door", 9}}));
  EXPECT_FALSE(tape.Take("see", {{"door", 1}}));
}

/// Agents on recorded episodes of the house.
class TapeReplayTest : public ::testing::Test {
 protected:
  TapeReplayTest() : suite_(HouseSuite(folder_.File("suite"))) {}

  static agent::EpisodeEnd Opens(int door, agent::EpisodeIo& io) {
    io.CallTool("see", {{"door_id", 1}});
    io.CallTool("open", {{"door_id", door}});
    return Answered("done");
  }

  // Opens the door that its strategy is named after.
  std::unique_ptr<agent::Agent> AgentFor(const std::string& door) const {
    const FakeAgents agents([](const std::string& strategy, const agent::EpisodeStart&,
                               agent::EpisodeIo& io) { return Opens(std::stoi(strategy), io); });
    return agents.Make(NamedStrategy(door));
  }

  trace::Trace Recorded() {
    EpisodeRunner runner(suite_, AgentFor("1"), "hash", nullptr, {}, clock_, nullptr);
    EpisodeSpec spec;
    spec.task_index = suite_->FindTask("open").value();
    spec.seed = 7;
    return runner.Run(spec);
  }

  TapeReplay Replay(const trace::Trace& recorded, const std::string& door, bool fork) {
    TapeReplayOptions options;
    options.fork = fork;
    TapeReplayer replayer(suite_, AgentFor(door), "hash", nullptr, options, clock_);
    start_ = replayer.Examine(recorded);
    return replayer.Run(recorded, start_, "lane");
  }

  testing::TempFolder folder_;
  std::shared_ptr<const suite::Suite> suite_;
  ManualClock clock_;
  RecordedStart start_;
};

TEST_F(TapeReplayTest, TheAgentThatMadeATraceRepeatsItAndIsScored) {
  const trace::Trace recorded = Recorded();
  ASSERT_TRUE(recorded.outcome->success);
  const TapeReplay replay = Replay(recorded, "1", true);
  EXPECT_TRUE(start_.task.has_value());
  EXPECT_TRUE(start_.world);
  EXPECT_EQ(replay.exact, 2);
  EXPECT_EQ(replay.agreement(), 1);
  EXPECT_FALSE(replay.divergence);
  ASSERT_TRUE(replay.trace.outcome);
  EXPECT_TRUE(replay.trace.outcome->success);
}

TEST_F(TapeReplayTest, AWorldInStepTakesOverAndTheEndStateIsJudged) {
  const TapeReplay replay = Replay(Recorded(), "2", true);
  EXPECT_EQ(replay.exact, 1);
  EXPECT_EQ(replay.from_world, 1);
  EXPECT_TRUE(replay.forked_at.has_value());
  EXPECT_FALSE(replay.divergence);
  ASSERT_TRUE(replay.trace.outcome);
  EXPECT_FALSE(replay.trace.outcome->success) << "the wrong door";
}

/// Opens doors, then looks at every door: what its world shows is in the trace.
agent::EpisodeEnd OpensAndLooks(const std::vector<int>& doors, agent::EpisodeIo& io) {
  io.CallTool("see", {{"door_id", 1}});
  for (const int door : doors) io.CallTool("open", {{"door_id", door}});
  for (int door = 1; door <= 3; ++door) io.CallTool("see", {{"door_id", door}});
  return Answered("done");
}

std::vector<std::string> LastAnswers(const trace::Trace& trace, std::size_t n) {
  std::vector<std::string> answers;
  for (const trace::Step& step : trace.steps) {
    if (step.kind == trace::StepKind::kObservation) answers.push_back(step.observation.content);
  }
  answers.erase(answers.begin(), answers.end() - static_cast<std::ptrdiff_t>(n));
  return answers;
}

// Wherever the agent leaves the tape, what it gets from there on is what the world shows to one
// that made all of its calls: the recorded prefix is in the world, and what was recorded after it
// is not.
TEST_F(TapeReplayTest, TheForkedWorldHoldsTheRecordedPrefixAndNothingBeyondIt) {
  const auto agent = [](std::vector<int> doors) {
    const FakeAgents agents([doors](const std::string&, const agent::EpisodeStart&,
                                    agent::EpisodeIo& io) { return OpensAndLooks(doors, io); });
    return agents.Make(NamedStrategy("any"));
  };
  const auto run = [&](std::vector<int> doors) {
    EpisodeRunner runner(suite_, agent(std::move(doors)), "hash", nullptr, {}, clock_, nullptr);
    EpisodeSpec spec;
    spec.task_index = suite_->FindTask("open").value();
    spec.seed = 7;
    return runner.Run(spec);
  };
  const trace::Trace recorded = run({1, 2});
  const std::vector<std::vector<int>> candidates = {{}, {1}, {1, 3}, {3, 1}, {1, 2, 1}};
  for (const std::vector<int>& doors : candidates) {
    TapeReplayer replayer(suite_, agent(doors), "hash", nullptr, {}, clock_);
    const TapeReplay replay = replayer.Run(recorded, replayer.Examine(recorded), "lane");
    const trace::Trace alone = run(doors);
    const std::string which = ::testing::PrintToString(doors);
    ASSERT_TRUE(replay.forked_at) << which;
    EXPECT_EQ(LastAnswers(replay.trace, 3), LastAnswers(alone, 3)) << which;
    ASSERT_TRUE(replay.trace.outcome) << which;
    EXPECT_EQ(replay.trace.outcome->success, alone.outcome->success) << which;
    EXPECT_GT(replay.exact, 0) << which;
    EXPECT_GT(replay.from_world, 0) << which;
  }
}

TEST_F(TapeReplayTest, WithoutAWorldTheEpisodeStopsAndNothingPastItIsScored) {
  const trace::Trace recorded = Recorded();
  const TapeReplay replay = Replay(recorded, "2", false);
  ASSERT_TRUE(replay.divergence);
  EXPECT_EQ(replay.divergence->call, 2);
  EXPECT_EQ(recorded.steps[replay.divergence->step].call.name, "open");
  EXPECT_THAT(replay.divergence->detail, HasSubstr("open"));
  EXPECT_FALSE(replay.trace.outcome);
  EXPECT_EQ(replay.trace.steps.back().kind, trace::StepKind::kToolCall) << "and no answer";
  EXPECT_DOUBLE_EQ(replay.agreement(), 0.5) << "one call on tape, one that left it";
}

TEST_F(TapeReplayTest, AWorldThatAnswersOtherwiseIsNotForked) {
  trace::Trace recorded = Recorded();
  for (trace::Step& step : recorded.steps) {
    if (step.kind == trace::StepKind::kObservation) step.observation.content = R"({"odd":1})";
  }
  const TapeReplay replay = Replay(recorded, "2", true);
  EXPECT_FALSE(start_.world);
  EXPECT_TRUE(replay.divergence);
  EXPECT_FALSE(replay.trace.outcome);
}

TEST_F(TapeReplayTest, ATaskThatSaysSomethingElseIsNotTheSuites) {
  trace::Trace recorded = Recorded();
  for (trace::Step& step : recorded.steps) {
    if (step.kind == trace::StepKind::kMessage && step.actor == "user") step.text += "!";
  }
  Replay(recorded, "1", true);
  EXPECT_FALSE(start_.task);
  EXPECT_TRUE(start_.replayable);
}

}  // namespace
}  // namespace kedge::run
