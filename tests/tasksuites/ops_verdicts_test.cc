// The verdicts on the bundled candidates, on fresh populations.
#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_verdicts.h"

namespace kedge {
namespace {

using testing::ExpectVerdict;
using testing::GateBundled;
using testing::kOps;

TEST(OpsVerdicts, TheBetterCandidateIsPromoted) {
  ExpectVerdict(kOps, "candidate-better", gate::VerdictKind::kPromote, "improvement");
}

TEST(OpsVerdicts, TheTradeIsBlockedAndTheStratumNamed) {
  ExpectVerdict(kOps, "candidate-tradeoff", gate::VerdictKind::kBlock, "regression:releases");
}

TEST(OpsVerdicts, GuardsWatchAndNoHardOneIsBroken) {
  const gate::Verdict verdict = GateBundled(kOps, "candidate-better", 1);
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
