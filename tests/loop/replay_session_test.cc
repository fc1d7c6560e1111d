// Lanes over an archive: what is counted, weighed, located and refused.

#include "harness/loop/replay_session.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/loop/redaction.h"
#include "harness/run/episode.h"
#include "harness/trace/archive_writer.h"
#include "harness/trace/jsonl.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

constexpr int kTraces = 10;

strategy::Strategy Named(const std::string& name, int k) {
  return strategy::Strategy::FromLayers(name, {}, {{"retrieval", Json{{"k", k}}}});
}

agent::EpisodeEnd Opens(int door, agent::EpisodeIo& io) {
  io.CallTool("see", {{"door_id", 1}});
  io.CallTool("open", {{"door_id", door}});
  return run::Answered("done");
}

/// An archive of episodes of the house in which door 1 was opened. The champion repeats them; the
/// candidate opens door 2 in those of `leaves`. Trace t0 stands for four.
class ReplaySessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Named("champion", 1).Save(File("champion"));
    Named("candidate", 2).Save(File("candidate"));
    const auto suite = run::HouseSuite(File("suite"));
    const run::FakeAgents agents([](const std::string&, const agent::EpisodeStart&,
                                    agent::EpisodeIo& io) { return Opens(1, io); });
    run::EpisodeRunner runner(suite, agents.Make(Named("recorded", 3)), "hash", nullptr, {}, clock_,
                              nullptr);
    trace::ArchiveWriter archive(File("traces.jsonl"));
    for (int i = 0; i < kTraces; ++i) {
      run::EpisodeSpec spec;
      spec.task_index = suite->FindTask("open").value();
      spec.seed = static_cast<std::uint64_t>(i + 1);
      trace::Trace recorded = runner.Run(spec);
      recorded.id = "t" + std::to_string(i);
      recorded.inclusion_probability = i == 0 ? 0.25 : 1;
      archive.Write(recorded);
    }
    archive.Finish();
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  ReplaySessionResult Replay(const ReplaySessionOptions& options) {
    const run::FakeAgents agents(
        [this](const std::string&, const agent::EpisodeStart& start, agent::EpisodeIo& io) {
          const std::size_t slash = start.episode_id.find('/');
          const bool candidate = start.episode_id.substr(0, slash) == "candidate";
          const bool leaves = candidate && leaves_.contains(start.episode_id.substr(slash + 1));
          return Opens(leaves ? 2 : 1, io);
        });
    return RunReplaySession(options, agents, clock_);
  }

  ReplaySessionOptions Options() const {
    ReplaySessionOptions options;
    options.traces = File("traces.jsonl");
    options.suite_folder = File("suite");
    options.champion_folder = File("champion");
    options.candidate_folder = File("candidate");
    return options;
  }

  const testing::TempFolder folder_;
  run::ManualClock clock_;
  std::set<std::string> leaves_;
};

TEST_F(ReplaySessionTest, ADivergenceIsWeighedLocatedAndNotScored) {
  leaves_ = {"t0", "t7"};
  ReplaySessionOptions options = Options();
  options.fork = false;
  options.max_divergence = 1;
  const ReplaySessionResult result = Replay(options);
  EXPECT_EQ(result.traces, kTraces);
  EXPECT_EQ(result.world_agrees, kTraces);
  const ReplayLane& champion = result.lanes.at(1);
  EXPECT_EQ(champion.fidelity, 1);
  EXPECT_EQ(champion.divergence_share, 0);
  EXPECT_EQ(champion.scored, kTraces);
  const ReplayLane& candidate = result.lanes.at(2);
  EXPECT_NEAR(candidate.divergence_share, 5.0 / 13, 1e-12) << "four and one of thirteen";
  EXPECT_NEAR(candidate.fidelity, (8 + 5 * 0.5) / 13, 1e-12) << "one of two calls of these";
  EXPECT_EQ(candidate.scored, kTraces - 2);
  EXPECT_EQ(candidate.from_world, 0);
  ASSERT_EQ(candidate.divergences.size(), 2u);
  EXPECT_EQ(candidate.divergences[0].trace_id, "t0");
  EXPECT_EQ(candidate.divergences[1].trace_id, "t7");
  EXPECT_EQ(candidate.divergences[0].call, 2);
  ASSERT_TRUE(result.comparison);
  EXPECT_EQ(result.comparison->n, kTraces - 2) << "what is scored in both";
  EXPECT_EQ(result.comparison->delta.estimate, 0);
}

TEST_F(ReplaySessionTest, ALaneAboveTheLimitRefusesTheVerdict) {
  leaves_ = {"t0"};
  ReplaySessionOptions options = Options();
  options.fork = false;
  for (const auto& [limit, refused] : {std::pair(0.30, true), {4.0 / 13, false}, {0.31, false}}) {
    options.max_divergence = limit;
    const ReplaySessionResult result = Replay(options);
    EXPECT_EQ(result.refused, refused) << limit;
    EXPECT_EQ(result.comparison.has_value(), !refused) << limit;
    EXPECT_EQ(ToJson(result)["comparison"].is_null(), refused) << limit;
  }
  testing::WriteFile(File("kedge.yaml"), "format: kedge-policy/1\ntraces: {max_divergence: 0.3}\n");
  options.max_divergence.reset();
  options.policy_file = File("kedge.yaml");
  EXPECT_TRUE(Replay(options).refused) << "the policy's limit";
}

TEST_F(ReplaySessionTest, AForkIsNoDivergenceAndIsScoredByTheWorld) {
  leaves_ = {"t0", "t7"};
  const ReplaySessionResult result = Replay(Options());
  const ReplayLane& candidate = result.lanes.at(2);
  EXPECT_EQ(candidate.divergence_share, 0);
  EXPECT_EQ(candidate.forked, 2);
  EXPECT_EQ(candidate.from_world, 2);
  EXPECT_EQ(candidate.scored, kTraces);
  ASSERT_TRUE(candidate.success);
  EXPECT_NEAR(*candidate.success, 8.0 / 13, 1e-12) << "the wrong door is open in t0 and t7";
  ASSERT_TRUE(result.comparison);
  EXPECT_EQ(result.comparison->n, kTraces);
  EXPECT_LT(result.comparison->delta.estimate, 0);
}

/// Paints in the colour that the user's last word is, then in that of the owner it was told.
agent::EpisodeEnd PaintsAsTold(const agent::EpisodeStart& start, agent::EpisodeIo& io) {
  const std::string colour = start.instruction.substr(start.instruction.rfind(' ') + 1);
  io.CallTool("paint", {{"door_id", 1}, {"colour", colour}});
  const world::ToolResult seen = io.CallTool("see", {{"door_id", 2}});
  const Json& content = seen.content;
  io.CallTool("paint", {{"door_id", 2}, {"colour", content.value("owner", "")}});
  io.CallTool("paint", {{"door_id", 3}, {"colour", colour}});
  return run::Answered("done");
}

trace::Trace PaintedFor(const std::string& user, const std::string& owner) {
  trace::Trace trace;
  trace.id = "painted";
  trace::Step& said = trace.steps.emplace_back();
  said.actor = "user";
  said.text = "Paint the doors for " + user;
  const auto call = [&](const std::string& tool, const Json& arguments, const std::string& answer) {
    const std::string id = std::to_string(trace.steps.size());
    trace::Step& made = trace.steps.emplace_back();
    made.kind = trace::StepKind::kToolCall;
    made.actor = "agent";
    made.call = {id, tool, arguments};
    trace::Step& seen = trace.steps.emplace_back();
    seen.kind = trace::StepKind::kObservation;
    seen.actor = "tool";
    seen.observation = {id, false, "", answer};
  };
  call("paint", {{"door_id", 1}, {"colour", user}}, "\"done\"");
  call("see", {{"door_id", 2}}, DumpJson(Json{{"owner", owner}}));
  call("paint", {{"door_id", 2}, {"colour", owner}}, "\"done\"");
  call("paint", {{"door_id", 3}, {"colour", user}}, "\"done\"");
  return trace;
}

TEST_F(ReplaySessionTest, ARedactedTraceIsRepeatedByAnAgentThatUsesWhatItReads) {
  const auto fidelity = [this](const trace::Trace& recorded) {
    trace::ArchiveWriter archive(File("painted.jsonl"));
    archive.Write(recorded);
    archive.Finish();
    const run::FakeAgents agents([](const std::string&, const agent::EpisodeStart& start,
                                    agent::EpisodeIo& io) { return PaintsAsTold(start, io); });
    ReplaySessionOptions options = Options();
    options.traces = File("painted.jsonl");
    options.max_divergence = 1;
    return RunReplaySession(options, agents, clock_).lanes.at(1).fidelity;
  };
  const trace::Trace recorded = PaintedFor("ada@example.org", "bob@example.org");
  const trace::Trace redacted = MakeRedactor({{"pii/v1"}, ""})->Redact(recorded);
  const std::string line = trace::ToJsonLine(redacted);
  ASSERT_EQ(line.find("example.org"), std::string::npos) << line;
  EXPECT_EQ(fidelity(recorded), 1);
  EXPECT_EQ(fidelity(redacted), 1);

  trace::Trace broken = redacted;  // one value with two placeholders
  broken.steps.at(7).call.arguments["colour"] = "<email:000000000000>";
  EXPECT_EQ(fidelity(broken), 0.75);
  broken = redacted;
  broken.steps.at(4).observation.content = R"({"owner":"<email:000000000000>"})";
  EXPECT_LT(fidelity(broken), 1);
}

}  // namespace
}  // namespace kedge::loop
