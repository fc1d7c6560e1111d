// Our server under the official client, our client on the official servers.

#include <gmock/gmock.h>

#include "harness/process/child_process.h"
#include "harness/rpc/mcp_client.h"
#include "harness/rpc/mcp_http_transport.h"
#include "tests/npm/npm_peers.h"

namespace kedge::rpc {
namespace {

using namespace std::chrono_literals;
using kedge::testing::NpmPath;
using process::Deadline;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

Deadline Soon() { return Deadline::After(30s); }

// What tests/npm/mcp_client_session.mjs must have seen.
void CheckSession(const Json& seen) {
  ASSERT_TRUE(seen.is_object());
  EXPECT_EQ(seen["server"]["name"], "kedge");
  EXPECT_EQ(seen["capabilities"], ParseJson(R"({"tools":{"listChanged":true}})"));
  EXPECT_EQ(seen["instructions"], "Use echo.");
  EXPECT_EQ(seen["pages"], ParseJson(R"([["echo","add"],["fail","slow"],["change","throw"]])"));
  EXPECT_EQ(seen["firstTool"]["description"], "Says it back");
  EXPECT_EQ(seen["badCursor"]["code"], kInvalidParams);
  EXPECT_EQ(seen["echoed"], true);
  EXPECT_EQ(seen["add"]["structuredContent"]["sum"], 42.5);
  EXPECT_EQ(seen["fail"]["isError"], true);
  EXPECT_EQ(seen["unknown"]["code"], kInvalidParams);
  EXPECT_EQ(seen["slow"]["content"][0]["text"], "done");
  EXPECT_EQ(seen["progress"], ParseJson("[[1,3],[2,3],[3,3]]"));
  ASSERT_EQ(seen["parallel"].size(), 20U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(seen["parallel"][static_cast<std::size_t>(i)], i + 1);
  EXPECT_EQ(seen["cancelled"], true);
  EXPECT_EQ(seen["afterCancel"], 2);
  EXPECT_LT(seen["cancelMillis"], 10'000) << "the cancelled call would have taken 20 s";
  EXPECT_EQ(seen["changes"], 1);
  EXPECT_EQ(seen["problems"], Json::array());
}

std::string ServerProgram() {
  const char* folder = std::getenv("KEDGE_BUILD_DIR");
  return std::string(folder != nullptr ? folder : "build/ci") + "/tests/rpc/mcp_test_server";
}

TEST(McpNpmTest, TheOfficialClientDrivesOurServerOverStdio) {
  KEDGE_NEED_NPM();
  CheckSession(
      kedge::testing::RunNode("mcp_client_session.mjs", {"stdio", ServerProgram(), "stdio"}));
}

TEST(McpNpmTest, TheOfficialClientDrivesOurServerOverHttp) {
  KEDGE_NEED_NPM();
  for (const bool stream : {false, true}) {
    process::ProcessOptions options;
    options.argv = {ServerProgram(), "http"};
    if (stream) options.argv.push_back("stream");
    process::ChildProcess server = process::ChildProcess::Start(options);
    const std::string url(server.ReadLine(Soon(), 1000).line);
    CheckSession(kedge::testing::RunNode("mcp_client_session.mjs", {"http", url}));
    server.CloseStdin();
    const auto ended = server.Wait(Soon());
    ASSERT_TRUE(ended);
    EXPECT_TRUE(ended->ok()) << process::Describe(*ended) << server.stderr_tail();
  }
}

std::unique_ptr<McpClient> StartPackage(const std::string& program,
                                        std::vector<std::string> arguments,
                                        std::pair<std::string, std::string> variable = {"K", "1"}) {
  process::ProcessOptions options;
  options.argv = {"node", NpmPath("node_modules/@modelcontextprotocol/" + program)};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = {std::move(variable)};
  return std::make_unique<McpClient>(std::make_unique<OwnedChildTransport>(options));
}

std::vector<std::string> ToolNames(McpClient& client) {
  const auto tools = client.ListTools(Soon());
  EXPECT_TRUE(tools) << tools.error().text;
  std::vector<std::string> names;
  if (tools) {
    for (const McpTool& tool : *tools) names.push_back(tool.name);
  }
  return names;
}

TEST(McpNpmTest, OurClientUsesTheFileSystemServer) {
  KEDGE_NEED_NPM();
  const kedge::testing::TempFolder folder;
  const auto client = StartPackage("server-filesystem/dist/index.js", {folder.path()});
  const auto info = client->Initialize(Soon());
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_THAT(info->server.name, HasSubstr("filesystem"));
  EXPECT_THAT(ToolNames(*client), IsSupersetOf({"write_file", "read_text_file", "list_directory"}));
  const auto written = client->CallTool(
      "write_file", {{"path", folder.File("a.txt")}, {"content", "gr\u00fc\u00df\n"}}, Soon());
  ASSERT_TRUE(written) << written.error().text;
  EXPECT_FALSE(written->is_error) << written->Text();
  EXPECT_EQ(kedge::testing::ReadWholeFile(folder.File("a.txt")), "gr\u00fc\u00df\n");
  const auto outside = client->CallTool("read_text_file", {{"path", "/etc/passwd"}}, Soon());
  ASSERT_TRUE(outside) << outside.error().text;
  EXPECT_TRUE(outside->is_error);
  EXPECT_THAT(outside->Text(), HasSubstr("outside allowed directories"));
}

TEST(McpNpmTest, OurClientUsesTheMemoryServer) {
  KEDGE_NEED_NPM();
  const kedge::testing::TempFolder folder;
  const auto client = StartPackage("server-memory/dist/index.js", {},
                                   {"MEMORY_FILE_PATH", folder.File("memory.jsonl")});
  ASSERT_TRUE(client->Initialize(Soon()));
  const Json entity = {{"name", "kedge"}, {"entityType", "anchor"}, {"observations", {"small"}}};
  const auto created = client->CallTool("create_entities", {{"entities", {entity}}}, Soon());
  ASSERT_TRUE(created) << created.error().text;
  EXPECT_FALSE(created->is_error) << created->Text();
  const auto found = client->CallTool("search_nodes", {{"query", "anchor"}}, Soon());
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_EQ(found->structured["entities"], Json::array({entity})) << found->Text();
}

TEST(McpNpmTest, OurClientUsesTheEverythingServerOverStdio) {
  KEDGE_NEED_NPM();
  const auto client = StartPackage("server-everything/dist/index.js", {"stdio"});
  ASSERT_TRUE(client->Initialize(Soon()));
  EXPECT_THAT(ToolNames(*client), IsSupersetOf({"echo", "get-sum"}));
  const auto echo = client->CallTool("echo", {{"message", "hello"}}, Soon());
  ASSERT_TRUE(echo) << echo.error().text;
  EXPECT_EQ(echo->Text(), "Echo: hello");
}

TEST(McpNpmTest, OurClientUsesTheEverythingServerOverStreamableHttp) {
  KEDGE_NEED_NPM();
  process::ProcessOptions options;
  options.argv = {"node", NpmPath("everything_http.mjs")};
  process::ChildProcess server = process::ChildProcess::Start(options);
  const std::string url(server.ReadLine(Soon(), 1000).line);
  ASSERT_THAT(url, HasSubstr("http://127.0.0.1:")) << server.stderr_tail();
  McpHttpTransportOptions http;
  http.url = url;
  http.http.proxy = "none";
  McpClient client(std::make_unique<McpHttpTransport>(http));
  const auto info = client.Initialize(Soon());
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_THAT(ToolNames(client), IsSupersetOf({"echo", "get-sum"}));
  const auto sum = client.CallTool("get-sum", {{"a", 2}, {"b", 3}}, Soon());
  ASSERT_TRUE(sum) << sum.error().text;
  EXPECT_THAT(sum->Text(), HasSubstr("5"));
  const auto wrong = client.CallTool("get-sum", {{"a", "x"}}, Soon());
  EXPECT_TRUE(!wrong || wrong->is_error);
  const auto slow =
      client.CallTool("trigger-long-running-operation", {{"duration", 1}, {"steps", 4}}, Soon());
  ASSERT_TRUE(slow) << slow.error().text;
  EXPECT_THAT(slow->Text(), HasSubstr("completed"));
}

}  // namespace
}  // namespace kedge::rpc
