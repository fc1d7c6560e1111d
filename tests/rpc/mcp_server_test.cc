#include "harness/rpc/mcp_server.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/process/unique_fd.h"
#include "harness/rpc/mcp_stdio_server.h"
#include "tests/rpc/mcp_test_tools.h"

namespace kedge::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class McpServerTest : public ::testing::Test {
 protected:
  // What the server answers to a request, as JSON; null for none.
  Json Ask(const std::string& method, Json params = nullptr, Id id = std::int64_t{1}) {
    const auto response = session_.Handle(
        Request{std::move(id), method, std::move(params)},
        [this](const Notification& notification) { told_.push_back(notification.method); });
    return response ? ParseJson(Encode(*response)) : Json();
  }
  Json Initialize(const std::string& version = "2025-06-18") {
    return Ask("initialize", {{"protocolVersion", version}, {"capabilities", Json::object()}});
  }

  testing::TestTools tools_;
  McpServerSession session_{tools_, {{"test", "1"}, 4}};
  std::vector<std::string> told_;
};

TEST_F(McpServerTest, AgreesOnAVersion) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"2025-06-18", "2025-06-18"},
                                                                  {"2025-03-26", "2025-03-26"},
                                                                  {"2024-11-05", "2024-11-05"},
                                                                  {"2030-01-01", "2025-06-18"},
                                                                  {"", "2025-06-18"}};
  for (const auto& [asked, agreed] : cases) {
    McpServerSession session(tools_, {});
    const auto response =
        session.Handle(Request{std::int64_t{1}, "initialize", {{"protocolVersion", asked}}}, {});
    EXPECT_EQ((*response->outcome)["protocolVersion"], agreed) << asked;
    EXPECT_EQ(session.protocol_version(), agreed);
  }
}

TEST_F(McpServerTest, WantsTheHandshakeFirstAndOnce) {
  EXPECT_EQ(Ask("tools/list")["error"]["code"], kInvalidRequest);
  EXPECT_EQ(Ask("ping")["result"], Json::object());
  EXPECT_EQ(Ask("initialize", Json::object())["error"]["code"], kInvalidParams);
  EXPECT_EQ(Initialize()["result"]["serverInfo"], ParseJson(R"({"name":"test","version":"1"})"));
  EXPECT_EQ(Initialize()["error"]["code"], kInvalidRequest);
  EXPECT_EQ(Ask("resources/list")["error"]["code"], kMethodNotFound);
}

TEST_F(McpServerTest, GivesPages) {
  Initialize();
  const Json first = Ask("tools/list")["result"];
  EXPECT_EQ(first["tools"].size(), 4U);
  const Json second = Ask("tools/list", {{"cursor", first["nextCursor"]}})["result"];
  EXPECT_EQ(second["tools"].size(), 2U);
  EXPECT_FALSE(second.contains("nextCursor"));
  for (const Json& cursor :
       {Json("x"), Json("-1"), Json("6"), Json("99999999999999999999"), Json(4), Json("")}) {
    EXPECT_EQ(Ask("tools/list", {{"cursor", cursor}})["error"]["code"], kInvalidParams) << cursor;
  }
}

TEST_F(McpServerTest, CallsTools) {
  Initialize();
  const Json added =
      Ask("tools/call", {{"name", "add"}, {"arguments", {{"a", 1}, {"b", 2}}}})["result"];
  EXPECT_EQ(added["structuredContent"]["sum"], 3);
  EXPECT_EQ(added["isError"], false);
  EXPECT_EQ(Ask("tools/call", {{"name", "fail"}})["result"]["isError"], true);
  EXPECT_EQ(Ask("tools/call", {{"name", "nope"}})["error"]["code"], kInvalidParams);
  EXPECT_EQ(Ask("tools/call", {{"name", 3}})["error"]["code"], kInvalidParams);
  EXPECT_EQ(Ask("tools/call", {{"name", "add"}, {"arguments", {1}}})["error"]["code"],
            kInvalidParams);
  EXPECT_EQ(Ask("tools/call")["error"]["code"], kInvalidParams);
}

TEST_F(McpServerTest, KeepsTheDetailOfADefectToItself) {
  SetLogLevel(static_cast<LogLevel>(static_cast<int>(LogLevel::kError) + 1));
  Initialize();
  const Json answer = Ask("tools/call", {{"name", "throw"}});
  SetLogLevel(LogLevel::kInfo);
  EXPECT_EQ(answer["error"]["code"], kInternalError);
  EXPECT_THAT(answer.dump(), Not(HasSubstr("secret")));
}

TEST_F(McpServerTest, ReportsProgressToWhoAskedForIt) {
  Initialize();
  Ask("tools/call", {{"name", "slow"}, {"arguments", {{"steps", 2}}}});
  EXPECT_TRUE(told_.empty());
  Ask("tools/call",
      {{"name", "slow"}, {"arguments", {{"steps", 2}}}, {"_meta", {{"progressToken", "t"}}}});
  EXPECT_EQ(told_, std::vector<std::string>(2, "notifications/progress"));
}

TEST_F(McpServerTest, ACancelledCallStopsAndIsNotAnswered) {
  Initialize();
  std::atomic<bool> done = false;
  Json answer = "none yet";
  std::jthread call([&] {
    answer = Ask("tools/call", {{"name", "slow"}, {"arguments", {{"steps", 100'000}}}},
                 std::string("c"));
    done = true;
  });
  while (!done) {  // it may not have begun the first time
    (void)session_.Handle(Notification{"notifications/cancelled", {{"requestId", "other"}}}, {});
    (void)session_.Handle(Notification{"notifications/cancelled", {{"requestId", "c"}}}, {});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  call.join();
  EXPECT_EQ(answer, nullptr);
  EXPECT_EQ(Ask("ping")["result"], Json::object());
}

// --- over pipes

std::string Serve(const std::string& input, std::size_t max_message_bytes = 1 << 20) {
  process::Pipe to = process::MakePipe();
  process::Pipe from = process::MakePipe();
  std::jthread server([&] {
    testing::TestTools tools;
    McpStdioOptions options;
    options.in = to.read_end.get();
    options.out = from.write_end.get();
    options.max_message_bytes = max_message_bytes;
    try {
      ServeMcpStdio(tools, options);
    } catch (const Error& error) {
      const std::string text = std::string("Error: ") + error.what();
      (void)!write(options.out, text.data(), text.size());
    }
    from.write_end.Close();
  });
  EXPECT_EQ(write(to.write_end.get(), input.data(), input.size()),
            static_cast<ssize_t>(input.size()));
  to.write_end.Close();
  std::string output;
  char chunk[4096];
  while (true) {
    const ssize_t got = read(from.read_end.get(), chunk, sizeof chunk);
    if (got <= 0) break;
    output.append(chunk, static_cast<std::size_t>(got));
  }
  return output;
}

constexpr char kHello[] =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05"}})"
    "\n";

TEST(McpStdioServerTest, AnswersAllThatWasAskedBeforeTheEnd) {
  const std::string output = Serve(
      std::string(kHello) + "\n" +
      R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow","arguments":{"ms":50}}})"
      "\r\n"
      R"({"jsonrpc":"2.0","id":3,"method":"ping"})"
      "\n"
      R"({"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"add"}})"
      "\n");
  EXPECT_THAT(output, HasSubstr(R"("id":2)"));
  EXPECT_THAT(output, HasSubstr(R"("id":4)"));
  // The ping does not wait for the slow call.
  EXPECT_LT(output.find(R"("id":3)"), output.find(R"("id":2)"));
}

TEST(McpStdioServerTest, AnswersWhatIsNoMessage) {
  EXPECT_THAT(Serve("rubbish\n"), HasSubstr("-32700"));
  EXPECT_THAT(Serve("\xff\xfe\n"), HasSubstr("-32700"));
  EXPECT_THAT(Serve("[]\n"), HasSubstr("-32600"));
  EXPECT_THAT(Serve(R"({"jsonrpc":"1.0","id":7,"method":"ping"})"
                    "\n"),
              HasSubstr(R"("id":7)"));
  EXPECT_EQ(Serve(""), "");
  EXPECT_THAT(Serve(std::string(5000, 'x'), 1000), HasSubstr("Error: "));
}

}  // namespace
}  // namespace kedge::rpc
