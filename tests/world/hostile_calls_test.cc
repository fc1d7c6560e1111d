#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "harness/core/random.h"
#include "harness/world/world.h"
#include "tests/testing/needs.h"

namespace kedge::world {
namespace {

std::shared_ptr<const World> TestWorld() {
  return World::Load(testing::SourcePath("tests/world/testdata/library"), {});
}

Json RandomValue(Random& random, int depth) {
  static const char* const kTexts[] = {"",
                                       "M0001",
                                       "B0003",
                                       "'; DROP TABLE books; --",
                                       "{member_id}",
                                       "\xff\xfe",
                                       "reader@example.com",
                                       ":book_id",
                                       "%",
                                       "\n\t"};
  switch (random.Below(depth > 0 ? 9 : 7)) {
    case 0:
      return nullptr;
    case 1:
      return random.Bernoulli(0.5);
    case 2:
      return static_cast<std::int64_t>(random.Below(5)) - 2;
    case 3:
      return random.Bernoulli(0.5) ? Json(INT64_MIN) : Json(UINT64_MAX);
    case 4:
      return random.Uniform() * 1e300;
    case 5:
      return std::string(random.Below(2000), 'x');
    case 6:
      return kTexts[random.Below(std::size(kTexts))];
    case 7: {
      Json list = Json::array();
      for (auto n = random.Below(4); n > 0; --n) list.push_back(RandomValue(random, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (auto n = random.Below(4); n > 0; --n) {
        object[kTexts[random.Below(std::size(kTexts))]] = RandomValue(random, depth - 1);
      }
      return object;
    }
  }
}

// Arguments of which about half are right in number and kind.
Json RandomArguments(const ToolSpec& tool, Random& random) {
  if (random.Bernoulli(0.1)) return RandomValue(random, 2);
  Json arguments = Json::object();
  for (const auto& [name, schema] : tool.arguments["properties"].items()) {
    if (random.Bernoulli(0.1)) continue;
    if (random.Bernoulli(0.4)) {
      arguments[name] = RandomValue(random, 2);
    } else if (name == "loan_ids") {
      arguments[name] = Json::array({1 + random.Below(90)});
    } else if (schema["type"] == "integer") {
      arguments[name] = 1 + random.Below(30);
    } else {
      arguments[name] = (name == "book_id" ? "B000" : "M000") + std::to_string(random.Below(9));
    }
  }
  return arguments;
}

TEST(HostileCalls, AreResultsAndAFailedOneChangesNothing) {
  Session session(TestWorld());
  Random random(4711);
  int succeeded = 0;
  for (std::uint64_t episode = 0; episode < 150; ++episode) {
    session.Begin(episode);
    Difference before;
    for (int i = 0; i < 12; ++i) {
      const auto& tools = session.world().tools();
      const ToolSpec& tool = tools[random.Below(tools.size())];
      ToolResult result;
      ASSERT_NO_THROW(result = session.Call(tool.name, RandomArguments(tool, random)));
      EXPECT_EQ(result.ok, result.error_class.empty());
      EXPECT_EQ(result.ok, result.message.empty());
      const Difference after = session.difference();
      if (!result.ok || !tool.writes) {
        EXPECT_EQ(after, before) << tool.name;
      }
      before = after;
      succeeded += result.ok ? 1 : 0;
    }
  }
  EXPECT_GT(succeeded, 300);
  EXPECT_LT(succeeded, 1500);
}

TEST(HostileCalls, SessionsOfSeveralThreadsDoNotDisturbEachOther) {
  const auto world = TestWorld();
  const auto play = [&world](std::string* seen) {
    Session session(world);
    Random random(99);
    for (std::uint64_t episode = 0; episode < 40; ++episode) {
      session.Begin(episode);
      for (int i = 0; i < 8; ++i) {
        const ToolSpec& tool = world->tools()[random.Below(world->tools().size())];
        const ToolResult result = session.Call(tool.name, RandomArguments(tool, random));
        *seen += result.error_class + DumpJson(result.content);
      }
      *seen += DumpJson(ToJson(session.difference())) + "\n";
    }
  };
  std::vector<std::string> seen(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& text : seen) threads.emplace_back(play, &text);
  }
  EXPECT_GT(seen[0].size(), 1000u);
  for (const std::string& text : seen) EXPECT_EQ(text, seen[0]);
}

}  // namespace
}  // namespace kedge::world
