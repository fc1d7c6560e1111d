#include "harness/rpc/mcp_client.h"

#include <gmock/gmock.h>

#include <deque>
#include <functional>
#include <thread>

namespace kedge::rpc {
namespace {

using namespace std::chrono_literals;
using process::Deadline;
using process::IoStatus;
using process::ReadResult;
using ::testing::HasSubstr;
using FailureKind = CallFailure::Kind;

// A server as a list of replies; "$" in a reply stands for the id of the last request.
class ScriptedTransport : public LineTransport {
 public:
  ReadResult ReadLine(Deadline deadline, std::size_t) override {
    if (replies.empty()) {
      if (ends) return {IoStatus::kClosed, {}};
      std::this_thread::sleep_until(deadline.when());
      return {IoStatus::kTimeout, {}};
    }
    current_ = replies.front();
    replies.pop_front();
    for (std::size_t at = 0; (at = current_.find('$', at)) != std::string::npos;) {
      current_.replace(at, 1, last_id_);
    }
    return {IoStatus::kOk, current_};
  }
  IoStatus WriteLine(std::string_view line, Deadline) override {
    const Json message = ParseJson(line);
    if (message.contains("id") && message.contains("method")) last_id_ = message["id"].dump();
    written.push_back(message);
    return IoStatus::kOk;
  }
  std::string Trouble() const override { return "it burned down"; }

  std::deque<std::string> replies;
  std::vector<Json> written;
  bool ends = false;

 private:
  std::string current_;
  std::string last_id_;
};

class McpClientTest : public ::testing::Test {
 protected:
  McpClientTest() {
    auto transport = std::make_unique<ScriptedTransport>();
    transport_ = transport.get();
    client_ = std::make_unique<McpClient>(std::move(transport));
  }

  void Reply(const std::string& result) {
    transport_->replies.push_back(R"({"jsonrpc":"2.0","id":$,"result":)" + result + "}");
  }
  Deadline soon() const { return Deadline::After(200ms); }

  ScriptedTransport* transport_ = nullptr;
  std::unique_ptr<McpClient> client_;
};

TEST_F(McpClientTest, ShakesHands) {
  Reply(R"({"protocolVersion":"2024-11-05","capabilities":{"tools":{}},
            "serverInfo":{"name":"s","version":"2"},"instructions":"do"})");
  const auto info = client_->Initialize(soon());
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_EQ(info->server.name + info->server.version, "s2");
  EXPECT_EQ(info->protocol_version, "2024-11-05");
  EXPECT_EQ(info->instructions, "do");
  ASSERT_EQ(transport_->written.size(), 2U);
  EXPECT_EQ(transport_->written[0]["params"]["protocolVersion"], "2025-06-18");
  EXPECT_EQ(transport_->written[0]["params"]["clientInfo"]["name"], "kedge");
  EXPECT_EQ(transport_->written[1],
            ParseJson(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
}

TEST_F(McpClientTest, RefusesAVersionThatItDoesNotSpeak) {
  for (const char* result :
       {R"({"protocolVersion":"1999-01-01"})", R"({"protocolVersion":3})", "{}", "[]", "7"}) {
    Reply(result);
    const auto info = client_->Initialize(soon());
    ASSERT_FALSE(info) << result;
    EXPECT_EQ(info.error().kind, FailureKind::kProtocol) << result;
  }
}

TEST_F(McpClientTest, ListsAllPages) {
  Reply(R"({"tools":[{"name":"a","inputSchema":{},"x":1}],"nextCursor":"p2"})");
  Reply(R"({"tools":[{"name":"b","inputSchema":{}}]})");
  const auto tools = client_->ListTools(soon());
  ASSERT_TRUE(tools) << tools.error().text;
  ASSERT_EQ(tools->size(), 2U);
  EXPECT_EQ((*tools)[0].definition, ParseJson(R"({"name":"a","inputSchema":{},"x":1})"));
  EXPECT_EQ(transport_->written[1]["params"], ParseJson(R"({"cursor":"p2"})"));
}

TEST_F(McpClientTest, RefusesListsThatAreNone) {
  const std::vector<std::pair<const char*, std::vector<const char*>>> cases = {
      {"no list", {"{}"}},
      {"no object", {"[]"}},
      {"no name", {R"({"tools":[{"inputSchema":{}}]})"}},
      {"empty name", {R"({"tools":[{"name":"","inputSchema":{}}]})"}},
      {"no schema", {R"({"tools":[{"name":"a"}]})"}},
      {"schema is no object", {R"({"tools":[{"name":"a","inputSchema":"x"}]})"}},
      {"two of one name",
       {R"({"tools":[{"name":"a","inputSchema":{}},{"name":"a","inputSchema":{}}]})"}},
      {"endless", {R"({"tools":[],"nextCursor":"x"})", R"({"tools":[],"nextCursor":"x"})"}},
  };
  for (const auto& [name, pages] : cases) {
    transport_->replies.clear();
    for (const char* page : pages) Reply(page);
    const auto tools = client_->ListTools(soon());
    ASSERT_FALSE(tools) << name;
    EXPECT_EQ(tools.error().kind, FailureKind::kProtocol) << name << ": " << tools.error().text;
  }
}

TEST_F(McpClientTest, AToolThatFailedIsAResultAndARefusalIsNot) {
  Reply(R"({"content":[{"type":"text","text":"no"},{"type":"image"},{"type":"text","text":"way"}],
            "isError":true,"structuredContent":{"a":1}})");
  const auto failed = client_->CallTool("x", Json::object(), soon());
  ASSERT_TRUE(failed) << failed.error().text;
  EXPECT_TRUE(failed->is_error);
  EXPECT_EQ(failed->Text(), "no\nway");
  EXPECT_EQ(failed->structured, ParseJson(R"({"a":1})"));

  transport_->replies.push_back(
      R"({"jsonrpc":"2.0","id":$,"error":{"code":-32602,"message":"unknown tool"}})");
  const auto refused = client_->CallTool("x", Json::object(), soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::kRefused);
  EXPECT_EQ(refused.error().error.code, kInvalidParams);

  for (const char* result :
       {"7", R"({"content":7})", R"({"content":[7]})", R"({"isError":"no"})"}) {
    Reply(result);
    const auto broken = client_->CallTool("x", Json::object(), soon());
    ASSERT_FALSE(broken) << result;
    EXPECT_EQ(broken.error().kind, FailureKind::kProtocol) << result;
  }
}

TEST_F(McpClientTest, ACallGivenUpIsCancelledAndItsLateAnswerIgnored) {
  const auto late = client_->CallTool("x", Json::object(), Deadline::After(20ms));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, FailureKind::kTimeout);
  EXPECT_EQ(transport_->written.back()["method"], "notifications/cancelled");
  EXPECT_EQ(transport_->written.back()["params"]["requestId"], transport_->written[0]["id"]);

  transport_->replies.push_back(R"({"jsonrpc":"2.0","id":1,"result":{"content":[]}})");
  Reply(R"({"content":[{"type":"text","text":"second"}]})");
  const auto second = client_->CallTool("y", Json::object(), soon());
  ASSERT_TRUE(second) << second.error().text;
  EXPECT_EQ(second->Text(), "second");
}

TEST_F(McpClientTest, AStopEndsTheWait) {
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(30ms);
    stop.request_stop();
  });
  const auto stopped =
      client_->CallTool("x", Json::object(), Deadline::After(60s), stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(transport_->written.back()["method"], "notifications/cancelled");
}

TEST_F(McpClientTest, AnswersTheServerWhileItWaits) {
  transport_->replies.push_back(R"({"jsonrpc":"2.0","id":"s1","method":"ping"})");
  transport_->replies.push_back(R"({"jsonrpc":"2.0","id":"s2","method":"sampling/createMessage"})");
  transport_->replies.push_back(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
  Reply("{}");
  EXPECT_FALSE(client_->tools_changed());
  ASSERT_TRUE(client_->Ping(soon()));
  EXPECT_TRUE(client_->tools_changed());
  EXPECT_EQ(transport_->written[1], ParseJson(R"({"jsonrpc":"2.0","id":"s1","result":{}})"));
  EXPECT_EQ(transport_->written[2]["error"]["code"], kMethodNotFound);
}

TEST_F(McpClientTest, NamesWhatEndedTheConversation) {
  transport_->replies.push_back("Server started!");
  const auto chatter = client_->Ping(soon());
  ASSERT_FALSE(chatter);
  EXPECT_EQ(chatter.error().kind, FailureKind::kProtocol);
  transport_->ends = true;
  const auto closed = client_->Ping(soon());
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, FailureKind::kClosed);
  EXPECT_THAT(closed.error().text, HasSubstr("it burned down"));
}

}  // namespace
}  // namespace kedge::rpc
