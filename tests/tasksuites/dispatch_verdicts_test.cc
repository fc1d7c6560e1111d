// The verdicts on the bundled candidate, on fresh populations; and a rule that is dropped because
// it only costs.
#include <gtest/gtest.h>

#include <algorithm>

#include "agent_ref/learner.h"
#include "agent_ref/reference_agent.h"
#include "harness/loop/lone_gate.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_verdicts.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ExpectVerdict;
using testing::GateBundled;
using testing::kDispatch;

TEST(DispatchVerdicts, TheBetterCandidateIsPromoted) {
  ExpectVerdict(kDispatch, "candidate-better", gate::VerdictKind::kPromote, "improvement");
}

TEST(DispatchVerdicts, GuardsWatchAndNoHardOneIsBroken) {
  const gate::Verdict verdict = GateBundled(kDispatch, "candidate-better", 1);
  std::int64_t hard = 0;
  for (const gate::GuardCount& guard : verdict.guards) {
    EXPECT_GT(guard.exposure, 0) << guard.id;
    if (!guard.hard) continue;
    ++hard;
    EXPECT_EQ(guard.candidate_violations, 0) << guard.id;
  }
  EXPECT_EQ(hard, 2);
}

/// candidate-better with what was once the custom: a learned rule that costs a call and helps with
/// nothing.
strategy::Strategy WithThePhotograph() {
  const strategy::Strategy better = kDispatch.Strategy("candidate-better");
  Json sources = Json::array();
  for (const char* trace : {"old-1", "old-2", "old-3"}) sources.push_back({{"trace", trace}});
  return strategy::Apply(better, better.hash(),
                         {{"add",
                           "photograph",
                           {{"text", "Before a parcel is released photograph it."},
                            {"when", {{"tool", "release_parcel"}}},
                            {"then", {{"call_first", "photograph_parcel"}}},
                            {"sources", sources},
                            {"support", 3}}}},
                         "wasteful", {});
}

agent_ref::LearnResult LearnWhatIsNeeded(const strategy::Strategy& champion) {
  const strategy::Strategy acting = strategy::Apply(
      champion, champion.hash(),
      strategy::LoadOperations(kDispatch.Path("operations/exploring.yaml")), "acting", {});
  agent_ref::Learner learner{agent_ref::LearnOptions{}};
  for (const std::uint64_t seed : {11, 12, 13}) {
    for (trace::Trace& run : kDispatch.RunOnce(kDispatch.Load("dev", seed), acting, seed)) {
      run.id += "/" + std::to_string(seed);
      run.split = "dev";
      learner.Add(run);
    }
  }
  return learner.Finish(champion);
}

TEST(DispatchVerdicts, ACallThatChangesNothingIsDroppedAndTheSavingPromoted) {
  const strategy::Strategy champion = WithThePhotograph();
  const agent_ref::LearnResult learned = LearnWhatIsNeeded(champion);
  const auto is_photograph = [](const strategy::Operation& operation) {
    return operation.target == "photograph";
  };
  ASSERT_EQ(learned.operations.size(), 1U) << learned.report.dump(1);
  EXPECT_TRUE(is_photograph(learned.operations[0]));
  EXPECT_EQ(learned.operations[0].op, "retire");

  const testing::TempFolder folder;
  champion.Save(folder.File("champion"));
  loop::GateSessionOptions options;
  options.suite_folder = kDispatch.Path();
  options.champion_folder = folder.File("champion");
  options.policy_file = kDispatch.Path("kedge.yaml");
  options.output_folder = folder.File("gate");
  Observer observer;
  const gate::Verdict verdict =
      loop::RunLoneGate(std::move(options), learned.candidate, agent_ref::ReferenceAgentFactory(),
                        SystemClock(), observer);
  EXPECT_EQ(verdict.kind, gate::VerdictKind::kPromote) << gate::ToString(verdict.kind);
  EXPECT_EQ(verdict.reasons.at(0).code, "saving") << verdict.reasons.at(0).text;
}

}  // namespace
}  // namespace kedge
