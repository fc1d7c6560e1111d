// Rules of another world, in a few worlds of one suite; swapped_quirks_long_test.cc has the rest.
#include "tests/loop/swapped_quirks.h"

#include <gtest/gtest.h>

namespace kedge::loop {
namespace {

TEST(SwappedQuirks, OldRulesAreRefusedAndTheGuiltyOnesNamed) {
  ExpectSwappedQuirksRefused("retail", 3, 40);
}

}  // namespace
}  // namespace kedge::loop
