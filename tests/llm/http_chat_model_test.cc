// A client against a server that does everything a server should not.

#include "harness/llm/http_chat_model.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "harness/core/error.h"
#include "tests/llm/fakes.h"
#include "tests/net/raw_peers.h"

namespace kedge::llm {
namespace {

using Kind = ChatFailure::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::RawConnection;
using testing::ScriptedServer;

constexpr char kKey[] = "sk-test-0123456789abcdef";
constexpr char kAnswer[] =
    R"({"model":"m-1","choices":[{"message":{"content":"Done."},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":40,"completion_tokens":2}})";

std::string Reply(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" +
         "Content-Type: application/json\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Stream(const std::string& events) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n" + events;
}

constexpr char kHello[] =
    "data: {\"choices\":[{\"delta\":{\"content\":\"Do\"}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"ne.\"},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":2}}\n\n"
    "data: [DONE]\n\n";

// Replies to one connection after another; the last reply serves all further ones.
class Server {
 public:
  explicit Server(std::vector<std::string> replies)
      : Server(std::vector<ScriptedServer::Script>(), std::move(replies)) {}
  explicit Server(ScriptedServer::Script script)
      : Server(std::vector<ScriptedServer::Script>{std::move(script)}, {}) {}

  int requests() const { return requests_; }
  std::string url() const { return server_.url() + "/v1"; }
  std::string last_request() const {
    const std::lock_guard lock(mutex_);
    return last_request_;
  }

 private:
  Server(std::vector<ScriptedServer::Script> scripts, std::vector<std::string> replies)
      : scripts_(std::move(scripts)),
        replies_(std::move(replies)),
        server_([this](RawConnection& c) {
          std::string request = c.ReadUntil("\r\n\r\n");
          const std::size_t number = requests_++;
          {
            const std::lock_guard lock(mutex_);
            last_request_ = std::move(request);
          }
          if (!scripts_.empty()) return scripts_[0](c);
          c.Send(replies_[std::min(number, replies_.size() - 1)]);
        }) {}

  const std::vector<ScriptedServer::Script> scripts_;
  const std::vector<std::string> replies_;
  std::atomic<int> requests_{0};
  mutable std::mutex mutex_;
  std::string last_request_;
  ScriptedServer server_;  // last: its thread uses the others
};

class HttpChatModelTest : public ::testing::Test {
 protected:
  HttpChatOptions Options(const Server& server) {
    HttpChatOptions options;
    options.url = server.url();
    options.key = kKey;
    options.http.proxy = "none";
    options.http.timeout = seconds(20);
    return options;
  }

  tl::expected<ChatResponse, ChatFailure> Ask(const Server& server) { return Ask(Options(server)); }
  tl::expected<ChatResponse, ChatFailure> Ask(const HttpChatOptions& options,
                                              CallLimits call = {}) {
    return MakeHttpChatModel(options, format_, limits_, log_.wait(), log_.clock)
        ->Complete(Question(), call);
  }
  ChatFailure FailureOf(const tl::expected<ChatResponse, ChatFailure>& response) {
    if (!response) return response.error();
    ADD_FAILURE() << "an answer: " << response->text;
    return {};
  }

  std::shared_ptr<const WireFormat> format_ = ChatCompletionsFormat();
  SharedLimits limits_;
  WaitLog log_;
};

TEST_F(HttpChatModelTest, AsksAndReadsBothWays) {
  for (const std::string& reply : {Reply(200, kAnswer), Stream(kHello)}) {
    const Server server({reply});
    const auto response = Ask(server);
    ASSERT_TRUE(response) << response.error().text;
    EXPECT_EQ(response->text, "Done.");
    EXPECT_EQ(response->usage, (Usage{40, 0, 2}));
    EXPECT_NE(server.last_request().find("POST /v1/chat/completions HTTP/1.1\r\n"),
              std::string::npos);
    EXPECT_NE(server.last_request().find("Authorization: Bearer " + std::string(kKey)),
              std::string::npos);
  }
  EXPECT_EQ(limits_.budget->spending().tokens, 84);
}

TEST_F(HttpChatModelTest, SendsTheOtherInterfacesHeaders) {
  format_ = MessagesFormat();
  const Server server({Reply(200, R"({"content":[{"type":"text","text":"Done."}]})")});
  ASSERT_TRUE(Ask(server));
  const std::string request = server.last_request();
  EXPECT_NE(request.find("POST /v1/messages HTTP/1.1\r\n"), std::string::npos) << request;
  EXPECT_NE(request.find("x-api-key: " + std::string(kKey)), std::string::npos);
  EXPECT_NE(request.find("anthropic-version: 2023-06-01"), std::string::npos);
  EXPECT_EQ(request.find("Authorization"), std::string::npos);
}

TEST_F(HttpChatModelTest, WaitsAsLongAsA429Asks) {
  const Server server({Reply(429, "{}", "Retry-After: 7\r\n"), Reply(200, kAnswer)});
  ASSERT_TRUE(Ask(server));
  ASSERT_EQ(log_.waits.size(), 1U);
  EXPECT_GE(log_.waits[0], seconds(7));
  EXPECT_LE(log_.waits[0], milliseconds(7500));
}

TEST_F(HttpChatModelTest, DoesNotWaitForEver) {
  const Server server({Reply(429, "{}", "Retry-After: 3600\r\n")});
  const ChatFailure failure = FailureOf(Ask(server));
  EXPECT_EQ(failure.kind, Kind::kRateLimited);
  EXPECT_EQ(failure.attempts, 1);
  EXPECT_TRUE(log_.waits.empty());
}

TEST_F(HttpChatModelTest, ServerFaultsAreTriedAgainAndThenGivenUp) {
  const Server once({Reply(500, "oops"), Reply(503, "<html>"), Reply(200, kAnswer)});
  EXPECT_TRUE(Ask(once));
  const Server always({Reply(500, R"({"error":{"type":"api_error","message":"boom"}})")});
  const ChatFailure failure = FailureOf(Ask(always));
  EXPECT_EQ(failure.kind, Kind::kUnavailable);
  EXPECT_EQ(failure.attempts, 5);
  EXPECT_EQ(always.requests(), 5);
  EXPECT_NE(failure.text.find("api_error: boom"), std::string::npos) << failure.text;
}

TEST_F(HttpChatModelTest, WhatNoRetryCanMendIsNotTriedAgain) {
  const std::vector<std::tuple<std::string, Kind>> replies = {
      {Reply(400, R"({"error":{"message":"bad"}})"), Kind::kRejected},
      {Reply(401, "{}"), Kind::kDenied},
      {Reply(403, "{}"), Kind::kDenied},
      {Reply(404, "{}"), Kind::kRejected},
      {Reply(307, "", "Location: http://127.0.0.1:1/\r\n"), Kind::kUnavailable},
      {Reply(429, R"({"error":{"code":"insufficient_quota","message":"pay"}})"),
       Kind::kRateLimited},
      {Reply(500, "{}", "x-should-retry: false\r\n"), Kind::kUnavailable}};
  for (const auto& [reply, kind] : replies) {
    const Server server({reply});
    const ChatFailure failure = FailureOf(Ask(server));
    EXPECT_EQ(failure.kind, kind) << reply;
    EXPECT_EQ(server.requests(), 1) << reply;
  }
}

TEST_F(HttpChatModelTest, AnAnswerCutOffIsNeverAShortAnswer) {
  const std::string full = Reply(200, kAnswer);
  const std::string hello = kHello;
  const std::vector<std::string> cut = {full.substr(0, full.size() - 20), full.substr(0, 30), "",
                                        Stream(hello.substr(0, hello.find("ne."))),
                                        Stream(hello.substr(0, hello.find("\n\n") + 2))};
  for (const std::string& reply : cut) {
    const Server server({reply, Reply(200, kAnswer)});
    const auto response = Ask(server);
    ASSERT_TRUE(response) << reply;
    EXPECT_EQ(response->text, "Done.");
    EXPECT_EQ(server.requests(), 2) << reply;
  }
}

TEST_F(HttpChatModelTest, NonsenseIsABadResponse) {
  const std::string deep = std::string(100'000, '[');
  for (const std::string& body :
       {std::string("not json"), std::string("{}"), std::string("{\"choices\":{}}"), deep,
        std::string("{\"choices\":[{\"message\":{\"content\":\"\xFF\"}}]}"), std::string()}) {
    const Server server({Reply(200, body)});
    const ChatFailure failure = FailureOf(Ask(server));
    EXPECT_EQ(failure.kind, Kind::kBadResponse) << body.substr(0, 40);
    EXPECT_EQ(failure.attempts, 5);
  }
  const Server stream({Stream("data: {broken\n\n")});
  EXPECT_EQ(FailureOf(Ask(stream)).kind, Kind::kBadResponse);
}

TEST_F(HttpChatModelTest, AnErrorInTheStreamEndsIt) {
  const Server server(
      {Stream("data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n"),
       Stream(kHello)});
  EXPECT_TRUE(Ask(server));
  const Server invalid(
      {Stream("data: {\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"}}\n\n")});
  EXPECT_EQ(FailureOf(Ask(invalid)).kind, Kind::kRejected);
  EXPECT_EQ(invalid.requests(), 1);
}

TEST_F(HttpChatModelTest, ASlowDripEndsAtTheTimeout) {
  const Server server([](RawConnection& connection) {
    connection.Drip(Stream(std::string(2000, ':')), milliseconds(20), seconds(10));
  });
  HttpChatOptions options = Options(server);
  options.http.timeout = milliseconds(400);
  options.retry.max_attempts = 2;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(FailureOf(Ask(options)).kind, Kind::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(8));
}

TEST_F(HttpChatModelTest, AnAnswerWithoutEndIsBounded) {
  const Server server([](RawConnection& connection) {
    connection.Send(Stream(""));
    while (connection.Send("data: {\"choices\":[{\"delta\":{\"content\":\"more \"}}]}\n\n")) {
    }
  });
  HttpChatOptions options = Options(server);
  options.max_response_bytes = 100'000;
  options.retry.max_attempts = 1;
  EXPECT_EQ(FailureOf(Ask(options)).kind, Kind::kBadResponse);
}

TEST_F(HttpChatModelTest, NobodyThereIsUnavailable) {
  HttpChatOptions options;
  options.url = "http://127.0.0.1:1/v1";
  options.http.proxy = "none";
  const ChatFailure failure = FailureOf(Ask(options));
  EXPECT_EQ(failure.kind, Kind::kUnavailable);
  EXPECT_EQ(failure.attempts, 5);
  EXPECT_EQ(limits_.budget->spending().tokens, 0);
}

TEST_F(HttpChatModelTest, TheKeyNeverComesBackInAMessage) {
  const std::string body =
      R"({"error":{"message":"Incorrect API key provided: )" + std::string(kKey) + R"("}})";
  const Server server({Reply(401, body)});
  const ChatFailure failure = FailureOf(Ask(server));
  EXPECT_EQ(failure.text.find(kKey), std::string::npos) << failure.text;
  EXPECT_NE(failure.text.find("[key]"), std::string::npos) << failure.text;
}

TEST_F(HttpChatModelTest, TheKeyIsNotSentUnencryptedToAnotherMachine) {
  HttpChatOptions options;
  options.key = kKey;
  for (const char* url : {"http://example.org/v1", "http://127.0.0.1.example.org/v1",
                          "http://localhost@example.org/v1", "ftp://example.org", ""}) {
    options.url = url;
    EXPECT_THROW(MakeHttpChatModel(options, format_), Error) << url;
  }
  options.url = "https://example.org/v1";
  EXPECT_NO_THROW(MakeHttpChatModel(options, format_));
}

TEST_F(HttpChatModelTest, GoesThroughTheProxyThatIsSet) {
  const Server proxy({Reply(200, kAnswer)});
  HttpChatOptions options;
  options.url = "http://model.invalid/v1";
  options.http.proxy = proxy.url().substr(0, proxy.url().rfind('/'));
  ASSERT_TRUE(Ask(options));
  EXPECT_NE(proxy.last_request().find("POST http://model.invalid/v1/chat/completions HTTP/1.1"),
            std::string::npos)
      << proxy.last_request();
}

TEST_F(HttpChatModelTest, WhoCannotSpeakTlsIsNotTrustedAndNotAskedAgain) {
  const ScriptedServer plain([](RawConnection& connection) {
    connection.Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    connection.HungUp(seconds(5));
  });
  HttpChatOptions options;
  options.url = "https" + plain.url().substr(4);
  options.key = kKey;
  options.http.proxy = "none";
  const ChatFailure failure = FailureOf(Ask(options));
  EXPECT_EQ(failure.kind, Kind::kUnavailable);
  EXPECT_EQ(failure.attempts, 1) << failure.text;
}

TEST_F(HttpChatModelTest, TriesAnOverloadedStreamOfTheOtherInterfaceAgain) {
  format_ = MessagesFormat();
  const Server server(
      {Stream("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
              "\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"),
       Stream("data: {\"type\":\"message_start\",\"message\":{\"model\":\"m\"}}\n\n"),
       Stream("data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
              "\"text_delta\",\"text\":\"Done.\"}}\n\n"
              "data: {\"type\":\"message_stop\"}\n\n")});
  const auto response = Ask(server);
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->text, "Done.");
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(HttpChatModelTest, RetriesStopAtTheCallsOwnLimit) {
  const Server server({Reply(429, "{}", "Retry-After: 20\r\n")});
  CallLimits limits;
  limits.timeout = seconds(30);
  const ChatFailure failure = FailureOf(Ask(Options(server), limits));
  EXPECT_EQ(failure.kind, Kind::kRateLimited);
  EXPECT_EQ(failure.attempts, 2);
}

TEST_F(HttpChatModelTest, FailedTriesArePaidFromTheBudgetToo) {
  limits_.budget = std::make_shared<Budget>(BudgetLimits{200, std::nullopt}, Price{});
  const Server server({Reply(200, "not json")});
  const ChatFailure failure = FailureOf(Ask(server));
  EXPECT_EQ(failure.kind, Kind::kBudget);
  EXPECT_LT(server.requests(), 5);
  EXPECT_GT(limits_.budget->spending().tokens, 0);
  EXPECT_LE(limits_.budget->spending().tokens, 200);
}

TEST_F(HttpChatModelTest, MoneyThatIsSpentIsNotSpentAgain) {
  // An answer of 40 and 2 tokens costs 0.00042; the reservation is larger than what comes.
  limits_.budget = std::make_shared<Budget>(BudgetLimits{std::nullopt, 0.005}, Price{10, 10});
  const Server server({Reply(200, kAnswer)});
  int answers = 0;
  for (; answers < 50; ++answers) {
    const auto response = Ask(server);
    if (response) continue;
    EXPECT_EQ(response.error().kind, Kind::kBudget) << response.error().text;
    break;
  }
  EXPECT_GT(answers, 3);
  EXPECT_EQ(server.requests(), answers) << "what cannot be paid is not asked";
  EXPECT_DOUBLE_EQ(limits_.budget->spending().money, 0.00042 * answers);
  EXPECT_LE(limits_.budget->spending().money, 0.005);
}

TEST_F(HttpChatModelTest, TheRateIsKept) {
  limits_.rate = std::make_shared<RateLimiter>(RateLimits{60, 0}, log_.clock);
  const Server server({Reply(200, kAnswer)});
  const auto model = MakeHttpChatModel(Options(server), format_, limits_, log_.wait(), log_.clock);
  for (int i = 0; i < 62; ++i) ASSERT_TRUE(model->Complete(Question(), {})) << i;
  EXPECT_EQ(log_.waits, (std::vector<milliseconds>{seconds(1), seconds(1)}));
}

TEST_F(HttpChatModelTest, StopsWhenAsked) {
  std::stop_source stop;
  const Server server([&stop](RawConnection& connection) {
    stop.request_stop();
    connection.HungUp(seconds(10));
  });
  EXPECT_EQ(FailureOf(Ask(Options(server), {seconds(600), stop.get_token()})).kind, Kind::kStopped);
}

TEST_F(HttpChatModelTest, TheSameSeedWaitsTheSame) {
  std::vector<milliseconds> first;
  for (int run = 0; run < 2; ++run) {
    const Server server({Reply(500, "x")});
    FailureOf(Ask(server));
    if (run == 0) first = std::exchange(log_.waits, {});
  }
  EXPECT_EQ(first.size(), 4U);
  EXPECT_EQ(log_.waits, first);
}

}  // namespace
}  // namespace kedge::llm
