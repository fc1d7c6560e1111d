#include "harness/rpc/line_transport.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "harness/rpc/line_peer.h"

namespace kedge::rpc {
namespace {

using process::Deadline;
using process::IoStatus;

process::ChildProcess StartShell(const std::string& script) {
  process::ProcessOptions options;
  options.argv = {"/bin/sh", "-c", script};
  return process::ChildProcess::Start(options);
}

Deadline Soon() { return Deadline::After(std::chrono::seconds(10)); }

TEST(ChildTransport, CarriesLinesToAndFromAChild) {
  process::ChildProcess child = StartShell("cat");
  ChildTransport transport(child);
  ASSERT_EQ(transport.WriteLine("a b  c", Soon()), IoStatus::kOk);
  ASSERT_EQ(transport.WriteLine("", Soon()), IoStatus::kOk);
  EXPECT_EQ(transport.ReadLine(Soon(), 100).line, "a b  c");
  const auto empty = transport.ReadLine(Soon(), 100);
  EXPECT_EQ(empty.status, IoStatus::kOk);
  EXPECT_EQ(empty.line, "");
}

class NoRequests : public PeerHandler {
  tl::expected<Json, RpcError> OnRequest(const std::string&, const Json&) override {
    return tl::make_unexpected(RpcError{kMethodNotFound, "none"});
  }
  void OnNotification(const std::string&, const Json&) override {}
};

// Whether the child is gone when the request is written is a matter of timing.
TEST(ChildTransport, AChildThatAnswersAndEndsBeforeItIsAskedIsHeard) {
  for (const int wait_ms : {0, 50}) {
    process::ChildProcess child =
        StartShell(R"(exec 0<&-; echo '{"jsonrpc":"2.0","id":1,"result":"early"}')");
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    ChildTransport transport(child);
    LinePeer peer(transport);
    NoRequests none;
    const auto answer = peer.Call("go", Json::object(), Soon(), none);
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(*answer, "early");
  }
}

TEST(ChildTransport, CarriesAConversation) {
  process::ChildProcess child = StartShell(
      "n=1; while read line; do echo '{\"jsonrpc\":\"2.0\",\"id\":'$n',\"result\":'$n'}';"
      " n=$((n+1)); done");
  ChildTransport transport(child);
  LinePeer peer(transport);
  NoRequests handler;
  for (int i = 1; i <= 50; ++i) {
    EXPECT_EQ(peer.Call("count", nullptr, Soon(), handler).value(), i);
  }
  EXPECT_FALSE(peer.HasUnasked());
}

}  // namespace
}  // namespace kedge::rpc
