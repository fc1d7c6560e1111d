// A candidate that loses tasks has its guilty rules named, and only those; nothing else of the
// verdict depends on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/gate_session.h"
#include "harness/strategy/strategy.h"
#include "harness/strategy/validation.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::ElementsAre;
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
                         const agent::AgentFactory& agents, std::int64_t explain = 40,
                         const std::string& champion_folder = Retail("strategies/champion")) {
    GateSessionOptions options;
    options.suite_folder = Retail("");
    options.champion_folder = champion_folder;
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
  EXPECT_THAT(ReadFile(result.html), HasSubstr("Behind it: " + guilty.rule + " (added): lost " +
                                               std::to_string(guilty.lost)));
  EXPECT_THAT(ReadFile(result.markdown), HasSubstr("Solved again when undone"));
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

// Good rules beside the guilty one speak in lost pairs, too.
TEST_F(GateSuspectsTest, GoodRulesBesideItAreCleared) {
  const auto champion = strategy::Strategy::Load(Retail("strategies/champion"));
  const auto better = strategy::Strategy::Load(Retail("strategies/candidate-better"));
  const auto tradeoff = strategy::Strategy::Load(Retail("strategies/candidate-tradeoff"));
  std::vector<strategy::Operation> guilty =
      strategy::ToOperations(strategy::Diff(champion, tradeoff));
  std::erase_if(guilty, [&](const strategy::Operation& one) {
    return std::any_of(better.guidelines().begin(), better.guidelines().end(),
                       [&](const strategy::Guideline& known) { return known.id == one.target; });
  });
  ASSERT_EQ(guilty.size(), 1u);
  strategy::Apply(better, better.hash(), guilty, "mixed", better.provenance()).Save(File("mixed"));
  const GateSessionResult result = Gate(File("mixed"), "mixed-gate", reference_);
  ASSERT_TRUE(result.verdict.suspects) << DumpJson(result.document["reasons"]);
  EXPECT_GE(result.verdict.suspects->rules, 5);
  // They speak in the family that loses and so stand out in the counts; the run clears them.
  std::vector<std::string> confirmed;
  for (const gate::Suspect& suspect : result.verdict.suspects->suspects) {
    if (suspect.confirmed()) confirmed.push_back(suspect.rule);
  }
  EXPECT_THAT(confirmed, ElementsAre(guilty.front().target));
  EXPECT_EQ(result.verdict.suspects->suspects.front().rule, guilty.front().target);
}

// What is missing is named as well: it spoke for the champion, and putting it back helps.
TEST_F(GateSuspectsTest, ARuleThatIsGoneIsNamed) {
  const auto better = strategy::Strategy::Load(Retail("strategies/candidate-better"));
  const std::string gone = "cancel_order.recover.identity_unverified.verify_customer";
  strategy::Apply(better, better.hash(), {{"retire", gone, "forgotten"}}, "forgetful",
                  better.provenance())
      .Save(File("forgetful"));
  const GateSessionResult result = Gate(File("forgetful"), "forgetful-gate", reference_, 40,
                                        Retail("strategies/candidate-better"));
  ASSERT_TRUE(result.verdict.suspects) << DumpJson(result.document["reasons"]);
  ASSERT_FALSE(result.verdict.suspects->suspects.empty());
  const gate::Suspect& guilty = result.verdict.suspects->suspects.front();
  EXPECT_EQ(guilty.rule, gone);
  EXPECT_EQ(guilty.change, "retired");
  EXPECT_TRUE(guilty.confirmed()) << guilty.regained << " of " << guilty.again;
}

// Putting a rule back brings no `validation` with it, which an operation may not carry.
TEST_F(GateSuspectsTest, AChangeOfAMeasuredRuleIsUndoneAsWell) {
  const auto better = strategy::Strategy::Load(Retail("strategies/candidate-better"));
  const std::string rule = "return_item.recover.label_missing.create_return_label";
  const auto measured =
      strategy::WithValidation(better, {{rule, {{"pairs", 300}}}}, Json::object());
  measured.Save(File("measured"));
  strategy::Apply(measured, measured.hash(),
                  {{"revise", rule, {{"unless", {{"known", "order_id"}}}}}}, "silenced",
                  better.provenance())
      .Save(File("silenced"));
  const GateSessionResult result =
      Gate(File("silenced"), "silenced-gate", reference_, 40, File("measured"));
  ASSERT_TRUE(result.verdict.suspects) << DumpJson(result.document["reasons"]);
  ASSERT_FALSE(result.verdict.suspects->suspects.empty());
  const gate::Suspect& guilty = result.verdict.suspects->suspects.front();
  EXPECT_EQ(guilty.rule, rule);
  EXPECT_EQ(guilty.change, "revised");
  EXPECT_TRUE(guilty.confirmed()) << guilty.regained << " of " << guilty.again;
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
