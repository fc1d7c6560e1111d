// A million random pairs of policy and episode; reference_test.cc always runs a tenth.
#include <gtest/gtest.h>

#include "tests/guards/reference_run.h"

namespace kedge::guards {
namespace {

TEST(ReferenceLong, AgreesWithTheMonitorOnAMillionRandomEpisodes) {
  CompareWithReference(1'000'000, 1'000'000);
}

}  // namespace
}  // namespace kedge::guards
