#include "harness/text/decimal.h"

#include <gtest/gtest.h>

namespace kedge::text {
namespace {

// Expected values: Python's decimal module, Decimal(repr(v)) % Decimal(repr(d)) == 0.
TEST(Decimal, MultiplesAreExact) {
  const struct {
    double value, divisor;
    bool multiple;
  } cases[] = {{0.0075, 0.0001, true},
               {0.00751, 0.0001, false},
               {0.3, 0.1, true},
               {1.1, 0.1, true},
               {4.35, 0.01, true},
               {-19.99, 0.01, true},
               {19.999, 0.01, false},
               {1e308, 0.5, true},
               {1e308, 0.123456789, false},
               {123456789e100, 0.123456789, true},
               {5e-324, 5e-324, true},
               {5e-324, 1e-323, false},
               {1e-7, 3, false},
               {0, 7, true},
               {-0.0, 7, true},
               {7, 2.5, false},
               {7.5, 2.5, true},
               {9007199254740993.0, 2, true},
               {12391239123, 1e-8, true},
               {1e22, 1e-300, true},
               {1e22, 7, false}};
  for (const auto& c : cases) {
    EXPECT_EQ(IsDecimalMultiple(c.value, c.divisor), c.multiple) << c.value << " % " << c.divisor;
  }
}

}  // namespace
}  // namespace kedge::text
