// What somebody has written into a recorded episode shows when the world plays it again.

#include "harness/loop/trace_witness.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/loop/learn_session.h"
#include "harness/loop/planted/poison.h"
#include "harness/run/paired_run.h"
#include "harness/trace/archive_writer.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

const std::string kShop = testing::SourcePath("tasksuites/retail");
const PoisonTarget kTarget = {"exchange_item", "hold_order"};

class TraceWitnessTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = suite::Suite::Load(kShop, {.split = "dev", .tasks_per_family = 20});
    const auto champion = strategy::Strategy::Load(kShop + "/strategies/champion-exploring");
    const agent_ref::ReferenceAgentFactory agents;
    run::PairedRunOptions run;
    run.episode.user_noise = suite_->user_noise();
    run::RunAll(suite_, champion, agents, nullptr, 1, 7, nullptr, run, SystemClock(), nullptr,
                [](const trace::Trace& trace) { honest_.push_back(trace); });
  }
  static void TearDownTestSuite() {
    suite_.reset();
    honest_.clear();
  }

  static std::shared_ptr<const suite::Suite> suite_;
  static std::vector<trace::Trace> honest_;
};
std::shared_ptr<const suite::Suite> TraceWitnessTest::suite_;
std::vector<trace::Trace> TraceWitnessTest::honest_;

TEST_F(TraceWitnessTest, HonestEpisodesAreBorneOut) {
  TraceWitness witness(suite_);
  ASSERT_EQ(honest_.size(), 18U * 20U);
  for (const trace::Trace& trace : honest_) {
    EXPECT_EQ(witness.Examine(trace), TraceDoubt::kNone) << trace.id;
  }
}

TEST_F(TraceWitnessTest, EveryPoisonedTraceIsDoubted) {
  TraceWitness witness(suite_);
  const std::map<PoisonChannel, TraceDoubt> doubts = {
      {PoisonChannel::kToolResult, TraceDoubt::kAnswers},
      {PoisonChannel::kUserText, TraceDoubt::kWords},
      {PoisonChannel::kOutcomeLabel, TraceDoubt::kOutcome},
      {PoisonChannel::kProductionArchive, TraceDoubt::kAnswers}};
  for (const auto& [channel, doubt] : doubts) {
    for (const PoisonPrincipal principal : {PoisonPrincipal::kOne, PoisonPrincipal::kMany}) {
      for (const trace::Trace& trace : PoisonedTracesOf(channel, principal, 5, kTarget, honest_)) {
        EXPECT_EQ(witness.Examine(trace), doubt) << ToString(channel) << " " << trace.id;
      }
    }
  }
}

TEST_F(TraceWitnessTest, OneChangedWordIsEnough) {
  TraceWitness witness(suite_);
  trace::Trace trace = honest_.front();
  trace.key.task_id += "0";
  EXPECT_EQ(witness.Examine(trace), TraceDoubt::kTask);
  trace = honest_.front();
  for (trace::Step& step : trace.steps) {
    if (step.kind != trace::StepKind::kObservation || step.observation.is_error) continue;
    step.observation.is_error = true;
    step.observation.error_class = "busy";
    break;
  }
  EXPECT_EQ(witness.Examine(trace), TraceDoubt::kAnswers);
}

TEST_F(TraceWitnessTest, PoisonComesFromOneOrFromMany) {
  std::map<PoisonPrincipal, std::set<std::string>> principals, families;
  for (const PoisonPrincipal principal : {PoisonPrincipal::kOne, PoisonPrincipal::kMany}) {
    for (const trace::Trace& trace :
         PoisonedTracesOf(PoisonChannel::kToolResult, principal, 4, kTarget, honest_)) {
      EXPECT_EQ(trace.split, "dev");
      EXPECT_TRUE(trace.outcome->success);
      principals[principal].insert(trace.principal);
      families[principal].insert(trace.key.family);
    }
  }
  EXPECT_EQ(principals[PoisonPrincipal::kOne].size(), 1U);
  EXPECT_EQ(principals[PoisonPrincipal::kMany].size(), 4U);
  EXPECT_EQ(families[PoisonPrincipal::kOne].size(), 2U);
  EXPECT_THROW(
      PoisonedTracesOf(PoisonChannel::kToolResult, PoisonPrincipal::kOne, 10'000, kTarget, honest_),
      Error);
}

TEST_F(TraceWitnessTest, LearnTakesInWhatIsBorneOutAndCountsTheRest) {
  const testing::TempFolder folder;
  const auto poisoned =
      PoisonedTracesOf(PoisonChannel::kToolResult, PoisonPrincipal::kMany, 5, kTarget, honest_);
  const auto write = [&](const std::string& name, bool honest) {
    trace::ArchiveWriter archive(folder.File(name));
    if (honest) {
      for (const trace::Trace& trace : honest_) archive.Write(trace);
    }
    for (const trace::Trace& trace : poisoned) archive.Write(trace);
    archive.Finish();
  };
  write("mixed.jsonl", true);
  write("poisoned.jsonl", false);
  LearnSessionOptions options;
  options.parent_folder = kShop + "/strategies/champion";
  options.suite_folder = kShop;
  options.output_folder = folder.File("candidate");
  options.trace_files = {folder.File("mixed.jsonl")};
  const LearnSessionResult asked = RunLearnSession(options);
  EXPECT_TRUE(asked.witnessed);
  EXPECT_EQ(asked.traces, static_cast<std::int64_t>(honest_.size()));
  EXPECT_EQ(asked.set_apart, (std::map<std::string, std::int64_t>{{"answers", 5}}));
  EXPECT_EQ(asked.report["witness"]["set_apart"]["answers"], 5);
  options.witness = false;
  const LearnSessionResult unasked = RunLearnSession(options);
  EXPECT_FALSE(unasked.witnessed);
  EXPECT_EQ(unasked.traces, asked.traces + 5);
  options.witness = true;
  options.trace_files = {folder.File("poisoned.jsonl")};
  try {
    RunLearnSession(options);
    FAIL() << "learned from nothing";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("answers 5"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("--no-witness"), std::string::npos);
  }
}

}  // namespace
}  // namespace kedge::loop
