#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

TEST(DispatchChampion, LacksWhatTheQuirksTeach) {
  testing::ExpectChampion(testing::kDispatch, {0.28, 0.42}, {0.02, 0.20}, "release_lost");
}

}  // namespace
}  // namespace kedge
