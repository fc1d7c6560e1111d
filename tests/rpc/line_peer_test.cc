#include "harness/rpc/line_peer.h"

#include <gmock/gmock.h>

#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kedge::rpc {
namespace {

using namespace std::chrono_literals;
using process::Deadline;
using process::IoStatus;
using process::ReadResult;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using FailureKind = CallFailure::Kind;

// Plays a script: each entry is a line, or a status to fail with; "late" entries come only when the
// first deadline is over.
class FakeTransport : public LineTransport {
 public:
  struct Entry {
    std::string line;
    IoStatus status = IoStatus::kOk;
    bool late = false;
  };

  ReadResult ReadLine(Deadline deadline, std::size_t) override {
    if (script.empty()) return WaitOut(deadline);
    if (script.front().late && !waited_) return WaitOut(deadline);
    current_ = script.front();
    script.pop_front();
    return {current_.status, current_.line};
  }
  IoStatus WriteLine(std::string_view line, Deadline) override {
    written.emplace_back(line);
    return write_status;
  }

  std::deque<Entry> script;
  std::vector<std::string> written;
  IoStatus write_status = IoStatus::kOk;

 private:
  ReadResult WaitOut(Deadline deadline) {
    std::this_thread::sleep_until(deadline.when());
    waited_ = true;
    return {IoStatus::kTimeout, {}};
  }

  Entry current_;
  bool waited_ = false;
};

class Handler : public PeerHandler {
 public:
  tl::expected<Json, RpcError> OnRequest(const std::string& method, const Json& params) override {
    requests.push_back(method + DumpJson(params));
    std::this_thread::sleep_for(delay);
    if (method == "throw") throw std::string("out");
    if (method == "bad") return tl::make_unexpected(RpcError{kMethodNotFound, "no such method"});
    return Json{{"echo", params}};
  }
  void OnNotification(const std::string& method, const Json& params) override {
    notifications.push_back(method + DumpJson(params));
  }
  std::vector<std::string> requests;
  std::vector<std::string> notifications;
  std::chrono::milliseconds delay{0};
};

class LinePeerTest : public ::testing::Test {
 protected:
  tl::expected<Json, CallFailure> Call(std::chrono::milliseconds time = 5s) {
    return peer.Call("go", Json{{"x", 1}}, Deadline::After(time), handler);
  }
  FailureKind FailureOf(std::deque<FakeTransport::Entry> script) {
    transport.script = std::move(script);
    const auto result = Call(20ms);
    if (result) {
      ADD_FAILURE() << "succeeded with " << result->dump();
      return FailureKind::kRefused;
    }
    text = result.error().text;
    return result.error().kind;
  }

  FakeTransport transport;
  LinePeer peer{transport, {1000, 30ms}};
  Handler handler;
  std::string text;
};

TEST_F(LinePeerTest, CallsAndNumbersItsRequests) {
  transport.script = {{R"({"jsonrpc":"2.0","id":1,"result":[7]})"},
                      {R"({"jsonrpc":"2.0","id":2,"result":null})"}};
  EXPECT_EQ(Call().value(), Json::array({7}));
  EXPECT_EQ(Call().value(), nullptr);
  EXPECT_THAT(transport.written,
              ElementsAre(R"({"id":1,"jsonrpc":"2.0","method":"go","params":{"x":1}})",
                          R"({"id":2,"jsonrpc":"2.0","method":"go","params":{"x":1}})"));
}

TEST_F(LinePeerTest, ServesTheOtherSideWhileItWaits) {
  transport.script = {{R"({"jsonrpc":"2.0","method":"note","params":{"n":1}})"},
                      {R"({"jsonrpc":"2.0","id":"a","method":"tool","params":{"t":2}})"},
                      {R"({"jsonrpc":"2.0","id":1,"method":"bad"})"},
                      {R"({"jsonrpc":"2.0","id":1,"result":"done"})"}};
  EXPECT_EQ(Call().value(), "done");
  EXPECT_THAT(handler.notifications, ElementsAre(R"(note{"n":1})"));
  EXPECT_THAT(handler.requests, ElementsAre(R"(tool{"t":2})", "badnull"));
  ASSERT_EQ(transport.written.size(), 3u);
  EXPECT_EQ(transport.written[1], R"({"id":"a","jsonrpc":"2.0","result":{"echo":{"t":2}}})");
  // The other side's ids are its own: its request 1 is not ours.
  EXPECT_EQ(transport.written[2],
            R"({"error":{"code":-32601,"message":"no such method"},"id":1,"jsonrpc":"2.0"})");
}

TEST_F(LinePeerTest, AnErrorResponseIsARefusal) {
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":1,"error":{"code":-5,"message":"never"}})"}}),
            FailureKind::kRefused);
  EXPECT_EQ(text, "error -5: never");
}

TEST_F(LinePeerTest, NamesEachFailure) {
  EXPECT_EQ(FailureOf({}), FailureKind::kTimeout);
  EXPECT_EQ(FailureOf({{"", IoStatus::kClosed}}), FailureKind::kClosed);
  EXPECT_EQ(FailureOf({{"", IoStatus::kTooLong}}), FailureKind::kTooLong);
  EXPECT_EQ(FailureOf({{"", IoStatus::kOutputLimit}}), FailureKind::kOutputLimit);
  EXPECT_EQ(FailureOf({{std::string(2000, ' ')}}), FailureKind::kTooLong);
  EXPECT_EQ(FailureOf({{"{\"a\":\"\xff\"}"}}), FailureKind::kInvalidUtf8);
  EXPECT_EQ(FailureOf({{"Traceback (most recent call last):"}}), FailureKind::kProtocol);
  EXPECT_THAT(text, HasSubstr("not JSON"));
  EXPECT_EQ(FailureOf({{"{}"}}), FailureKind::kProtocol);
}

TEST_F(LinePeerTest, AnAnswerWithAnotherIdIsAProtocolError) {
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":2,"result":1})"}}), FailureKind::kProtocol);
  EXPECT_EQ(text, "an answer to unknown request 2");
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":"2","result":1})"}}), FailureKind::kProtocol);
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}})"}}),
            FailureKind::kProtocol);
  EXPECT_EQ(text, "an error response to unknown request null: ?");
}

TEST_F(LinePeerTest, TellsALateAnswerFromNone) {
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":1,"result":1})", IoStatus::kOk, true}}),
            FailureKind::kLateReply);
  EXPECT_TRUE(handler.requests.empty());
}

TEST_F(LinePeerTest, ServesNothingAfterTheDeadline) {
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":1,"method":"tool"})", IoStatus::kOk, true},
                       {R"({"jsonrpc":"2.0","id":1,"result":1})", IoStatus::kOk, true}}),
            FailureKind::kLateReply);
  EXPECT_TRUE(handler.requests.empty());
  EXPECT_EQ(transport.written.size(), 1u);
}

TEST_F(LinePeerTest, AnAnswerThatIsThereButTooLateIsLate) {
  handler.delay = 40ms;  // we ourselves use up the time
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":1,"method":"tool"})"},
                       {R"({"jsonrpc":"2.0","id":1,"result":1})"}}),
            FailureKind::kLateReply);
}

TEST_F(LinePeerTest, EndlessChatterDoesNotPassTheDeadline) {
  for (int i = 0; i < 100'000; ++i) {
    transport.script.push_back({R"({"jsonrpc":"2.0","id":1,"method":"tool"})"});
  }
  handler.delay = 1ms;
  const auto start = std::chrono::steady_clock::now();
  const auto result = Call(50ms);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, FailureKind::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(LinePeerTest, AnAnswerThatIsThereCountsThoughTheOtherSideReadsNoMore) {
  transport.write_status = IoStatus::kClosed;
  transport.script = {{R"({"jsonrpc":"2.0","method":"note","params":{}})"},
                      {R"({"jsonrpc":"2.0","id":1,"result":7})"},
                      {"", IoStatus::kClosed}};
  const auto answered = Call();
  ASSERT_TRUE(answered) << answered.error().text;
  EXPECT_EQ(*answered, 7);
  EXPECT_EQ(handler.notifications.size(), 1U);
  EXPECT_EQ(FailureOf({{R"({"jsonrpc":"2.0","id":99,"result":7})"}, {"", IoStatus::kClosed}}),
            FailureKind::kClosed);
  EXPECT_THAT(text, HasSubstr("a request was written"));
}

TEST_F(LinePeerTest, WriteFailuresAreNamedToo) {
  transport.write_status = IoStatus::kClosed;
  EXPECT_EQ(FailureOf({}), FailureKind::kClosed);
  EXPECT_EQ(text, "the stream ended while a request was written");
  transport.write_status = IoStatus::kTimeout;
  EXPECT_EQ(FailureOf({}), FailureKind::kTimeout);
}

TEST_F(LinePeerTest, WhatAHandlerThrowsLeavesTheCall) {
  transport.script = {{R"({"jsonrpc":"2.0","id":1,"method":"throw"})"}};
  EXPECT_THROW(Call(), std::string);
}

TEST_F(LinePeerTest, NoticesWhatNobodyAskedFor) {
  EXPECT_FALSE(peer.HasUnasked());
  transport.script = {{"surprise"}};
  EXPECT_TRUE(peer.HasUnasked());
  EXPECT_FALSE(peer.HasUnasked());
  transport.script = {{"", IoStatus::kClosed}};
  EXPECT_TRUE(peer.HasUnasked());
}

}  // namespace
}  // namespace kedge::rpc
