// The verdicts on the bundled candidates, on fresh populations.
#include <gtest/gtest.h>

#include "tests/tasksuites/ops.h"
#include "tests/tasksuites/suite_verdicts.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using ops_testing::OpsPath;
using suite_testing::ExpectVerdict;
using suite_testing::GateBundled;

TEST(OpsVerdicts, TheBetterCandidateIsPromoted) {
  ExpectVerdict(OpsPath(), "candidate-better", gate::VerdictKind::kPromote, "improvement");
}

TEST(OpsVerdicts, TheTradeIsBlockedAndTheStratumNamed) {
  ExpectVerdict(OpsPath(), "candidate-tradeoff", gate::VerdictKind::kBlock, "regression:releases");
}

TEST(OpsVerdicts, GuardsWatchAndNoHardOneIsBroken) {
  const gate::Verdict verdict = GateBundled(OpsPath(), "candidate-better", 1);
  std::int64_t hard = 0, seen = 0;
  for (const gate::GuardCount& guard : verdict.guards) {
    EXPECT_GT(guard.exposure, 0) << guard.id;
    if (guard.hard) {
      ++hard;
      EXPECT_EQ(guard.candidate_violations, 0) << guard.id;
    }
    seen += guard.champion_violations;
  }
  EXPECT_EQ(hard, 3);
  EXPECT_GT(seen, 0) << "a policy that never fires may not be watching at all";
}

}  // namespace
}  // namespace kedge
