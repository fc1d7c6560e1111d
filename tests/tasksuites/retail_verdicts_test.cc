// The verdicts on the bundled candidates, on fresh populations.
#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_verdicts.h"

namespace kedge {
namespace {

using testing::ExpectVerdict;
using testing::GateBundled;
using testing::kRetail;

TEST(RetailVerdicts, TheBetterCandidateIsPromoted) {
  ExpectVerdict(kRetail, "candidate-better", gate::VerdictKind::kPromote, "improvement");
}

TEST(RetailVerdicts, TheTradeIsBlockedAndTheStratumNamed) {
  ExpectVerdict(kRetail, "candidate-tradeoff", gate::VerdictKind::kBlock, "regression:after_sale");
}

TEST(RetailVerdicts, AnotherOrderOfTheRulesMakesNoDifference) {
  ExpectVerdict(kRetail, "candidate-reordered", gate::VerdictKind::kHoldNoDifference,
                "no_worthwhile_gain");
}

TEST(RetailVerdicts, GuardsWatchAndNoHardOneIsBroken) {
  const gate::Verdict verdict = GateBundled(kRetail, "candidate-better", 1);
  std::int64_t hard = 0, seen = 0;
  for (const gate::GuardCount& guard : verdict.guards) {
    EXPECT_GT(guard.exposure, 0) << guard.id;
    if (guard.hard) {
      ++hard;
      EXPECT_EQ(guard.candidate_violations, 0) << guard.id;
    }
    seen += guard.champion_violations;
  }
  EXPECT_EQ(hard, 2);
  EXPECT_GT(seen, 0) << "a policy that never fires may not be watching at all";
}

}  // namespace
}  // namespace kedge
