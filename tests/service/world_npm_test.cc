// The official MCP client uses a world that the kedge program serves.

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>

#include "harness/process/child_process.h"
#include "harness/world/world.h"
#include "tests/npm/npm_peers.h"

namespace kedge::service {
namespace {

using ::testing::HasSubstr;

std::string Program() {
  const char* folder = std::getenv("KEDGE_BUILD_DIR");
  return std::string(folder != nullptr ? folder : "build/ci") + "/kedge";
}

const std::vector<std::string> kServe = {"world", "serve", "tests/world/testdata/library",
                                         "--no-transient-errors"};

// Calls of which each kind of answer is one; the last ones see what the writing one did.
Json Calls() {
  return ParseJson(R"([["refresh_shelves", {}],
                       ["count_copies", {"book_id": "B0001"}],
                       ["count_copies", {"book_id": "B9999"}],
                       ["count_copies", {"book_id": 7}],
                       ["lend_book", {"member_id": "M0001", "book_id": "B0001"}],
                       ["count_copies", {"book_id": "B0001"}],
                       ["list_loans", {"member_id": "M0001"}]])");
}

// What the client saw must be what a session of the same world says.
void Check(const Json& seen) {
  ASSERT_TRUE(seen.is_object());
  const auto world = world::World::Load(testing::SourcePath("tests/world/testdata/library"), {});
  EXPECT_EQ(seen["server"]["name"], "kedge-" + world->name());
  EXPECT_EQ(seen["instructions"], world->policy());
  EXPECT_EQ(seen["tools"].size(), world->tools().size());
  world::Session session(world);
  world::Session::Options options;
  options.transient_errors = false;
  session.Begin(1, options);
  const Json calls = Calls();
  ASSERT_EQ(seen["results"].size(), calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const world::ToolResult direct = session.Call(calls[i][0], calls[i][1]);
    const Json& result = seen["results"][i];
    EXPECT_EQ(result["isError"], !direct.ok) << calls[i];
    const std::string text = result["content"][0]["text"];
    if (direct.ok) {
      EXPECT_EQ(ParseJson(text), direct.content) << calls[i];
    } else {
      EXPECT_EQ(text, direct.error_class + ": " + direct.message) << calls[i];
    }
  }
}

TEST(WorldNpmTest, OverStdio) {
  KEDGE_NEED_NPM();
  setenv("CALLS", Calls().dump().c_str(), 1);
  std::vector<std::string> arguments = {"stdio", Program()};
  arguments.insert(arguments.end(), kServe.begin(), kServe.end());
  Check(testing::RunNode("world_session.mjs", arguments));
}

TEST(WorldNpmTest, OverHttpEachClientWithAWorldOfItsOwn) {
  KEDGE_NEED_NPM();
  setenv("CALLS", Calls().dump().c_str(), 1);
  process::ProcessOptions options;
  options.argv = {Program()};
  options.argv.insert(options.argv.end(), kServe.begin(), kServe.end());
  options.argv.insert(options.argv.end(), {"--http", "127.0.0.1:0"});
  process::ChildProcess server = process::ChildProcess::Start(options);
  const auto deadline = process::Deadline::After(std::chrono::seconds(30));
  const std::string url(server.ReadLine(deadline, 1000).line);
  ASSERT_THAT(url, HasSubstr("http://127.0.0.1:")) << server.stderr_tail();
  Check(testing::RunNode("world_session.mjs", {"http", url}));
  Check(testing::RunNode("world_session.mjs", {"http", url}));
  kill(server.pid(), SIGTERM);
  const auto ended = server.Wait(deadline);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->ok()) << process::Describe(*ended) << server.stderr_tail();
}

}  // namespace
}  // namespace kedge::service
