// A candidate that is better on the curated suite and worse on what production really asks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/loop/gate_session.h"
#include "harness/trace/archive_writer.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCurated = R"(format: kedge-suite/1
suite: shop
tasks: tasks.jsonl
splits: {gate: [curated], dev: [everyday]}
)";

strategy::Strategy Asking(const std::string& name, int k) {
  return strategy::Strategy::FromLayers(name, {}, {{"retrieval", Json{{"k", k}}}});
}

class GateTracesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string tasks;
    for (const char* family : {"curated", "everyday"}) {
      for (int i = 0; i < 400; ++i) {
        tasks += DumpJson(Json{{"id", std::string(family) + "-" + std::to_string(i)},
                               {"family", family},
                               {"instruction", "go"},
                               {"tell", {"yes"}}}) +
                 "\n";
      }
    }
    testing::WriteFile(File("suite/suite.yaml"), kCurated);
    testing::WriteFile(File("suite/tasks.jsonl"), tasks);
    Asking("champion", 90).Save(File("champion"));
    Asking("candidate", 20).Save(File("candidate"));
    Policy("");
    WriteTraces(300, "everyday");
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  void Policy(const std::string& rest) {
    testing::WriteFile(File("kedge.yaml"),
                       "format: kedge-policy/1\nsmallest_gain: 0.1\noverall_margin: 0.1\n"
                       "stratum_margin: 0.1\nprior_discordance: 0.5\nmax_pairs: 900\n"
                       "drift: {enabled: false}\n" +
                           rest);
  }

  /// Every second trace stands for itself, the others for four.
  void WriteTraces(int n, const std::string& family) {
    trace::ArchiveWriter archive(File("traces.jsonl"));
    for (int i = 0; i < n; ++i) {
      trace::Trace trace;
      trace.id = "t" + std::to_string(i);
      trace.key.suite = "shop";
      trace.key.task_id = family + "-" + std::to_string(i);
      trace.inclusion_probability = i % 2 == 0 ? 1 : 0.25;
      trace::Step& said = trace.steps.emplace_back();
      said.actor = "user";
      said.text = "go";
      archive.Write(trace);
    }
    archive.Finish();
  }

  gate::Verdict Gate() {
    const run::FakeAgents agents(
        [this](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
          const bool everyday = start.episode_id.find("everyday") != std::string::npos;
          const double rate = strategy == "champion" ? 0.5 : everyday ? everyday_ : curated_;
          return run::Answered(UniformAt(start.seed, strategy) < rate ? "yes" : "no");
        });
    GateSessionOptions options;
    options.suite_folder = File("suite");
    options.champion_folder = File("champion");
    options.candidate_folder = File("candidate");
    options.policy_file = File("kedge.yaml");
    options.output_folder = File("out" + std::to_string(runs_++));
    options.traces_file = with_traces_ ? File("traces.jsonl") : "";
    options.run_seed = run_seed_;
    Observer nobody;
    return RunGateSession(options, agents, clock_, nobody).verdict;
  }

  const testing::TempFolder folder_;
  double curated_ = 0.9, everyday_ = 0.2;
  bool with_traces_ = true;
  int runs_ = 0;
  std::uint64_t run_seed_ = 1;
  run::ManualClock clock_;
};

TEST_F(GateTracesTest, BetterOnTheSuiteAndWorseOnProductionIsBlockedAndSaysWhy) {
  with_traces_ = false;
  ASSERT_EQ(Gate().kind, gate::VerdictKind::kPromote);
  with_traces_ = true;
  const gate::Verdict verdict = Gate();
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kBlock);
  ASSERT_FALSE(verdict.reasons.empty());
  EXPECT_EQ(verdict.reasons[0].code, "regression:production");
  EXPECT_THAT(verdict.reasons[0].text, HasSubstr("everyday-"));
  const gate::Component& component = verdict.components.back();
  EXPECT_EQ(component.name, "stratum:production");
  EXPECT_EQ(component.n, 300);
  EXPECT_NEAR(component.delta.estimate, -0.3, 0.1);
  EXPECT_EQ(verdict.details["production"]["coverage"]["rebuilt"], 1.0);
  EXPECT_EQ(verdict.alpha_block, 0.025) << "half each, so that both together keep the promise";
}

TEST_F(GateTracesTest, UnderTwentySeedsItIsBlockedForProductionEveryTime) {
  for (run_seed_ = 1; run_seed_ <= 20; ++run_seed_) {
    // Another archive every time: else the same pairs would be judged again.
    WriteTraces(300 - static_cast<int>(run_seed_), "everyday");
    const gate::Verdict verdict = Gate();
    EXPECT_EQ(verdict.kind, gate::VerdictKind::kBlock) << run_seed_;
    ASSERT_FALSE(verdict.reasons.empty());
    EXPECT_EQ(verdict.reasons[0].code, "regression:production") << run_seed_;
  }
}

TEST_F(GateTracesTest, AnotherRunSeedIsNoOtherDrawAtProduction) {
  everyday_ = 0.5;
  const auto production = [this](std::uint64_t seed) {
    run_seed_ = seed;
    const gate::Verdict verdict = Gate();
    return std::pair(verdict.components.back().delta.estimate,
                     *verdict.components.back().log_e_noninferior);
  };
  EXPECT_EQ(production(1), production(2));
}

TEST_F(GateTracesTest, BetterOnBothIsPromoted) {
  everyday_ = 0.7;
  const gate::Verdict verdict = Gate();
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kPromote);
  EXPECT_EQ(verdict.components.back().state, "non-inferior");
  EXPECT_EQ(verdict.reasons.back().code, "non_inferior_on_production");
}

TEST_F(GateTracesTest, TooFewTracesHoldAndSayHowManyMore) {
  everyday_ = 0.6;
  WriteTraces(12, "everyday");
  const gate::Verdict verdict = Gate();
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(verdict.reasons[0].code, "underpowered");
  EXPECT_THAT(verdict.what_would_settle.at(0), HasSubstr("stratum:production"));
}

TEST_F(GateTracesTest, TooLittleCoverageHolds) {
  everyday_ = 0.7;
  Policy("traces: {required: true}\n");
  WriteTraces(300, "unknown");
  const gate::Verdict verdict = Gate();
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(verdict.reasons[0].code, "divergence");
  EXPECT_EQ(verdict.details["production"]["coverage"]["followed"], 1.0);
  with_traces_ = false;
  EXPECT_THROW(Gate(), Error);
}

TEST_F(GateTracesTest, ATaskThatCameTwiceIsRunOnceWithTheWeightOfBoth) {
  everyday_ = 0.7;
  trace::ArchiveWriter archive(File("traces.jsonl"));
  for (int i = 0; i < 300; ++i) {
    trace::Trace trace;
    trace.id = "t" + std::to_string(i);
    trace.key.task_id = "everyday-" + std::to_string(i / 2);
    trace::Step& said = trace.steps.emplace_back();
    said.actor = "user";
    said.text = "go";
    archive.Write(trace);
  }
  archive.Finish();
  const gate::Verdict verdict = Gate();
  EXPECT_EQ(verdict.components.back().n, 150);
  EXPECT_EQ(verdict.details["production"]["traces"], 300);
}

}  // namespace
}  // namespace kedge::loop
