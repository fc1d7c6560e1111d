#include "harness/run/crc32.h"

#include <gtest/gtest.h>

#include <string>

namespace kedge::run {
namespace {

TEST(Crc32Test, GivesTheStandardsCheckValue) { EXPECT_EQ(Crc32("123456789"), 0xCBF43926u); }

// Expected values from zlib's crc32().
TEST(Crc32Test, AgreesWithZlibAroundTheEightByteSteps) {
  EXPECT_EQ(Crc32(""), 0x0u);
  EXPECT_EQ(Crc32("a"), 0xE8B7BE43u);
  EXPECT_EQ(Crc32("12345678"), 0x9AE0DAAFu);
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(Crc32(all), 0x29058C73u);
}

TEST(Crc32Test, EverySingleBitMatters) {
  const std::string text = "a line of a journal, 37 bytes or so...";
  const std::uint32_t sum = Crc32(text);
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
      EXPECT_NE(Crc32(flipped), sum) << byte << "." << bit;
    }
  }
}

}  // namespace
}  // namespace kedge::run
