#include "harness/net/http_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/net/raw_peers.h"

namespace kedge::net {
namespace {

using std::chrono::milliseconds;
using testing::RawConnection;
using testing::ScriptedServer;
using Kind = HttpFailure::Kind;

// Loopback only, whatever proxy the machine has.
HttpClientOptions Direct() {
  HttpClientOptions options;
  options.proxy = "none";
  return options;
}

// Reads one request and sends `reply`.
ScriptedServer::Script Reply(std::string reply) {
  return [reply](RawConnection& connection) {
    connection.ReadUntil("\r\n\r\n");
    connection.Send(reply);
  };
}

Kind FailureOf(const std::string& url, HttpClientOptions options = Direct()) {
  const auto response = HttpClient(std::move(options)).Send({"GET", url, {}, ""});
  if (response) {
    ADD_FAILURE() << "a response: " << response->status << " " << response->body;
    return Kind::kBadUrl;
  }
  return response.error().kind;
}

TEST(HttpClientTest, SendsWhatWasAskedForAndNothingSurprising) {
  std::string seen;
  const ScriptedServer server([&](RawConnection& connection) {
    seen = connection.ReadUntil("{\"a\":1}");
    connection.Send("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-One: 1\r\nX-Empty:\r\n\r\nok");
  });
  HttpClient client(Direct());
  const auto response = client.Send(
      {"POST", server.url() + "/path?q=1", {{"Content-Type", "application/json"}}, "{\"a\":1}"});
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->headers.Get("x-one"), "1");
  EXPECT_EQ(response->headers.Find("x-empty"), "");
  EXPECT_TRUE(seen.starts_with("POST /path?q=1 HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Content-Length: 7\r\n"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("Expect"), std::string::npos) << seen;
}

TEST(HttpClientTest, AnyStatusIsAResponse) {
  for (const int status : {204, 301, 404, 429, 500, 599}) {
    const ScriptedServer server(Reply("HTTP/1.1 " + std::to_string(status) +
                                      " X\r\nContent-Length: 0\r\nLocation: /other\r\n\r\n"));
    const auto response = HttpClient(Direct()).Send({"GET", server.url(), {}, ""});
    ASSERT_TRUE(response) << response.error().text;
    EXPECT_EQ(response->status, status);
  }
}

TEST(HttpClientTest, HeadersOfAnInterimResponseAreDropped) {
  const ScriptedServer server(
      Reply("HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
            "0\r\nX-Late: 1\r\n\r\n"));
  const auto response = HttpClient(Direct()).Send({"GET", server.url(), {}, ""});
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.Find("x-early"), std::nullopt);
  EXPECT_EQ(response->headers.Get("x-late"), "1");
}

TEST(HttpClientTest, GivesPiecesToTheSinkAsTheyCome) {
  const ScriptedServer server([](RawConnection& connection) {
    connection.ReadUntil("\r\n\r\n");
    connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    std::this_thread::sleep_for(milliseconds(100));
    connection.Send("3\r\ntwo\r\n0\r\n\r\n");
  });
  std::vector<std::string> pieces;
  const auto response = HttpClient(Direct()).Send(
      {"GET", server.url(), {}, ""}, [&](const HttpResponse& head, std::string_view piece) {
        EXPECT_EQ(head.status, 200);
        pieces.emplace_back(piece);
        return true;
      });
  ASSERT_TRUE(response);
  EXPECT_EQ(pieces, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(response->body, "");
}

TEST(HttpClientTest, TheSinkMayStopOrThrow) {
  const ScriptedServer server(Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin"));
  HttpClient client(Direct());
  const auto stopped = client.Send({"GET", server.url(), {}, ""},
                                   [](const HttpResponse&, std::string_view) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, Kind::kStopped);
  const BodySink throwing = [](const HttpResponse&, std::string_view) -> bool {
    throw std::runtime_error("enough");
  };
  EXPECT_THROW((void)client.Send({"GET", server.url(), {}, ""}, throwing), std::runtime_error);
}

TEST(HttpClientTest, InflatesGzipUpToTheLimit) {
  // printf 'hello hello hello' | gzip -n
  const std::string body(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x80\x88"
      "\xf9\xe5\x11\x00\x00\x00",
      28);
  const ScriptedServer server(
      Reply("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 28\r\n\r\n" + body));
  const auto response = HttpClient(Direct()).Send({"GET", server.url(), {}, ""});
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->body, "hello hello hello");
  HttpClientOptions small = Direct();
  small.max_body_bytes = 16;
  EXPECT_EQ(FailureOf(server.url(), small), Kind::kTooLarge);
}

TEST(HttpClientTest, KeepsTheConnection) {
  int connections = 0;
  const ScriptedServer server([&](RawConnection& connection) {
    ++connections;
    while (!connection.ReadUntil("\r\n\r\n", milliseconds(500)).empty()) {
      connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  HttpClient client(Direct());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.Send({"GET", server.url(), {}, ""}));
  EXPECT_EQ(connections, 1);
}

TEST(HttpClientTest, NamesWhatAMisbehavingServerDid) {
  struct Case {
    const char* name;
    std::string reply;
    Kind kind;
  };
  const std::vector<Case> cases = {
      {"nothing", "", Kind::kTruncated},
      {"half a status line", "HTTP/1.1 20", Kind::kTruncated},
      {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", Kind::kProtocol},
      {"headers cut off", "HTTP/1.1 200 OK\r\nContent-Le", Kind::kTruncated},
      {"body shorter than said", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
       Kind::kTruncated},
      {"chunk cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nabc",
       Kind::kTruncated},
      {"last chunk missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
       Kind::kTruncated},
      {"no chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
       Kind::kTruncated},
      {"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Kind::kProtocol},
      {"damaged gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
       Kind::kProtocol},
      {"huge headers", "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
       Kind::kTooLarge},
      {"endless headers",
       "HTTP/1.1 200 OK\r\n" +
           [] {
             std::string lines;
             for (int i = 0; i < 9000; ++i) lines += "X-Y: zzzz\r\n";
             return lines;
           }() +
           "\r\n",
       Kind::kTooLarge},
  };
  for (const Case& item : cases) {
    const ScriptedServer server(Reply(item.reply));
    EXPECT_EQ(ToString(FailureOf(server.url())), ToString(item.kind)) << item.name;
  }
}

TEST(HttpClientTest, BoundsTheBody) {
  const ScriptedServer server([](RawConnection& connection) {
    connection.ReadUntil("\r\n\r\n");
    connection.Send("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.Send(std::string(65536, 'x'))) continue;
  });
  HttpClientOptions options = Direct();
  options.max_body_bytes = 1 << 20;
  EXPECT_EQ(FailureOf(server.url(), options), Kind::kTooLarge);
}

TEST(HttpClientTest, ASlowDripMeetsTheDeadline) {
  const ScriptedServer server([](RawConnection& connection) {
    connection.ReadUntil("\r\n\r\n");
    connection.Drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'),
                    milliseconds(10), milliseconds(3000));
  });
  HttpClientOptions options = Direct();
  options.timeout = milliseconds(300);
  EXPECT_EQ(FailureOf(server.url(), options), Kind::kTimeout);
}

TEST(HttpClientTest, ASlowDripMeetsTheLowSpeedLimit) {
  const ScriptedServer server([](RawConnection& connection) {
    connection.ReadUntil("\r\n\r\n");
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    connection.Drip(std::string(1000, 'x'), milliseconds(200), milliseconds(6000));
  });
  HttpClientOptions options = Direct();
  options.low_speed_bytes = 100;
  options.low_speed_seconds = 1;
  EXPECT_EQ(FailureOf(server.url(), options), Kind::kTooSlow);
}

TEST(HttpClientTest, SilenceMeetsTheStop) {
  const ScriptedServer server([](RawConnection& connection) {
    connection.ReadUntil("\r\n\r\n");
    connection.HungUp(milliseconds(10'000));
  });
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto response =
      HttpClient(Direct()).Send({"GET", server.url(), {}, ""}, {}, stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, Kind::kStopped);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(5000));
}

TEST(HttpClientTest, NobodyThereAndNoUrl) {
  std::uint16_t free_port = 0;
  {
    const ScriptedServer gone([](RawConnection&) {});
    free_port = gone.port();
  }
  EXPECT_EQ(FailureOf("http://127.0.0.1:" + std::to_string(free_port)), Kind::kConnect);
  EXPECT_EQ(FailureOf("file:///etc/passwd"), Kind::kBadUrl);
  EXPECT_EQ(FailureOf("gopher://127.0.0.1/"), Kind::kBadUrl);
  EXPECT_EQ(FailureOf("http://"), Kind::kBadUrl);
  EXPECT_EQ(FailureOf(""), Kind::kBadUrl);
}

TEST(HttpClientTest, TlsToAPlainServerFailsAsTls) {
  const ScriptedServer server(
      [](RawConnection& connection) { connection.Send("HTTP/1.1 400 Bad\r\n\r\n"); });
  EXPECT_EQ(FailureOf("https://127.0.0.1:" + std::to_string(server.port())), Kind::kTls);
}

TEST(HttpClientTest, GoesThroughTheProxyThatWasSet) {
  std::string seen;
  const ScriptedServer proxy([&](RawConnection& connection) {
    seen = connection.ReadUntil("\r\n\r\n");
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
  });
  HttpClientOptions options;
  options.proxy = proxy.url();
  const auto response = HttpClient(options).Send({"GET", "http://nowhere.invalid/x", {}, ""});
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->body, "proxy");
  EXPECT_TRUE(seen.starts_with("GET http://nowhere.invalid/x HTTP/1.1\r\n")) << seen;
}

}  // namespace
}  // namespace kedge::net
