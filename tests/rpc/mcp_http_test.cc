// Both ends of streamable HTTP over loopback, and each end against a misbehaving one.

#include <gmock/gmock.h>

#include <thread>

#include "harness/rpc/mcp_client.h"
#include "harness/rpc/mcp_http_server.h"
#include "harness/rpc/mcp_http_transport.h"
#include "tests/net/raw_peers.h"
#include "tests/rpc/mcp_test_tools.h"

namespace kedge::rpc {
namespace {

using namespace std::chrono_literals;
using kedge::testing::RawConnection;
using kedge::testing::ScriptedServer;
using process::Deadline;
using ::testing::HasSubstr;
using FailureKind = CallFailure::Kind;

std::unique_ptr<McpHttpServer> StartServer(McpHttpOptions options = {}) {
  return std::make_unique<McpHttpServer>(std::move(options),
                                         [] { return std::make_unique<testing::TestTools>(); });
}

std::unique_ptr<McpClient> Connect(const std::string& url, bool listen = true) {
  McpHttpTransportOptions options;
  options.url = url;
  options.http.proxy = "none";
  options.listen = listen;
  return std::make_unique<McpClient>(std::make_unique<McpHttpTransport>(std::move(options)));
}

Deadline Soon() { return Deadline::After(10s); }

TEST(McpHttpTest, BothEndsUnderstandEachOther) {
  for (const bool stream_calls : {false, true}) {
    McpHttpOptions options;
    options.stream_calls = stream_calls;
    options.server.page_size = 4;
    const auto server = StartServer(options);
    {
      const auto client = Connect(server->url());
      const auto info = client->Initialize(Soon());
      ASSERT_TRUE(info) << info.error().text;
      EXPECT_EQ(server->session_count(), 1U);
      const auto tools = client->ListTools(Soon());
      ASSERT_TRUE(tools) << tools.error().text;
      EXPECT_EQ(tools->size(), 6U);
      for (int i = 0; i < 20; ++i) {
        const auto sum = client->CallTool("add", {{"a", i}, {"b", 1}}, Soon());
        ASSERT_TRUE(sum) << sum.error().text;
        EXPECT_EQ(sum->structured["sum"], i + 1);
      }
      const auto unknown = client->CallTool("nope", Json::object(), Soon());
      ASSERT_FALSE(unknown);
      EXPECT_EQ(unknown.error().error.code, kInvalidParams);
    }
    EXPECT_EQ(server->session_count(), 0U) << "the client deletes its session";
  }
}

TEST(McpHttpTest, HearsWhatTheServerSaysUnasked) {
  const auto server = StartServer();
  const auto client = Connect(server->url());
  ASSERT_TRUE(client->Initialize(Soon()));
  const Deadline end = Soon();
  while (!client->tools_changed() && !end.Passed()) {
    server->NotifyToolsChanged();  // the listening stream may not stand yet
    ASSERT_TRUE(client->Listen(Deadline::After(20ms)));
  }
  EXPECT_TRUE(client->tools_changed());
}

TEST(McpHttpTest, ACallGivenUpLeavesTheSessionUsable) {
  const auto server = StartServer();
  const auto client = Connect(server->url());
  ASSERT_TRUE(client->Initialize(Soon()));
  const auto slow = client->CallTool("slow", {{"steps", 100'000}}, Deadline::After(100ms));
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().kind, FailureKind::kTimeout);
  const auto next = client->CallTool("add", {{"a", 1}, {"b", 1}}, Soon());
  ASSERT_TRUE(next) << next.error().text;
}

TEST(McpHttpTest, ManyClientsAtOnce) {
  const auto server = StartServer();
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t] {
        const auto client = Connect(server->url(), t % 2 == 0);
        if (!client->Initialize(Soon())) return;
        for (int i = 0; i < 20; ++i) {
          const auto sum = client->CallTool("add", {{"a", i}, {"b", t}}, Soon());
          if (sum && sum->structured["sum"] == i + t) ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 120);
  EXPECT_EQ(server->session_count(), 0U);
}

// --- the server against other clients

class McpHttpServerTest : public ::testing::Test {
 protected:
  McpHttpServerTest() {
    McpHttpOptions options;
    options.max_sessions = 2;
    options.session_idle = std::chrono::seconds(0);
    server_ = StartServer(options);
    net::HttpClientOptions direct;
    direct.proxy = "none";
    http_ = std::make_unique<net::HttpClient>(direct);
  }

  net::HttpResponse Post(const std::string& body, net::Headers headers = {}) {
    if (!headers.Find("Content-Type")) headers.Add("Content-Type", "application/json");
    if (!session_.empty()) headers.Add("Mcp-Session-Id", session_);
    return http_->Send({"POST", server_->url(), std::move(headers), body}).value();
  }
  void Open(const std::string& version) {
    session_.clear();
    const auto opened = Post(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{)"
                             R"("protocolVersion":")" +
                             version + "\"}}");
    ASSERT_EQ(opened.status, 200) << opened.body;
    session_ = opened.headers.Get("Mcp-Session-Id");
    ASSERT_EQ(session_.size(), 32U);
  }

  std::unique_ptr<McpHttpServer> server_;
  std::unique_ptr<net::HttpClient> http_;
  std::string session_;
};

constexpr char kPing[] = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

TEST_F(McpHttpServerTest, RefusesByTheBook) {
  EXPECT_EQ(Post(kPing).status, 400) << "no session";
  Open("2025-06-18");
  EXPECT_EQ(Post(kPing).status, 200);
  EXPECT_EQ(Post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").status, 202);
  EXPECT_EQ(Post("rubbish").status, 400);
  EXPECT_EQ(Post("{}").status, 400);
  EXPECT_EQ(Post(kPing, {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(Post(kPing, {{"Accept", "text/html"}}).status, 406);
  EXPECT_EQ(Post(kPing, {{"MCP-Protocol-Version", "1999-01-01"}}).status, 400);
  EXPECT_EQ(Post(kPing, {{"Origin", "http://evil.example"}}).status, 403);
  EXPECT_EQ(Post(kPing, {{"Origin", "null"}}).status, 403);
  EXPECT_EQ(Post(kPing, {{"Host", "evil.example"}}).status, 403);
  EXPECT_EQ(Post(kPing, {{"Origin", "http://localhost:3000"}}).status, 200);
  EXPECT_EQ(http_->Send({"PUT", server_->url(), {}, "x"})->status, 405);
  EXPECT_EQ(http_->Send({"GET", server_->url() + "/else", {}, ""})->status, 404);
  session_ = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(Post(kPing).status, 404);
}

TEST_F(McpHttpServerTest, TakesBatchesWhereTheVersionHasThem) {
  const std::string batch = std::string("[") + kPing +
                            R"(,{"jsonrpc":"2.0","method":"x"},7,{"jsonrpc":"2.0","id":2,)"
                            R"("method":"tools/call","params":{"name":"fail"}}])";
  Open("2025-03-26");
  const auto answer = Post(batch);
  EXPECT_EQ(answer.status, 200);
  const Json answers = ParseJson(answer.body);
  ASSERT_EQ(answers.size(), 3U) << answer.body;
  EXPECT_EQ(answers[0]["result"], Json::object());
  EXPECT_EQ(answers[1]["error"]["code"], kInvalidRequest);
  EXPECT_EQ(answers[2]["result"]["isError"], true);
  EXPECT_EQ(Post("[]").status, 400);
  EXPECT_EQ(Post("[").status, 400);
  EXPECT_EQ(Post(R"([{"jsonrpc":"2.0","method":"x"}])").status, 202);
  Open("2025-06-18");
  EXPECT_EQ(Post(batch).status, 400);
}

TEST_F(McpHttpServerTest, EndsIdleSessionsWhenRoomIsNeeded) {
  for (int i = 0; i < 5; ++i) Open("2025-06-18");
  EXPECT_LE(server_->session_count(), 2U);
  EXPECT_EQ(Post(kPing).status, 200) << "the newest lives";
}

TEST_F(McpHttpServerTest, DeletesASessionOnce) {
  Open("2025-06-18");
  const net::Headers headers{{"Mcp-Session-Id", session_}};
  EXPECT_EQ(http_->Send({"DELETE", server_->url(), headers, ""})->status, 204);
  EXPECT_EQ(http_->Send({"DELETE", server_->url(), headers, ""})->status, 404);
}

// --- the client against other servers

// Answers every request with one HTTP response.
std::string Http(int status, const std::string& type, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: " + type +
         "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

TEST(McpHttpTransportTest, NamesWhatIsWrongWithTheServer) {
  struct Case {
    std::string reply;
    FailureKind kind;
    const char* text;
  };
  const std::vector<Case> cases = {
      {Http(500, "text/plain", "on fire"), FailureKind::kClosed, "HTTP status 500: on fire"},
      {Http(401, "text/plain", ""), FailureKind::kClosed, "HTTP status 401"},
      {Http(200, "text/html", "<html>"), FailureKind::kClosed, "neither JSON nor an event stream"},
      {Http(200, "application/json", "rubbish"), FailureKind::kProtocol, "no message"},
      {Http(400, "application/json",
            R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}})"),
       FailureKind::kRefused, "no"},
      {Http(200, "text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n"),
       FailureKind::kClosed, "ended before the answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", FailureKind::kClosed, "truncated"},
      {"", FailureKind::kClosed, "truncated"},
  };
  for (const Case& item : cases) {
    const ScriptedServer server([&](RawConnection& connection) {
      connection.ReadUntil("\r\n\r\n");
      connection.ReadUntil("}}", 200ms);
      connection.Send(item.reply);
    });
    const auto client = Connect(server.url());
    const auto info = client->Initialize(Soon());
    ASSERT_FALSE(info) << item.reply;
    EXPECT_EQ(info.error().kind, item.kind) << item.reply << " gave " << info.error().text;
    EXPECT_THAT(info.error().text, HasSubstr(item.text)) << item.reply;
  }
}

TEST(McpHttpTransportTest, TakesUpAStreamWhereItBroke) {
  std::vector<std::string> seen;
  const ScriptedServer server([&](RawConnection& connection) {
    seen.push_back(connection.ReadUntil("\r\n\r\n"));
    connection.ReadUntil("}}", 100ms);
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    if (seen.size() == 1) {
      connection.Send(head + "id: e7\nretry: 10\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n");
    } else {
      connection.Send(head + "id: e8\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n");
    }
  });
  const auto client = Connect(server.url());
  const auto answer = client->Ping(Soon());
  ASSERT_TRUE(answer) << answer.error().text;
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[1].starts_with("GET ")) << seen[1];
  EXPECT_THAT(seen[1], HasSubstr("Last-Event-ID: e7\r\n"));
}

TEST(McpHttpTransportTest, NobodyThere) {
  const auto client = Connect("http://127.0.0.1:9");
  const auto info = client->Initialize(Soon());
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().kind, FailureKind::kClosed);
  EXPECT_THAT(info.error().text, HasSubstr("connect"));
}

}  // namespace
}  // namespace kedge::rpc
