#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

TEST(DispatchChampion, LacksWhatTheQuirksTeachAndIsAsNoisyAsARealAgent) {
  testing::ExpectChampion(testing::kDispatch, {0.30, 0.45}, {0.04, 0.20}, "release_lost");
}

}  // namespace
}  // namespace kedge
