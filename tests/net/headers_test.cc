#include "harness/net/headers.h"

#include <gtest/gtest.h>

namespace kedge::net {
namespace {

TEST(HeadersTest, NamesCompareWithoutCase) {
  Headers headers{{"Content-Type", "a"}, {"X-Twice", "1"}, {"x-twice", "2"}};
  EXPECT_EQ(headers.Get("content-type"), "a");
  EXPECT_EQ(headers.Get("X-TWICE"), "1");
  EXPECT_EQ(headers.Find("absent"), std::nullopt);
  EXPECT_EQ(headers.Find("x-twic"), std::nullopt);
  headers.Set("X-tWICE", "3");
  EXPECT_EQ(headers.fields().size(), 2U);
  EXPECT_EQ(headers.Get("x-twice"), "3");
}

TEST(HeadersTest, SeesLineBreaks) {
  EXPECT_FALSE((Headers{{"a", "b"}}).HoldsLineBreak());
  EXPECT_TRUE((Headers{{"a", "b\r\nc: d"}}).HoldsLineBreak());
  EXPECT_TRUE((Headers{{"a\n", "b"}}).HoldsLineBreak());
}

TEST(MediaTypeTest, DropsParametersAndCase) {
  EXPECT_EQ(MediaType("Application/JSON ; charset=utf-8"), "application/json");
  EXPECT_EQ(MediaType("text/event-stream"), "text/event-stream");
  EXPECT_EQ(MediaType(""), "");
}

}  // namespace
}  // namespace kedge::net
