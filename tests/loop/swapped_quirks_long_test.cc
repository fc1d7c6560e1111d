// Rules of another world, in many worlds of every suite. KEDGE_CONTROL_RUNS sets another number.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/loop/swapped_quirks.h"

namespace kedge::loop {
namespace {

TEST(SwappedQuirksLong, OldRulesAreRefusedAndTheGuiltyOnesNamed) {
  const char* runs = std::getenv("KEDGE_CONTROL_RUNS");
  const std::int64_t seeds = runs == nullptr ? 20 : std::atoll(runs);
  for (const char* suite : {"retail", "ops", "workspace"}) {
    ExpectSwappedQuirksRefused(suite, seeds, 80);
  }
}

}  // namespace
}  // namespace kedge::loop
