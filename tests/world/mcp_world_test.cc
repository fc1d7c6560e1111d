// MCP servers as worlds: kedge's own, and the official ones.

#include <gmock/gmock.h>

#include <filesystem>

#include "harness/core/error.h"
#include "harness/world/mcp_server.h"
#include "harness/world/world.h"
#include "tests/core/expect_error.h"
#include "tests/npm/npm_peers.h"

namespace kedge::world {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;
using testing::NpmPath;

std::string TestServer() {
  const char* folder = std::getenv("KEDGE_BUILD_DIR");
  return std::string(folder != nullptr ? folder : "build/ci") + "/tests/rpc/mcp_test_server";
}

std::shared_ptr<const World> LoadYaml(const testing::TempFolder& folder, const std::string& yaml) {
  testing::WriteFile(folder.File("world.yaml"),
                     "format: kedge-world/1\nkind: mcp\nworld: test\n" + yaml);
  return World::Load(folder.path(), {});
}

TEST(McpWorldTest, ItsToolsAreTheServers) {
  const testing::TempFolder folder;
  const auto world = LoadYaml(folder, "command: [" + TestServer() + ", stdio]\n");
  ASSERT_EQ(world->tools().size(), 6U);
  EXPECT_EQ(world->tools()[0].name, "echo");
  EXPECT_TRUE(world->tools()[0].writes) << "nothing says that it only reads";
  EXPECT_EQ(world->policy(), "Use echo.");
  Session session(world);
  for (int episode = 0; episode < 2; ++episode) {
    session.Begin(1);
    EXPECT_EQ(session.Call("echo", {{"text", "plain"}}).content, "plain");
    EXPECT_EQ(session.Call("echo", {{"text", "[1, 2]"}}).content, ParseJson("[1,2]"));
    EXPECT_EQ(session.Call("add", {{"a", 1}, {"b", 2}}).content, ParseJson(R"({"sum":3.0})"));
    const ToolResult failed = session.Call("fail", Json::object());
    EXPECT_EQ(failed.error_class + "|" + failed.message, "tool_failed|it failed");
    EXPECT_EQ(session.Call("nope", Json::object()).error_class, "unknown_tool");
    EXPECT_TRUE(session.difference().empty());
    EXPECT_EQ(session.Query("SELECT count(*) AS n FROM kedge_call")[0]["n"], 5);
    session.End();
  }
}

TEST(McpWorldTest, NamesWhatIsWrong) {
  const testing::TempFolder folder;
  for (const auto& [yaml, text] : std::vector<std::pair<std::string, std::string>>{
           {"", "command"},
           {"command: [x]\nurl: http://127.0.0.1:9\n", "command"},
           {"command: [kedge-no-such-program]\n", "kedge-no-such-program"},
           {"command: ['true']\n", "connection ended"},
           {"command: [sh, -c, 'read line; echo hello']\n", "no message"},
           {"url: http://127.0.0.1:9/mcp\n", "connect"},
           {"command: ['true']\nworkspace: absent\n", "workspace"},
           {"command: ['true']\nschema: x.sql\n", "schema"}}) {
    EXPECT_THAT(std::string(ErrorOf([&] { LoadYaml(folder, yaml); }).what()), HasSubstr(text))
        << yaml;
  }
}

TEST(McpWorldTest, EveryEpisodeHasAWorkspaceOfItsOwn) {
  KEDGE_NEED_NPM();
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("start/hello.txt"), "hello");
  const auto world = LoadYaml(
      folder, "workspace: start\ncommand: [node, " +
                  NpmPath("node_modules/@modelcontextprotocol/server-memory/dist/index.js") +
                  "]\nenvironment: {MEMORY_FILE_PATH: '{workspace}/memory.jsonl'}\n");
  Session session(world);
  const Json entity = {{"name", "n"}, {"entityType", "t"}, {"observations", Json::array()}};
  for (int episode = 0; episode < 2; ++episode) {
    session.Begin(1);
    EXPECT_EQ(session.Call("read_graph", Json::object()).content["entities"].size(), 0U);
    EXPECT_TRUE(session.Call("create_entities", {{"entities", {entity}}}).ok);
    EXPECT_EQ(session.Call("read_graph", Json::object()).content["entities"].size(), 1U);
    session.End();
  }
}

}  // namespace
}  // namespace kedge::world
