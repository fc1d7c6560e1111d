// A candidate that loses tasks has its guilty rules named, and only those; nothing else of the
// verdict depends on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/gate_session.h"
#include "harness/strategy/strategy.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Retail(const std::string& name) {
  return testing::SourcePath("tasksuites/retail/") + name;
}

/// The reference agent, which keeps its decisions to itself.
class SilentAgents : public agent::AgentFactory {
 public:
  std::unique_ptr<agent::Agent> Make(const strategy::Strategy& strategy) const override {
    return std::make_unique<Silent>(reference_.Make(strategy));
  }
  std::string fingerprint() const override { return "silent"; }

 private:
  class SilentIo : public agent::EpisodeIo {
   public:
    explicit SilentIo(agent::EpisodeIo& io) : io_(io) {}
    world::ToolResult CallTool(const std::string& name, const Json& arguments) override {
      return io_.CallTool(name, arguments);
    }
    std::string AskUser(const std::string& question) override { return io_.AskUser(question); }
    void Record(trace::Step step) override {
      if (step.kind != trace::StepKind::kDecision) io_.Record(std::move(step));
    }

   private:
    agent::EpisodeIo& io_;
  };
  class Silent : public agent::Agent {
   public:
    explicit Silent(std::unique_ptr<agent::Agent> agent) : agent_(std::move(agent)) {}
    agent::EpisodeEnd Run(const agent::EpisodeStart& start, agent::EpisodeIo& io) override {
      SilentIo silent(io);
      return agent_->Run(start, silent);
    }

   private:
    std::unique_ptr<agent::Agent> agent_;
  };
  agent_ref::ReferenceAgentFactory reference_;
};

class GateSuspectsTest : public ::testing::Test {
 protected:
  GateSessionResult Gate(const std::string& candidate_folder, const std::string& out,
                         const agent::AgentFactory& agents, std::int64_t explain = 40) {
    GateSessionOptions options;
    options.suite_folder = Retail("");
    options.champion_folder = Retail("strategies/champion");
    options.candidate_folder = candidate_folder;
    options.policy_file = Retail("kedge.yaml");
    options.store_file = folder_.File(out + ".db");
    options.output_folder = folder_.File(out);
    options.explain_episodes = explain;
    return RunGateSession(options, agents, SystemClock(), observer_);
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  testing::TempFolder folder_;
  agent_ref::ReferenceAgentFactory reference_;
  Observer observer_;
};

// The bundled trade-off holds an order before every change; what is held cannot be shipped back.
TEST_F(GateSuspectsTest, TheRuleThatLosesTasksIsNamedAndLeftOutForATry) {
  const GateSessionResult result =
      Gate(Retail("strategies/candidate-tradeoff"), "tradeoff", reference_);
  ASSERT_EQ(result.verdict.kind, gate::VerdictKind::kBlock);
  ASSERT_TRUE(result.verdict.suspects);
  const gate::SuspectSection& section = *result.verdict.suspects;
  EXPECT_EQ(section.lost, result.verdict.pairs.only_champion);
  EXPECT_EQ(section.lost + section.others, result.verdict.pairs.n);
  ASSERT_FALSE(section.suspects.empty());
  const gate::Suspect& guilty = section.suspects.front();
  EXPECT_LE(guilty.p, 0.05);
  EXPECT_GT(guilty.lost, 0);
  EXPECT_GT(guilty.again, 0);
  EXPECT_LE(guilty.again, 40);
  EXPECT_TRUE(guilty.confirmed()) << guilty.regained << " of " << guilty.again;
  for (const std::string& file : {result.html, result.markdown, result.json}) {
    EXPECT_THAT(ReadFile(file), HasSubstr(guilty.rule)) << file;
  }
  const gate::Verdict read = gate::VerdictFromJson(ParseJson(ReadFile(result.json)), result.json);
  ASSERT_TRUE(read.suspects);
  EXPECT_EQ(gate::ToJson(*read.suspects), gate::ToJson(section));
}

TEST_F(GateSuspectsTest, TheDecisionDoesNotDependOnIt) {
  const GateSessionResult with = Gate(Retail("strategies/candidate-tradeoff"), "with", reference_);
  const GateSessionResult without =
      Gate(Retail("strategies/candidate-tradeoff"), "without", reference_, 0);
  EXPECT_EQ(gate::Digest(with.verdict), gate::Digest(without.verdict));
  ASSERT_TRUE(without.verdict.suspects);
  EXPECT_EQ(without.verdict.suspects->episodes, 0);
  EXPECT_FALSE(without.verdict.suspects->suspects.front().confirmed());
}

// Good rules beside the guilty one speak in lost pairs, too, and are not named.
TEST_F(GateSuspectsTest, GoodRulesBesideItAreNotNamed) {
  const auto champion = strategy::Strategy::Load(Retail("strategies/champion"));
  const auto better = strategy::Strategy::Load(Retail("strategies/candidate-better"));
  const auto tradeoff = strategy::Strategy::Load(Retail("strategies/candidate-tradeoff"));
  std::vector<strategy::Operation> guilty =
      strategy::ToOperations(strategy::Diff(champion, tradeoff));
  strategy::Apply(better, better.hash(), guilty, "mixed", Json::object()).Save(File("mixed"));
  const GateSessionResult result = Gate(File("mixed"), "mixed-gate", reference_);
  ASSERT_TRUE(result.verdict.suspects) << DumpJson(result.document["reasons"]);
  EXPECT_GE(result.verdict.suspects->rules, 5);
  ASSERT_FALSE(result.verdict.suspects->suspects.empty());
  for (const gate::Suspect& suspect : result.verdict.suspects->suspects) {
    const bool is_guilty =
        std::any_of(guilty.begin(), guilty.end(),
                    [&](const strategy::Operation& one) { return one.target == suspect.rule; });
    EXPECT_TRUE(is_guilty) << suspect.rule;
    EXPECT_TRUE(suspect.confirmed()) << suspect.rule;
  }
}

TEST_F(GateSuspectsTest, AnAgentThatDoesNotSayWhatItFollowsGetsNoSuspects) {
  const GateSessionResult result =
      Gate(Retail("strategies/candidate-tradeoff"), "silent", SilentAgents());
  EXPECT_EQ(result.verdict.kind, gate::VerdictKind::kBlock);
  EXPECT_GT(result.verdict.pairs.only_champion, 0);
  EXPECT_FALSE(result.verdict.suspects);
  EXPECT_THAT(ReadFile(result.html), Not(HasSubstr("Which rule is behind")));
}

}  // namespace
}  // namespace kedge::loop
