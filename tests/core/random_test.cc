#include "harness/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

namespace kedge {
namespace {

using Block = std::array<std::uint32_t, 4>;

// The known answers published with the SC11 paper (Random123, kat_vectors, philox4x32 10).
TEST(PhiloxTest, KnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomTest, DrawsTheBlocksOfItsKeyInOrder) {
  Random random(0x1122334455667788, 0x99aabbccddeeff00);
  for (std::uint32_t counter = 0; counter < 5; ++counter) {
    const Block block = Philox4x32({counter, 0, 0xddeeff00, 0x99aabbcc}, {0x55667788, 0x11223344});
    for (const std::uint32_t word : block) EXPECT_EQ(random(), word);
  }
}

TEST(RandomTest, Next64JoinsTwoDrawsLowFirst) {
  Random words(5), wide(5);
  for (int i = 0; i < 9; ++i) {
    const std::uint64_t low = words(), high = words();
    EXPECT_EQ(wide.Next64(), high << 32 | low);
  }
}

TEST(RandomTest, SeedsAndStreamsDiffer) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (std::uint64_t stream = 0; stream < 50; ++stream)
      firsts.insert(Random(seed, stream).Next64());
  }
  EXPECT_EQ(firsts.size(), 2500U);
}

TEST(RandomTest, UniformIsInTheUnitIntervalWithTheRightMoments) {
  Random random(1);
  constexpr int kDraws = 200'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.Uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
  }
  // Five standard errors.
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / kDraws));
}

double ChiSquare(const std::vector<int>& counts) {
  const double expected =
      std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(RandomTest, BelowIsUniform) {
  Random random(2);
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts[random.Below(7)];
  EXPECT_LT(ChiSquare(counts), 22.46);  // the 0.999 quantile with 6 degrees of freedom
}

TEST(RandomTest, BelowIsUnbiasedWhereAModuloWouldNotBe) {
  // n = 3 * 2^62: a modulo would give a third of the results twice as often, 1/2 instead of 1/3.
  Random random(3);
  constexpr std::uint64_t kLarge = std::uint64_t{3} << 62;
  std::vector<int> thirds(3);
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t x = random.Below(kLarge);
    ASSERT_LT(x, kLarge);
    ++thirds[x >> 62];
  }
  EXPECT_LT(ChiSquare(thirds), 13.82);  // 0.999, 2 degrees of freedom
}

TEST(RandomTest, BelowOneIsZero) {
  Random random(4);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(random.Below(1), 0U);
}

TEST(RandomTest, BernoulliTakesItsEndsExactly) {
  Random random(5);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(random.Bernoulli(0));
    EXPECT_TRUE(random.Bernoulli(1));
    hits += random.Bernoulli(0.3);
  }
  EXPECT_NEAR(hits, 3000, 5 * std::sqrt(10'000 * 0.21));
}

TEST(RandomTest, ShuffleMakesEveryOrderEquallyOften) {
  Random random(6);
  std::vector<int> counts(6);
  const std::vector<std::array<int, 3>> orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                                  {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (int i = 0; i < 60'000; ++i) {
    std::vector<int> items = {0, 1, 2};
    random.Shuffle(items);
    const std::array<int, 3> order = {items[0], items[1], items[2]};
    ++counts[static_cast<std::size_t>(std::find(orders.begin(), orders.end(), order) -
                                      orders.begin())];
  }
  EXPECT_LT(ChiSquare(counts), 20.52);  // 0.999, 5 degrees of freedom
}

TEST(DeriveSeedTest, LabelsGoThroughSha256) {
  // Python: int.from_bytes(hashlib.sha256(seed.to_bytes(8, "big") + label).digest()[:8], "big")
  EXPECT_EQ(DeriveSeed(0, ""), 12634128529936681850U);
  EXPECT_EQ(DeriveSeed(42, "episode"), 11682993975975861059U);
  EXPECT_EQ(DeriveSeed(~std::uint64_t{0}, "\xC3\xA9"), 12761485887487895405U);
}

TEST(DeriveSeedTest, NumbersGiveDistinctSeedsApartFromTheGeneratorsDraws) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t a = 0; a < 40; ++a) {
    for (std::uint64_t b = 0; b < 40; ++b) {
      seeds.insert(DeriveSeed(7, a, b));
      seeds.insert(DeriveSeed(8, a, b));
    }
  }
  for (std::uint64_t stream = 0; stream < 40; ++stream) {
    Random random(7, stream);
    for (int i = 0; i < 40; ++i) seeds.insert(random.Next64());
  }
  EXPECT_EQ(seeds.size(), 3U * 1600);
}

TEST(DeriveSeedTest, ADerivedSeedDoesNotChangeBetweenVersions) {
  // Stored results depend on these; from the block of the key 7 ^ "kedge_se", counter (3, 0, 4, 0).
  const std::uint64_t key = 7 ^ 0x6B656467655F7365;
  const Block block = Philox4x32(
      {3, 0, 4, 0}, {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
  EXPECT_EQ(DeriveSeed(7, 3, 4), std::uint64_t{block[1]} << 32 | block[0]);
}

TEST(UniformAtTest, IsAPureFunctionAndUniform) {
  EXPECT_EQ(UniformAt(1, "slip", 5), UniformAt(1, "slip", 5));
  EXPECT_NE(UniformAt(1, "slip", 5), UniformAt(1, "slip", 6));
  EXPECT_NE(UniformAt(1, "slip", 5), UniformAt(1, "tool", 5));
  EXPECT_NE(UniformAt(1, "slip", 5), UniformAt(2, "slip", 5));
  std::vector<int> counts(10);
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    ++counts[static_cast<std::size_t>(UniformAt(9, "noise", i) * 10)];
  }
  EXPECT_LT(ChiSquare(counts), 27.88);  // 0.999, 9 degrees of freedom
}

}  // namespace
}  // namespace kedge
