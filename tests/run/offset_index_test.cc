#include "harness/run/offset_index.h"

#include <gtest/gtest.h>

#include <map>

#include "harness/core/random.h"

namespace kedge::run {
namespace {

TEST(OffsetIndexTest, AgreesWithAMap) {
  OffsetIndex index;
  std::map<std::uint64_t, std::int64_t> map;
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    // Few distinct low bits, so that many keys want the same place.
    const std::uint64_t key = random.Below(8) << 60 | random.Below(3'000) << 20 | random.Below(4);
    const bool is_new = map.emplace(key, i).second;
    ASSERT_EQ(index.Insert(key, i), is_new);
    ASSERT_EQ(index.size(), map.size());
  }
  for (const auto& [key, offset] : map) EXPECT_EQ(index.Find(key), offset);
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t key = random.Next64();
    EXPECT_EQ(index.Find(key).has_value(), map.contains(key));
  }
}

TEST(OffsetIndexTest, ZeroIsAKeyAndAnOffset) {
  OffsetIndex index;
  EXPECT_FALSE(index.Find(0).has_value());
  EXPECT_TRUE(index.Insert(0, 0));
  EXPECT_EQ(index.Find(0), 0);
  EXPECT_FALSE(index.Insert(0, 5));
  EXPECT_EQ(index.Find(0), 0);
}

}  // namespace
}  // namespace kedge::run
