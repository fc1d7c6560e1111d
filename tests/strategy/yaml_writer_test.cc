#include "harness/strategy/yaml_writer.h"

#include <gtest/gtest.h>

#include "harness/core/document.h"
#include "harness/core/random.h"

namespace kedge::strategy {
namespace {

Json RandomText(Random& random) {
  static const char* const kPieces[] = {"a",  "no", "true", "null", " ",  ":",      "#", "'", "\"",
                                        "\\", "\n", "\t",   "-",    ", ", "{",      "]", "0", "1.5",
                                        "é",  "~",  "&",    "*",    "!",  "\x01",   "%", "@", "|",
                                        ">",  "?",  "0x1",  "=",    "<<", "\u2028", "😀"};
  std::string text;
  for (std::uint64_t n = random.Below(5); n > 0; --n) {
    text += kPieces[random.Below(std::size(kPieces))];
  }
  return text;
}

Json RandomValue(Random& random, int depth) {
  switch (random.Below(depth > 0 ? 7 : 5)) {
    case 0:
      return random.Bernoulli(0.5);
    case 1:
      return static_cast<std::int64_t>(random.Next64() >> 12) - (std::int64_t{1} << 50);
    case 2:
      return (random.Uniform() - 0.5) * std::pow(10.0, static_cast<double>(random.Below(40)) - 20);
    case 3:
    case 4:
      return RandomText(random);
    case 5: {
      Json list = Json::array();
      for (auto n = random.Below(4); n > 0; --n) list.push_back(RandomValue(random, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (auto n = random.Below(4); n > 0; --n) {
        object["k" + RandomText(random).get<std::string>()] = RandomValue(random, depth - 1);
      }
      return object;
    }
  }
}

TEST(YamlWriter, StrictReaderGetsTheSameValueBack) {
  Random random(20261122);
  for (int i = 0; i < 3000; ++i) {
    const Json value = {{"v", RandomValue(random, 4)}};
    const std::string yaml = ToYaml(value);
    ASSERT_EQ(Document::FromYaml(yaml, "generated").root().json(), value) << yaml;
  }
}

TEST(YamlWriter, LooksAsAPersonWouldWriteIt) {
  const Json value = ParseJson(R"({"guidelines": [
      {"id": "a", "text": "Show the badge.", "when": {"tool": "open_door"},
       "then": {"call_first": "show_badge"}, "support": 3, "evidence": {"failed": 0, "ok": 12}},
      {"id": "b", "text": "no", "when": {"pattern": "\\bB[0-9]{4}\\b"}}]})");
  EXPECT_EQ(ToYaml(value),
            "guidelines:\n"
            "- id: a\n"
            "  text: Show the badge.\n"
            "  when: {tool: open_door}\n"
            "  then: {call_first: show_badge}\n"
            "  evidence: {failed: 0, ok: 12}\n"
            "  support: 3\n"
            "- {id: b, text: \"no\", when: {pattern: '\\bB[0-9]{4}\\b'}}\n");
}

}  // namespace
}  // namespace kedge::strategy
