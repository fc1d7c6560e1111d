#include "harness/stats/data_quality.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::stats {
namespace {

TEST(DataQuality, LimitsTheDroppedShare) {
  EXPECT_TRUE(CheckDataQuality({}).acceptable);
  EXPECT_TRUE(CheckDataQuality({100, 3, 2, 0}).acceptable);
  const DataQuality lost = CheckDataQuality({100, 3, 3, 0});
  EXPECT_EQ(lost.dropped, 6);
  EXPECT_FALSE(lost.acceptable);
  EXPECT_TRUE(CheckDataQuality({100, 4, 4, 3}).acceptable) << "5 pairs lost";
}

TEST(DataQuality, ComparesTheArms) {
  const DataQuality skewed = CheckDataQuality({1000, 0, 8, 0});
  EXPECT_DOUBLE_EQ(skewed.arms_p, 2.0 / 256);
  EXPECT_FALSE(skewed.acceptable);
  EXPECT_TRUE(CheckDataQuality({1000, 4, 4, 0}).acceptable);
  EXPECT_EQ(CheckDataQuality({1000, 9, 9, 9}).arms_p, 1) << "both missing says nothing";
}

TEST(DataQuality, RefusesImpossibleCounts) {
  EXPECT_THROW(CheckDataQuality({5, 3, 3, 0}), Error);
  EXPECT_THROW(CheckDataQuality({5, 1, 3, 2}), Error);
  EXPECT_THROW(CheckDataQuality({5, 1, -3, 0}), Error);
  EXPECT_THROW(CheckDataQuality({5, 1, 1, -1}), Error);
  EXPECT_THROW(CheckDataQuality({}, 1.5), Error);
}

}  // namespace
}  // namespace kedge::stats
