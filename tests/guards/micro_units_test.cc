#include "guards/micro_units.h"

#include <gtest/gtest.h>

namespace kedge::guards {
namespace {

TEST(MicroUnits, ReadsPlainDecimalTextOnly) {
  const std::pair<const char*, std::int64_t> good[] = {{"0", 0},
                                                       {"12.50", 12'500'000},
                                                       {"-3.25", -3'250'000},
                                                       {"0.000001", 1},
                                                       {"007.1", 7'100'000},
                                                       {"1000.00", 1'000'000'000},
                                                       {"-0.0", 0},
                                                       {"9223372036854.775807", INT64_MAX}};
  for (const auto& [text, micro] : good) EXPECT_EQ(ParseMicroUnits(text), micro) << text;
  for (const char* text :
       {"", "-", ".", "1.", ".5", "+1", " 1", "1 ", "1e3", "0x10", "1,000.00", "1.0000001", "--1",
        "1.-5", "NaN", "inf", "9223372036854.775808", "99999999999999999999", "\xD9\xA1"}) {
    EXPECT_EQ(ParseMicroUnits(text), std::nullopt) << text;
  }
}

TEST(MicroUnits, ReadsJsonNumbersAsTheyPrint) {
  EXPECT_EQ(MicroUnitsOf(Json(12)), 12'000'000);
  EXPECT_EQ(MicroUnitsOf(Json(-7)), -7'000'000);
  EXPECT_EQ(MicroUnitsOf(Json(0.1)), 100'000);
  EXPECT_EQ(MicroUnitsOf(Json(4.35)), 4'350'000);
  EXPECT_EQ(MicroUnitsOf(Json("4.35")), 4'350'000);
  EXPECT_EQ(MicroUnitsOf(Json(0.1 + 0.2)), std::nullopt);  // 0.30000000000000004
  EXPECT_EQ(MicroUnitsOf(Json(1e300)), std::nullopt);
  EXPECT_EQ(MicroUnitsOf(Json(18446744073709551615ULL)), std::nullopt);
  EXPECT_EQ(MicroUnitsOf(Json(true)), std::nullopt);
  EXPECT_EQ(MicroUnitsOf(Json()), std::nullopt);
  EXPECT_EQ(MicroUnitsOf(Json::array({1})), std::nullopt);
}

TEST(MicroUnits, PrintsWhatPeopleWrite) {
  EXPECT_EQ(FormatMicroUnits(12'500'000), "12.50");
  EXPECT_EQ(FormatMicroUnits(0), "0.00");
  EXPECT_EQ(FormatMicroUnits(1), "0.000001");
  EXPECT_EQ(FormatMicroUnits(-1'230'000), "-1.23");
  EXPECT_EQ(FormatMicroUnits(INT64_MIN), "-9223372036854.775808");
}

}  // namespace
}  // namespace kedge::guards
