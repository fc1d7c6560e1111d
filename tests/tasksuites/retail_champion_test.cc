#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kRetail;

TEST(RetailChampion, LacksWhatTheQuirksTeachAndIsAsNoisyAsARealAgent) {
  testing::ExpectChampion(kRetail, {0.35, 0.60}, {0.08, 0.25}, "impossible_request");
}

TEST(RetailCandidates, PassNoImpossibleTask) {
  testing::ExpectNoImpossiblePassed(
      kRetail, {"candidate-better", "candidate-tradeoff", "champion-exploring"});
}

}  // namespace
}  // namespace kedge
