#include <gtest/gtest.h>

#include <string>

#include "harness/core/document.h"
#include "harness/core/json.h"
#include "harness/core/random.h"

namespace kedge {
namespace {

std::string RandomText(Random& random) {
  static const char* const kPieces[] = {
      "a",  "Z",  "0", " ",    "-", ":", "#",        "\"",
      "\\", "\n", "{", "]",    ",", "'", "\xC3\xA9", "\xF0\x9F\x98\x80",
      "\t", "%",  "&", "null", "*", "!", "|",        "\x1F"};
  std::string text;
  for (std::uint64_t i = random.Below(8); i > 0; --i)
    text += kPieces[random.Below(std::size(kPieces))];
  return text;
}

Json RandomScalar(Random& random) {
  switch (random.Below(6)) {
    case 0:
      return nullptr;
    case 1:
      return random.Below(2) == 0;
    case 2:
      return static_cast<std::int64_t>(random.Next64()) >> random.Below(64);
    case 3:
      return random.Uniform() * 1e3;
    default:
      return RandomText(random);
  }
}

Json RandomJson(Random& random, int depth) {
  if (depth == 0 || random.Below(3) == 0) return RandomScalar(random);
  Json value = random.Below(2) == 0 ? Json::array() : Json::object();
  for (std::uint64_t i = random.Below(5); i > 0; --i) {
    if (value.is_array()) {
      value.push_back(RandomJson(random, depth - 1));
    } else {
      value[RandomText(random)] = RandomJson(random, depth - 1);
    }
  }
  return value;
}

// Changes, drops, doubles or inserts a few bytes.
std::string Mutated(std::string text, Random& random) {
  static constexpr std::string_view kBytes = "{}[]\",:\\u0123456789eE+-.tfn \n\x80\xC3\xFF\x01'#&*";
  for (std::uint64_t i = 1 + random.Below(3); i > 0; --i) {
    const std::size_t at = random.Below(text.size() + 1);
    const char byte = kBytes[random.Below(kBytes.size())];
    const std::uint64_t kind = random.Below(3);
    if (kind == 0 || at == text.size()) {
      text.insert(at, 1, byte);
    } else if (kind == 1) {
      text.erase(at, 1 + random.Below(3));
    } else {
      text[at] = byte;
    }
  }
  return text;
}

// What this parser refuses although RFC 8259 lets a parser accept it.
bool IsStricterThanTheRfc(const std::string& message) {
  for (const char* part : {"written twice", "out of range", "nested deeper", "byte order mark"}) {
    if (message.find(part) != message.npos) return true;
  }
  return false;
}

TEST(JsonFuzzTest, WhatIsDumpedIsReadBack) {
  Random random(11);
  for (int i = 0; i < 3000; ++i) {
    const Json value = RandomJson(random, 5);
    ASSERT_EQ(ParseJson(DumpJson(value)), value);
    ASSERT_EQ(ParseJson(value.dump(2)), value);
    ASSERT_EQ(ParseJson(CanonicalJson(value)), value);
  }
}

TEST(JsonFuzzTest, AgreesWithAnotherParserOnDamagedText) {
  Random random(12);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string text = Mutated(DumpJson(RandomJson(random, 4)), random);
    const Json other = Json::parse(text, nullptr, false);
    try {
      const Json value = ParseJson(text);
      ++accepted;
      ASSERT_EQ(value, other) << text;
    } catch (const Error& error) {
      ++refused;
      ASSERT_TRUE(other.is_discarded() || IsStricterThanTheRfc(error.message())) << text << "\n"
                                                                                 << error.what();
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(YamlFuzzTest, JsonIsYaml) {
  Random random(13);
  for (int i = 0; i < 3000; ++i) {
    const Json value = RandomJson(random, 4);
    const std::string text = i % 2 == 0 ? DumpJson(value) : value.dump(2);
    ASSERT_EQ(Document::FromYaml(text, "fuzz").root().json(), value) << text;
  }
}

TEST(YamlFuzzTest, DamagedTextGivesAnErrorWithItsPlaceOrAValue) {
  const std::string start =
      "suite: retail # comment\nstrata:\n  - name: a\n    weight: 0.5\n  - {name: 'b', weight: 1}\n"
      "text: |\n  one\n  two\nempty:\nlist: [1, \"x\\n\", true]\n";
  Random random(14);
  int refused = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string text = Mutated(start, random);
    try {
      Document::FromYaml(text, "fuzz");
    } catch (const Error& error) {
      ++refused;
      ASSERT_EQ(error.kind(), ErrorKind::kBadData);
      ASSERT_EQ(error.file(), "fuzz");
      ASSERT_GE(error.line(), 1) << text << "\n" << error.what();
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace kedge
