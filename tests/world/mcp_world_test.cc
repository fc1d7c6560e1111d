// MCP servers as worlds: kedge's own, and the official ones.

#include <gmock/gmock.h>

#include <filesystem>

#include "harness/core/error.h"
#include "harness/process/child_process.h"
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
    EXPECT_THAT(std::string(ErrorOf([&folder, &yaml = yaml] { LoadYaml(folder, yaml); }).what()),
                HasSubstr(text))
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

std::string Package(const std::string& program) {
  return NpmPath("node_modules/@modelcontextprotocol/" + program + "/dist/index.js");
}

TEST(McpWorldTest, TheFileSystemServerWorksInTheEpisodesOwnFolder) {
  KEDGE_NEED_NPM();
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("start/hello.txt"), "hello");
  const auto world = LoadYaml(folder, "workspace: start\ncommand: [node, " +
                                          Package("server-filesystem") + ", '{workspace}']\n");
  EXPECT_GT(world->tools().size(), 5U);
  Session session(world);
  for (int episode = 0; episode < 2; ++episode) {
    session.Begin(static_cast<std::uint64_t>(episode));
    const ToolResult where = session.Call("list_allowed_directories", Json::object());
    ASSERT_TRUE(where.ok) << where.message;
    const std::string text =
        where.content.is_string() ? where.content.get<std::string>() : DumpJson(where.content);
    const std::size_t begin = text.find('/');
    ASSERT_NE(begin, std::string::npos) << text;
    const std::string home = text.substr(begin, text.find_first_of("\n\"\\", begin) - begin);
    const ToolResult seen = session.Call("read_text_file", {{"path", home + "/hello.txt"}});
    ASSERT_TRUE(seen.ok) << seen.message;
    EXPECT_THAT(DumpJson(seen.content), HasSubstr("hello")) << "a fresh copy each time";
    EXPECT_TRUE(
        session.Call("write_file", {{"path", home + "/hello.txt"}, {"content", "changed"}}).ok);
    const ToolResult outside = session.Call("read_text_file", {{"path", "/etc/passwd"}});
    EXPECT_FALSE(outside.ok);
    EXPECT_EQ(outside.error_class, "tool_failed");
    session.End();
  }
  EXPECT_EQ(testing::ReadWholeFile(folder.File("start/hello.txt")), "hello");
}

void UseEverything(Session& session) {
  for (int episode = 0; episode < 2; ++episode) {
    session.Begin(1);
    const ToolResult echo = session.Call("echo", {{"message", "hello"}});
    ASSERT_TRUE(echo.ok) << echo.message;
    EXPECT_EQ(echo.content, "Echo: hello");
    EXPECT_THAT(DumpJson(session.Call("get-sum", {{"a", 2}, {"b", 3}}).content), HasSubstr("5"));
    EXPECT_FALSE(session.Call("get-sum", {{"a", "x"}}).ok);
    EXPECT_EQ(session.Call("no-such-tool", Json::object()).error_class, "unknown_tool");
    session.End();
  }
}

TEST(McpWorldTest, TheEverythingServerOverStdio) {
  KEDGE_NEED_NPM();
  const testing::TempFolder folder;
  Session session(
      LoadYaml(folder, "command: [node, " + Package("server-everything") + ", stdio]\n"));
  UseEverything(session);
}

TEST(McpWorldTest, TheEverythingServerOverStreamableHttp) {
  KEDGE_NEED_NPM();
  process::ProcessOptions options;
  options.argv = {"node", NpmPath("everything_http.mjs")};
  process::ChildProcess server = process::ChildProcess::Start(options);
  const std::string url(
      server.ReadLine(process::Deadline::After(std::chrono::seconds(30)), 1000).line);
  ASSERT_THAT(url, HasSubstr("http://127.0.0.1:")) << server.stderr_tail();
  const testing::TempFolder folder;
  Session session(LoadYaml(folder, "url: " + url + "\n"));
  UseEverything(session);
}

}  // namespace
}  // namespace kedge::world
