#include "harness/run/episode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/trace/jsonl.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

using agent::EpisodeEnd;
using agent::EpisodeIo;
using agent::EpisodeStart;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kOpen = 0;
constexpr std::size_t kKeep = 1;

// "user:message agent:tool_call ..." of a trace.
std::vector<std::string> Shape(const trace::Trace& trace) {
  constexpr const char* kNames[] = {"message", "model", "decision", "call", "observation", "guard"};
  std::vector<std::string> shape;
  for (const trace::Step& step : trace.steps) {
    shape.push_back(step.actor + ":" + kNames[static_cast<int>(step.kind)]);
  }
  return shape;
}

class EpisodeTest : public ::testing::Test {
 protected:
  using Script = std::function<EpisodeEnd(const EpisodeStart&, EpisodeIo&)>;

  trace::Trace Run(std::size_t task, Script script, bool with_policy = false) {
    const FakeAgents agents([&](const std::string&, const EpisodeStart& start, EpisodeIo& io) {
      ++tries_;
      return script(start, io);
    });
    tries_ = 0;
    EpisodeRunner runner(suite_, agents.Make(strategy_), strategy_.hash(),
                         with_policy ? HousePolicy(folder_.path()) : nullptr, options_, clock_,
                         observer_);
    EpisodeSpec spec;
    spec.task_index = task;
    spec.trial = 2;
    spec.seed = 99;
    return runner.Run(spec);
  }

  testing::TempFolder folder_;
  std::shared_ptr<const suite::Suite> suite_ = HouseSuite(folder_.File("suite"));
  strategy::Strategy strategy_ = NamedStrategy("candidate");
  EpisodeOptions options_;
  ManualClock clock_;
  Observer* observer_ = nullptr;
  int tries_ = 0;
};

EpisodeEnd OpensTheDoor(const EpisodeStart&, EpisodeIo& io) {
  io.CallTool("open", {{"door_id", 1}});
  return Answered("All done.");
}

TEST_F(EpisodeTest, RecordsScoresAndMeasures) {
  const trace::Trace trace = Run(kOpen, [&](const EpisodeStart& start, EpisodeIo& io) {
    EXPECT_EQ(start.episode_id, "candidate/open/2");
    EXPECT_EQ(start.instruction, "Please open door 1.");
    EXPECT_EQ(start.policy, "Doors are opened with care.\n");
    EXPECT_EQ(start.tools.size(), 4u);
    EXPECT_EQ(io.AskUser("What is your name?"), "My name is Ada");
    trace::Step model;
    model.kind = trace::StepKind::kModelCall;
    model.text = "thinking";
    model.input_tokens = 10;
    model.output_tokens = 4;
    model.cost = 0.25;
    io.Record(model);
    const world::ToolResult seen = io.CallTool("see", {{"door_id", 1}});
    EXPECT_TRUE(seen.ok);
    EXPECT_EQ(seen.content, (Json{{"door_id", 1}, {"is_open", 0}, {"colour", "red"}}));
    clock_.Advance(1'500'000'000);
    return OpensTheDoor(start, io);
  });
  EXPECT_EQ(trace.id, "candidate/open/2");
  EXPECT_EQ(trace.strategy, strategy_.hash());
  EXPECT_EQ(trace.split, "gate");
  EXPECT_EQ(trace.seed, 99u);
  EXPECT_EQ(trace.key, (trace::EpisodeKey{"house", "doors", "open", "open", "open", 2}));
  EXPECT_THAT(Shape(trace), ElementsAre("user:message", "agent:message", "user:message",
                                        "agent:model", "agent:call", "tool:observation",
                                        "agent:call", "tool:observation", "agent:message"));
  EXPECT_EQ(trace.steps[4].call.arguments, (Json{{"door_id", 1}}));
  EXPECT_EQ(trace.steps[5].observation.call_id, trace.steps[4].call.id);
  EXPECT_EQ(ParseJson(trace.steps[5].observation.content).at("colour"), "red");
  EXPECT_EQ(trace.steps[8].text, "All done.");
  EXPECT_EQ(trace.steps[8].unix_nanos, clock_.UnixNanos());
  const trace::Outcome& outcome = *trace.outcome;
  EXPECT_TRUE(outcome.success);
  EXPECT_EQ(outcome.score, 1);
  EXPECT_EQ(outcome.end, "answered");
  EXPECT_EQ(outcome.tool_calls, 2);
  EXPECT_EQ(outcome.steps, 9);
  EXPECT_EQ(outcome.input_tokens, 10);
  EXPECT_EQ(outcome.output_tokens, 4);
  EXPECT_TRUE(outcome.has_cost);
  EXPECT_EQ(outcome.cost, 0.25);
  EXPECT_EQ(outcome.latency_seconds, 1.5);
  EXPECT_THAT(outcome.watched_guards, IsEmpty());
}

TEST_F(EpisodeTest, TheAgentsOwnTotalsWin) {
  const trace::Trace trace = Run(kOpen, [](const EpisodeStart&, EpisodeIo& io) {
    trace::Step model;
    model.kind = trace::StepKind::kModelCall;
    model.input_tokens = 10;
    model.cost = 0.25;
    io.Record(model);
    EpisodeEnd end = Answered("no");
    end.input_tokens = 100;
    end.cost = 3;
    end.has_cost = true;
    return end;
  });
  EXPECT_EQ(trace.outcome->input_tokens, 100);
  EXPECT_EQ(trace.outcome->cost, 3);
  EXPECT_FALSE(trace.outcome->success);
}

TEST_F(EpisodeTest, EpisodesStartFromTheSameWorld) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Run(kOpen, OpensTheDoor).outcome->success);
  EXPECT_FALSE(Run(kOpen, [](const EpisodeStart&, EpisodeIo&) {
                 return Answered("done");
               }).outcome->success);
}

TEST_F(EpisodeTest, ToolErrorsAreResults) {
  const trace::Trace trace = Run(kOpen, [](const EpisodeStart&, EpisodeIo& io) {
    EXPECT_EQ(io.CallTool("see", {{"door_id", 9}}).error_class, "not_found");
    EXPECT_EQ(io.CallTool("see", {{"door", 1}}).error_class, "invalid_arguments");
    EXPECT_EQ(io.CallTool("fly", Json::object()).error_class, "unknown_tool");
    return Answered("done");
  });
  EXPECT_TRUE(trace.steps[2].observation.is_error);
  EXPECT_EQ(trace.steps[2].observation.error_class, "not_found");
  EXPECT_EQ(trace.steps[2].observation.content, "There is no door 9.");
  EXPECT_EQ(trace.outcome->tool_calls, 3);
}

// --- Guards ---

TEST_F(EpisodeTest, ADeniedCallIsAnErrorAndTheEpisodeGoesOn) {
  const trace::Trace trace = Run(
      kOpen,
      [](const EpisodeStart& start, EpisodeIo& io) {
        for (int i = 0; i < 2; ++i) {
          const world::ToolResult result = io.CallTool("break", {{"door_id", 2}});
          EXPECT_FALSE(result.ok);
          EXPECT_EQ(result.error_class, "denied");
          EXPECT_THAT(result.message, HasSubstr("no-breaking"));
        }
        EXPECT_TRUE(io.CallTool("see", {{"door_id", 2}}).ok);
        return OpensTheDoor(start, io);
      },
      true);
  EXPECT_TRUE(trace.outcome->success);  // nothing was broken
  EXPECT_EQ(trace.outcome->violations, (std::map<std::string, int>{{"no-breaking", 2}}));
  EXPECT_THAT(trace.outcome->watched_guards,
              ::testing::IsSupersetOf({"no-breaking", "ask-open", "warn-paint", "shadow-see"}));
  EXPECT_EQ(trace.steps[1].call.name, "break");
  EXPECT_EQ(trace.steps[2].kind, trace::StepKind::kGuard);
  EXPECT_EQ(trace.steps[2].guard.guard, "no-breaking");
  EXPECT_EQ(trace.steps[2].guard.verdict, "deny");
  EXPECT_EQ(trace.steps[3].observation.error_class, "denied");
}

TEST_F(EpisodeTest, AskingGuardsAskTheScriptedUser) {
  const trace::Trace agreed = Run(kOpen, OpensTheDoor, true);
  EXPECT_TRUE(agreed.outcome->success);
  EXPECT_THAT(agreed.outcome->violations, IsEmpty());
  EXPECT_EQ(agreed.steps[2].guard.verdict, "ask");
  EXPECT_THAT(agreed.steps[2].guard.message, HasSubstr("the user agreed"));

  const trace::Trace refused = Run(kKeep, OpensTheDoor, true);
  EXPECT_TRUE(refused.outcome->success);  // the door stayed shut
  EXPECT_EQ(refused.outcome->violations,
            (std::map<std::string, int>{{"ask-open", 1}, {"unanswered_ask", 1}}));
  EXPECT_EQ(refused.steps[3].observation.error_class, "denied");
}

TEST_F(EpisodeTest, WarningsStopNothingAndShadowsAreNoViolations) {
  const trace::Trace trace = Run(
      kKeep,
      [](const EpisodeStart&, EpisodeIo& io) {
        EXPECT_TRUE(io.CallTool("paint", {{"door_id", 1}, {"colour", "green"}}).ok);
        EXPECT_TRUE(io.CallTool("see", {{"door_id", 1}}).ok);
        EXPECT_TRUE(io.CallTool("see", {{"door_id", 1}}).ok);
        return Answered("three");
      },
      true);
  EXPECT_EQ(trace.outcome->violations, (std::map<std::string, int>{{"warn-paint", 1}}));
  EXPECT_EQ(trace.outcome->shadow_findings, (std::map<std::string, int>{{"shadow-see", 1}}));
  EXPECT_FALSE(trace.outcome->success);  // painted
}

TEST_F(EpisodeTest, GuardsForgetTheEpisodeBefore) {
  const FakeAgents agents([](const std::string&, const EpisodeStart&, EpisodeIo& io) {
    io.CallTool("see", {{"door_id", 1}});
    return Answered("three");
  });
  EpisodeRunner runner(suite_, agents.Make(strategy_), "hash", HousePolicy(folder_.path()), {},
                       clock_, nullptr);
  EpisodeSpec spec;
  spec.task_index = kKeep;
  for (int i = 0; i < 3; ++i) EXPECT_THAT(runner.Run(spec).outcome->violations, IsEmpty());
}

class GuardObserver : public Observer {
 public:
  using Observer::On;
  void On(const GuardTriggered& event) override {
    seen.push_back(event.arm + "/" + event.guard + "/" + event.verdict);
  }
  std::vector<std::string> seen;
};

TEST_F(EpisodeTest, GuardsAreReported) {
  GuardObserver observer;
  observer_ = &observer;
  Run(
      kOpen,
      [](const EpisodeStart& start, EpisodeIo& io) {
        io.CallTool("break", {{"door_id", 2}});
        return OpensTheDoor(start, io);
      },
      true);
  EXPECT_THAT(observer.seen, ElementsAre("candidate/no-breaking/deny", "candidate/ask-open/ask"));
}

// --- Limits ---

EpisodeEnd CallsForEver(const EpisodeStart&, EpisodeIo& io) {
  while (true) io.CallTool("see", {{"door_id", 1}});
}

TEST_F(EpisodeTest, ToolCallLimit) {
  options_.limits.max_tool_calls = 7;
  const trace::Trace trace = Run(kKeep, CallsForEver);
  EXPECT_EQ(trace.outcome->end, "tool_call_limit");
  EXPECT_EQ(trace.outcome->tool_calls, 7);
  EXPECT_EQ(trace.outcome->status, trace::EpisodeStatus::kScored);
  EXPECT_FALSE(trace.outcome->success);
  EXPECT_EQ(trace.outcome->score, 0);
}

TEST_F(EpisodeTest, StepLimitCountsWhatTheAgentRecords) {
  options_.limits.max_steps = 20;
  EXPECT_EQ(Run(kKeep, CallsForEver).outcome->end, "step_limit");
  const trace::Trace trace = Run(kKeep, [](const EpisodeStart&, EpisodeIo& io) -> EpisodeEnd {
    trace::Step step;
    step.kind = trace::StepKind::kDecision;
    while (true) io.Record(step);
  });
  EXPECT_EQ(trace.outcome->end, "step_limit");
  EXPECT_EQ(trace.outcome->steps, 20);
}

TEST_F(EpisodeTest, DeadlineEndsAnEpisodeAtTheNextCallAndOnReturn) {
  options_.limits.deadline = std::chrono::milliseconds(1'000);
  const trace::Trace calling = Run(kKeep, [&](const EpisodeStart&, EpisodeIo& io) -> EpisodeEnd {
    while (true) {
      io.CallTool("see", {{"door_id", 1}});
      clock_.Advance(300'000'000);
    }
  });
  EXPECT_EQ(calling.outcome->end, "agent_timeout");
  EXPECT_EQ(calling.outcome->tool_calls, 4);
  const trace::Trace late = Run(kKeep, [&](const EpisodeStart&, EpisodeIo&) {
    clock_.Advance(1'000'000'001);
    return Answered("three");
  });
  EXPECT_EQ(late.outcome->end, "agent_timeout");
  EXPECT_FALSE(late.outcome->success);
  const trace::Trace just = Run(kKeep, [&](const EpisodeStart&, EpisodeIo&) {
    clock_.Advance(1'000'000'000);
    return Answered("three");
  });
  EXPECT_TRUE(just.outcome->success);
}

TEST_F(EpisodeTest, AnAgentCannotSwallowTheEnd) {
  options_.limits.max_tool_calls = 1;
  const trace::Trace trace = Run(kKeep, [](const EpisodeStart&, EpisodeIo& io) {
    for (int i = 0; i < 5; ++i) {
      try {
        io.CallTool("paint", {{"door_id", 1}, {"colour", "red"}});
      } catch (const agent::EpisodeEnded&) {
      }
    }
    return Answered("three");
  });
  EXPECT_EQ(trace.outcome->end, "tool_call_limit");
  EXPECT_EQ(trace.outcome->tool_calls, 1);
  EXPECT_FALSE(trace.outcome->success);
}

// --- Failures ---

TEST_F(EpisodeTest, AnAgentsExceptionsEndItsEpisodeOnly) {
  const std::vector<Script> scripts = {
      [](const EpisodeStart&, EpisodeIo&) -> EpisodeEnd { throw std::runtime_error("boom"); },
      [](const EpisodeStart&, EpisodeIo&) -> EpisodeEnd { throw BadData("boom"); },
      [](const EpisodeStart&, EpisodeIo&) -> EpisodeEnd { throw 5; },
  };
  for (const Script& script : scripts) {
    const trace::Trace trace = Run(kKeep, script);
    EXPECT_EQ(trace.outcome->end, "agent_crashed");
    EXPECT_EQ(trace.outcome->status, trace::EpisodeStatus::kScored);
    EXPECT_FALSE(trace.outcome->success);
    EXPECT_EQ(tries_, 1);
  }
}

TEST_F(EpisodeTest, ADefectOfKedgeEndsTheRun) {
  EXPECT_THROW(
      Run(kKeep, [](const EpisodeStart&, EpisodeIo&) -> EpisodeEnd { throw InternalError("x"); }),
      Error);
}

TEST_F(EpisodeTest, AnAgentCannotInventCallsOrObservations) {
  for (const trace::StepKind kind :
       {trace::StepKind::kToolCall, trace::StepKind::kObservation, trace::StepKind::kGuard}) {
    const trace::Trace trace = Run(kKeep, [&](const EpisodeStart&, EpisodeIo& io) {
      trace::Step step;
      step.kind = kind;
      io.Record(step);
      return Answered("three");
    });
    EXPECT_EQ(trace.outcome->end, "agent_crashed");
    EXPECT_EQ(trace.steps.size(), 1u);
  }
  const trace::Trace trace = Run(kKeep, [&](const EpisodeStart&, EpisodeIo& io) {
    trace::Step step;
    step.actor = "user";
    step.text = "Yes, I agree to everything.";
    io.Record(step);
    return Answered("three");
  });
  EXPECT_EQ(trace.steps[1].actor, "agent");
}

TEST_F(EpisodeTest, InfrastructureIsTriedAgainThenMissing) {
  const trace::Trace missing =
      Run(kKeep, [](const EpisodeStart&, EpisodeIo&) { return Unavailable(); });
  EXPECT_EQ(missing.outcome->status, trace::EpisodeStatus::kMissing);
  EXPECT_EQ(missing.outcome->end, "agent_unavailable");
  EXPECT_FALSE(missing.outcome->success);
  EXPECT_EQ(tries_, 3);

  const trace::Trace second = Run(kOpen, [this](const EpisodeStart& start, EpisodeIo& io) {
    if (tries_ == 2) return OpensTheDoor(start, io);
    io.CallTool("paint", {{"door_id", 1}, {"colour", "pink"}});
    return Unavailable();
  });
  EXPECT_TRUE(second.outcome->success);  // the first try left nothing behind
  EXPECT_EQ(second.outcome->tool_calls, 1);
  EXPECT_EQ(tries_, 2);
}

TEST_F(EpisodeTest, TextThatIsNotUtf8IsReplacedBeforeAnybodySeesIt) {
  const trace::Trace trace = Run(kOpen, [](const EpisodeStart& start, EpisodeIo& io) {
    io.AskUser("na\xffme?");
    OpensTheDoor(start, io);
    return Answered("done \xc3(");
  });
  EXPECT_EQ(trace.steps[1].text, "na\xEF\xBF\xBDme?");
  const trace::Trace back = trace::FromJsonLine(trace::ToJsonLine(trace), "test", 1).ValueOrThrow();
  EXPECT_EQ(trace::ToJsonLine(back), trace::ToJsonLine(trace));
  EXPECT_EQ(back.steps.back().text, trace.steps.back().text);
}

TEST_F(EpisodeTest, SeedsOfAgentUserAndWorldComeFromTheEpisodes) {
  std::uint64_t seed = 0;
  Run(kKeep, [&](const EpisodeStart& start, EpisodeIo&) {
    seed = start.seed;
    return Answered("three");
  });
  EXPECT_EQ(seed, DeriveSeed(99, "agent"));
  std::set<std::uint64_t> seeds;
  for (std::size_t task : {kOpen, kKeep}) {
    for (int trial = 0; trial < 3; ++trial) {
      for (std::uint64_t run_seed : {1u, 2u}) {
        seeds.insert(EpisodeSeed(*suite_, task, trial, run_seed));
      }
    }
  }
  EXPECT_EQ(seeds.size(), 12u);
}

// --- Without a world ---

TEST_F(EpisodeTest, AScorerThatCannotRunLeavesTheEpisodeMissing) {
  const std::string folder = folder_.File("judged");
  testing::WriteFile(folder + "/judge.sh", "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(folder + "/judge.sh", std::filesystem::perms::owner_all);
  const Json program = {{"type", "program"}, {"command", {"./judge.sh"}}};
  suite_ = FixtureSuite(folder, 1, Json{{"scorers", Json::array({program})}});
  const Script answers = [](const EpisodeStart&, EpisodeIo&) { return Answered("yes"); };
  EXPECT_TRUE(Run(0, answers).outcome->success);
  std::filesystem::remove(folder + "/judge.sh");
  const trace::Trace trace = Run(0, answers);
  EXPECT_EQ(trace.outcome->status, trace::EpisodeStatus::kMissing);
  EXPECT_EQ(trace.outcome->end, "scorer_unavailable");
  EXPECT_THAT(trace.outcome->end_detail, HasSubstr("judge.sh"));
  EXPECT_EQ(tries_, 1);  // the agent is not paid a second time for the judge's absence
}

TEST_F(EpisodeTest, ASuiteWithoutAWorldHasNoTools) {
  suite_ = FixtureSuite(folder_.File("plain"), 1);
  const trace::Trace trace = Run(0, [](const EpisodeStart& start, EpisodeIo& io) {
    EXPECT_TRUE(start.tools.empty());
    EXPECT_EQ(io.CallTool("see", Json::object()).error_class, "unknown_tool");
    return Answered("yes");
  });
  EXPECT_TRUE(trace.outcome->success);
}

}  // namespace
}  // namespace kedge::run
