#include "harness/trace/formats/foreign_record.h"

#include <gtest/gtest.h>

#include <utility>

namespace kedge::trace {
namespace {

// Expected values by `date -u -d ... +%s`.
TEST(ParseIsoTime, KnownInstants) {
  EXPECT_EQ(ParseIsoTime("1970-01-01T00:00:00"), 0);
  EXPECT_EQ(ParseIsoTime("2025-08-01T15:53:27.553803"), 1754063607553803000);
  EXPECT_EQ(ParseIsoTime("2024-02-29T23:59:59Z"), 1709251199000000000);
  EXPECT_EQ(ParseIsoTime("2024-03-01T01:30:00+02:00"), 1709249400000000000);
  EXPECT_EQ(ParseIsoTime("2024-02-29T18:00:00-05:30"), 1709249400000000000);
}

TEST(ParseIsoTime, AnythingElseHasNoTime) {
  for (const char* text : {"", "yesterday", "2025-08-01", "2025-13-01T00:00:00",
                           "2025-02-29T00:00:00", "2025-08-01T25:00:00", "2025-08-01T00:00:00+2",
                           "2025-08-01T00:00:00 UTC", "-025-08-01T00:00:00"}) {
    EXPECT_EQ(ParseIsoTime(text), 0) << text;
  }
}

TEST(ForeignRecord, KeepsWhatNobodyTook) {
  ForeignRecord record(Json{{"a", 1}, {"b", nullptr}, {"c", {{"d", true}}}}, "");
  EXPECT_EQ(record.TakeInt("a"), 1);
  EXPECT_EQ(std::move(record).Rest(), (Json{{"c", {{"d", true}}}}));
}

TEST(ForeignRecord, ContentShapes) {
  const auto content = [](Json value) {
    ForeignRecord record(Json{{"content", std::move(value)}}, "m");
    std::string text = record.TakeContent("content");
    return std::pair(text, !std::move(record).Rest().is_null());
  };
  EXPECT_EQ(content(nullptr), std::pair(std::string(), false));
  EXPECT_EQ(content("plain"), std::pair(std::string("plain"), false));
  const Json one = Json::array({Json{{"type", "text"}, {"content", "block"}}});
  EXPECT_EQ(content(one), std::pair(std::string("block"), false));
  const Json openai = Json::array({Json{{"type", "text"}, {"text", "a"}}, Json{{"text", "b"}}});
  EXPECT_EQ(content(openai), std::pair(std::string("a\nb"), true));
  const Json image = Json::array({Json{{"type", "image"}, {"url", "u"}}});
  EXPECT_EQ(content(image), std::pair(std::string(), true));
}

TEST(ForeignRecord, WrongTypesNameThePath) {
  ForeignRecord record(Json{{"t", 1}, {"n", "x"}, {"i", 1.5}, {"b", 0}, {"l", Json::object()}},
                       "messages[2]");
  const auto message = [](auto call) {
    try {
      call();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(message([&] { record.TakeText("t"); }), "messages[2].t: expected text");
  EXPECT_EQ(message([&] { record.TakeNumber("n"); }), "messages[2].n: expected a number");
  EXPECT_EQ(message([&] { record.TakeInt("i"); }), "messages[2].i: expected a whole number");
  EXPECT_EQ(message([&] { record.TakeBool("b"); }), "messages[2].b: expected true or false");
  EXPECT_EQ(message([&] { record.TakeArray("l"); }), "messages[2].l: expected an array");
  EXPECT_EQ(message([&] { record.NeedText("z"); }), "messages[2].z: is missing");
  EXPECT_EQ(message([] { ForeignRecord(Json(3), "m"); }), "m: expected an object");
}

TEST(ElideLongTexts, RecordsLengthAndHash) {
  Json value = {{"short", "abc"}, {"list", {"abcd"}}};
  ElideLongTexts(value, 3);
  EXPECT_EQ(value["short"], "abc");
  EXPECT_EQ(value["list"][0]["elided_bytes"], 4);
  // echo -n abcd | sha256sum
  EXPECT_EQ(value["list"][0]["sha256"],
            "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589");
}

TEST(ErrorClassOf, TakesTheNameBeforeTheColon) {
  EXPECT_EQ(ErrorClassOf("ValidationError: 2 fields"), "ValidationError");
  EXPECT_EQ(ErrorClassOf("Error: no such user"), "Error");
  EXPECT_EQ(ErrorClassOf("could not find it"), "error");
  EXPECT_EQ(ErrorClassOf("not an identifier: x"), "error");
  EXPECT_EQ(ErrorClassOf(""), "error");
}

}  // namespace
}  // namespace kedge::trace
