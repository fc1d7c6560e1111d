// The fast way must never accept what the strict way refuses, nor read it otherwise.

#include "harness/trace/fast_json.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/trace/jsonl.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

constexpr const char* kLine =
    R"({"extra":{"a":[1,-2,3.5,"x"]},"format":"kedge-trace/1","gen_ai.agent.name":"m","outcome":)"
    R"({"end":"answered","score":0.0,"scores":[{"pass":true,"score":1,"scorer":"s"}],"status":)"
    R"("scored","success":false,"violations":{"g":2}},"seed":18446744073709551615,"steps":[{"actor")"
    R"(:"user","kind":"message","text":"h\u00e9 \ud83d\ude00"},{"kind":"tool_call","tool_call":)"
    R"({"gen_ai.tool.call.arguments":{"b":null,"c":true},"gen_ai.tool.call.id":"c1",)"
    R"("gen_ai.tool.name":"f"}},{"kind":"observation","observation":{"error.type":"e",)"
    R"("gen_ai.tool.call.result":"r","is_error":true}},{"decision":{"chosen":"x","options":["x"],)"
    R"("point":"p"},"kind":"decision"},{"cost":0.25,"guard":{"id":"g","verdict":"deny"},"kind":)"
    R"("guard","time_unix_nano":5}],"trace_id":"t1"})";

// Agreement of both ways on one text; true if it was accepted the fast way.
bool ExpectAgreement(const std::string& text) {
  Trace fast;
  const bool accepted = ReadTraceFast(text, fast);
  if (!accepted) return false;
  try {
    EXPECT_EQ(fast, TraceFromJson(ParseJson(text))) << text;
  } catch (const Error& error) {
    ADD_FAILURE() << error.what() << ": " << text;
  }
  return true;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(FastJson, ReadsATraceAsTheStrictWayDoes) { EXPECT_TRUE(ExpectAgreement(kLine)); }

TEST(FastJson, LeavesWhatIsNotCertainToTheStrictWay) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {R"("seed":18446744073709551615)", R"("seed":18446744073709551616)"},
      {R"("seed":18446744073709551615)", R"("seed":-1)"},
      {R"("score":0.0)", R"("score":1e-400)"},
      {R"("score":0.0)", R"("score":2)"},
      {R"("trace_id":"t1")", R"("trace_id":"t1","trace_id":"t1")"},
      {R"("b":null)", R"("b":null,"b":1)"},
      {R"("kind":"guard")", R"("kind":"other")"},
      {R"("format":"kedge-trace/1")", R"("format":"kedge-trace/2")"},
      {R"("gen_ai.tool.name":"f")", R"("gen_ai.tool.nam":"f")"},
      {R"(\ud83d\ude00)", R"(\ud83d)"},
      {R"(\ud83d\ude00)", "\xff"},
      {R"("trace_id":"t1"})", R"("trace_id":"t1"}x)"},
  };
  for (const auto& [from, to] : changes) {
    Trace trace;
    EXPECT_FALSE(ReadTraceFast(Replaced(kLine, from, to), trace)) << to;
    EXPECT_FALSE(FromJsonLine(Replaced(kLine, from, to), "f", 1)) << to;
  }
}

TEST(FastJson, AgreesWithTheStrictWayOnDamagedText) {
  Random random(20261122);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = kLine;
    for (int changes = 0; changes < 1 + i % 3; ++changes) {
      const auto at = random.Below(text.size());
      switch (random.Below(3)) {
        case 0:
          text[at] = static_cast<char>(random.Below(256));
          break;
        case 1:
          text.erase(at, 1 + random.Below(4));
          break;
        default:
          text.insert(at, text.substr(random.Below(text.size()), 1 + random.Below(12)));
      }
    }
    accepted += ExpectAgreement(text) ? 1 : 0;
  }
  EXPECT_GT(accepted, 100) << "the test should see text of both sorts";
}

TEST(FastJson, ValuesAreThoseOfTheStrictParser) {
  for (const char* text :
       {"{}", "[]", R"([1,-1,0,-0,1.5,1e300,100000000000000000000])", R"("\u0000")",
        R"({"b":1,"a":{"c":[null,true,false]}})", "[0.0, -0.0]"}) {
    EXPECT_EQ(ParseJsonFast(text), ParseJson(text)) << text;
    EXPECT_EQ(ParseJsonFast(text).dump(), ParseJson(text).dump()) << text;
  }
  for (const char* text : {"", "[", "{\"a\":1,\"a\":2}", "[1e400]", "[1e-400]", "\xEF\xBB\xBF{}"}) {
    EXPECT_THROW(ParseJsonFast(text), Error) << text;
  }
  const std::string deep(10000, '[');
  EXPECT_THROW(ParseJsonFast(deep), Error);
}

}  // namespace
}  // namespace kedge::trace
