#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kOps;
using testing::RunTwice;

TEST(OpsChampion, LacksWhatTheQuirksTeachAndIsAsNoisyAsARealAgent) {
  testing::ExpectChampion(kOps, {0.38, 0.50}, {0.08, 0.20}, "lost_release");
}

TEST(OpsChampion, HasMuchToLearn) {
  const double champion = RunTwice(kOps, "champion").rate();
  const double better = RunTwice(kOps, "candidate-better").rate();
  EXPECT_GE(better - champion, 0.35);
}

TEST(OpsCandidates, PassNoImpossibleTask) {
  testing::ExpectNoImpossiblePassed(
      kOps, {"candidate-better", "candidate-tradeoff", "champion-exploring"});
}

}  // namespace
}  // namespace kedge
