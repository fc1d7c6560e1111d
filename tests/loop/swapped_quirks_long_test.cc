// Rules of another world, in many worlds of every suite. KEDGE_CONTROL_RUNS sets another number.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/loop/swapped_quirks.h"

namespace kedge::loop {
namespace {

class SwappedQuirksLong : public ::testing::TestWithParam<const char*> {};

TEST_P(SwappedQuirksLong, OldRulesAreRefusedAndTheGuiltyOnesNamed) {
  const char* runs = std::getenv("KEDGE_CONTROL_RUNS");
  // Families of the other suites have no more tasks to give.
  const std::int64_t fresh_tasks = GetParam() == std::string("retail") ? 80 : 20;
  ExpectSwappedQuirksRefused(GetParam(), runs == nullptr ? 20 : std::atoll(runs), fresh_tasks);
}

INSTANTIATE_TEST_SUITE_P(Suites, SwappedQuirksLong, ::testing::Values("retail", "ops", "workspace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace kedge::loop
