#include "harness/stats/mcnemar.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::stats {
namespace {

struct Exact {
  std::int64_t losses;
  std::int64_t wins;
  double exact;
  double midp;
};

// Computed with exact rational arithmetic.
TEST(Mcnemar, KeepsRelativeAccuracyInTheTails) {
  for (const Exact& e : {Exact{0, 150, 1.40129846432481707e-45, 7.00649232162408535e-46},
                         Exact{5, 170, 5.55348862261047499e-44, 2.85744155309305056e-44},
                         Exact{100, 500, 6.68775244162998873e-65, 4.00934046650417499e-65},
                         Exact{49000, 51000, 2.58871603834689792e-10, 2.53676944624800475e-10},
                         Exact{47000, 53000, 2.68393737814519413e-80, 2.53162195110654041e-80},
                         Exact{49999, 50001, 9.97476873785803297e-01, 9.94953798033121561e-01}}) {
    const McnemarResult r = McnemarTest(e.losses, e.wins);
    EXPECT_NEAR(r.exact_two_sided / e.exact, 1, 1e-10) << e.losses;
    EXPECT_NEAR(r.midp_two_sided / e.midp, 1, 1e-10) << e.losses;
    EXPECT_NEAR(r.midp_two_point / e.midp, 1, 1e-10) << e.losses;
    EXPECT_NEAR(r.exact_greater * 2 / e.exact, 1, 1e-10) << e.losses;
  }
}

TEST(Mcnemar, ConventionsDifferOnlyWhenWinsEqualLosses) {
  const McnemarResult even = McnemarTest(2, 2);
  EXPECT_EQ(even.midp_two_sided, 1);
  EXPECT_DOUBLE_EQ(even.midp_two_point, 1 - 6.0 / 16);
  const McnemarResult none = McnemarTest(0, 0);
  EXPECT_EQ(none.exact_two_sided, 1);
  EXPECT_EQ(none.midp_two_point, 1);
  EXPECT_EQ(none.midp_greater, 0.5);
}

TEST(Mcnemar, SwapsWithTheArms) {
  const McnemarResult a = McnemarTest(7, 19);
  const McnemarResult b = McnemarTest(19, 7);
  EXPECT_DOUBLE_EQ(a.exact_greater, b.exact_less);
  EXPECT_DOUBLE_EQ(a.midp_less, b.midp_greater);
  EXPECT_DOUBLE_EQ(a.midp_two_point, b.midp_two_point);
  EXPECT_NEAR(a.midp_greater + a.midp_less, 1, 1e-15);
}

TEST(Mcnemar, RefusesNegativeCounts) {
  EXPECT_THROW(McnemarTest(-1, 2), Error);
  EXPECT_THROW(McnemarTest(1, -2), Error);
}

}  // namespace
}  // namespace kedge::stats
