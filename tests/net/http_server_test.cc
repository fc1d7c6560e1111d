#include "harness/net/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/net/http_client.h"
#include "tests/net/raw_peers.h"

namespace kedge::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::RawConnection;

// Says back what arrived.
void Echo(const ServerRequest& request, Responder& responder) {
  HttpResponse response =
      MakeResponse(200, "text/plain",
                   request.method + " " + request.path + "|" + request.query + "|" + request.body);
  response.headers.Add("X-Seen", std::string(request.headers.Get("x-send")));
  responder.Send(std::move(response));
}

HttpServerOptions Quick() {
  HttpServerOptions options;
  options.request_timeout = milliseconds(400);
  options.idle_timeout = milliseconds(400);
  options.write_timeout = milliseconds(2000);
  options.max_body_bytes = 1 << 20;
  options.max_inflated_bytes = 1 << 20;
  return options;
}

HttpClient Client() {
  HttpClientOptions options;
  options.proxy = "none";
  options.timeout = milliseconds(20'000);
  return HttpClient(options);
}

std::string Exchange(std::uint16_t port, const std::string& request) {
  RawConnection connection = RawConnection::To(port);
  connection.Send(request);
  return connection.ReadAll();
}

bool WaitFor(const std::function<bool()>& condition) {
  const auto end = steady_clock::now() + milliseconds(5000);
  while (!condition() && steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  return condition();
}

TEST(HttpServerTest, HandsOverTheRequestAndAnswers) {
  HttpServer server(Quick(), Echo);
  HttpClient client = Client();
  const auto response =
      client.Send({"POST", server.url() + "/a%20b/c?d=%20e", {{"X-Send", "seen"}}, "body"});
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "POST /a b/c|d=%20e|body");
  EXPECT_EQ(response->headers.Get("x-seen"), "seen");
}

TEST(HttpServerTest, ServesManyRequestsOnOneConnectionAndManyConnections) {
  HttpServer server(Quick(), Echo);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        HttpClient client = Client();
        for (int i = 0; i < 50; ++i) {
          const auto response = client.Send({"POST", server.url() + "/", {}, std::to_string(i)});
          if (response && response->body == "POST /||" + std::to_string(i)) ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 400);
}

TEST(HttpServerTest, UnderstandsPipelinedAndChunkedRequests) {
  HttpServer server(Quick(), Echo);
  const std::string answer = Exchange(server.port(),
                                      "POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                      "chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
                                      "GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("POST /1||abc"), std::string::npos) << answer;
  EXPECT_NE(answer.find("GET /2||"), std::string::npos) << answer;
}

TEST(HttpServerTest, SaysContinueBeforeTheBody) {
  HttpServer server(Quick(), Echo);
  RawConnection connection = RawConnection::To(server.port());
  connection.Send(
      "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_TRUE(connection.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 100 "));
  connection.Send("late");
  EXPECT_NE(connection.ReadAll().find("POST /x||late"), std::string::npos);
}

TEST(HttpServerTest, HeadHasTheLengthAndNoBody) {
  HttpServer server(Quick(), Echo);
  const std::string answer =
      Exchange(server.port(), "HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 9\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServerTest, InflatesBodiesUpToTheLimit) {
  HttpServer server(Quick(), Echo);
  // printf 'hello hello hello' | gzip -n
  const std::string hello(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x80\x88"
      "\xf9\xe5\x11\x00\x00\x00",
      28);
  HttpClient client = Client();
  const Headers gzip{{"Content-Encoding", "gzip"}};
  const auto good = client.Send({"POST", server.url() + "/", gzip, hello});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->body, "POST /||hello hello hello");
  EXPECT_EQ(client.Send({"POST", server.url() + "/", gzip, "rubbish"})->status, 400);
  EXPECT_EQ(client.Send({"POST", server.url() + "/", gzip, hello.substr(0, 20)})->status, 400);
  EXPECT_EQ(client.Send({"POST", server.url() + "/", {{"Content-Encoding", "br"}}, "x"})->status,
            415);
  HttpServerOptions small = Quick();
  small.max_inflated_bytes = 16;
  HttpServer strict(small, Echo);
  EXPECT_EQ(client.Send({"POST", strict.url() + "/", gzip, hello})->status, 413);
}

TEST(HttpServerTest, RefusesWhatIsNotARequest) {
  HttpServer server(Quick(), Echo);
  struct Case {
    const char* name;
    std::string request;
    const char* status;
  };
  const std::string long_line(40'000, 'x');
  const std::vector<Case> cases = {
      {"rubbish", "\x01\x02\x03\r\n\r\n", " 400 "},
      {"no version", "GET /\r\n\r\n", " 400 "},
      {"huge header", "GET / HTTP/1.1\r\nHost: x\r\nX: " + long_line + "\r\n\r\n", " 431 "},
      {"huge target", "GET /" + long_line + " HTTP/1.1\r\nHost: x\r\n\r\n", " 431 "},
      {"huge length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", " 413 "},
      {"length beyond 64 bits",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", " 400 "},
      {"negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", " 400 "},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", " 400 "},
      {"length and chunks",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       " 400 "},
      {"chunk size is no number",
       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", " 400 "},
      {"too many chunks",
       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
           std::string(0x200000, 'x') + "\r\n0\r\n\r\n",
       " 413 "},
      {"no path", "GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", " 400 "},
      {"broken escape", "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", " 400 "},
      {"encoded NUL", "GET /a%00b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", " 400 "},
  };
  for (const Case& item : cases) {
    const std::string answer = Exchange(server.port(), item.request);
    EXPECT_NE(answer.substr(0, 16).find(item.status), std::string::npos)
        << item.name << ": " << answer.substr(0, 200);
  }
  EXPECT_TRUE(Client().Send({"GET", server.url() + "/still-alive", {}, ""}));
}

TEST(HttpServerTest, CutsOffSlowSilentAndHalfClients) {
  HttpServer server(Quick(), Echo);
  const auto start = steady_clock::now();
  RawConnection silent = RawConnection::To(server.port());
  RawConnection half = RawConnection::To(server.port());
  half.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  RawConnection drip = RawConnection::To(server.port());
  std::jthread dripping([&] {
    drip.Drip("GET / HTTP/1.1\r\nX: " + std::string(1000, 'x'), milliseconds(20),
              milliseconds(8000));
  });
  EXPECT_TRUE(silent.HungUp(milliseconds(8000)));
  EXPECT_TRUE(half.HungUp(milliseconds(8000)));
  dripping.join();
  EXPECT_TRUE(drip.HungUp(milliseconds(8000)));
  EXPECT_LT(steady_clock::now() - start, milliseconds(8000));
  EXPECT_TRUE(Client().Send({"GET", server.url() + "/", {}, ""}));
}

TEST(HttpServerTest, SilentClientsDoNotStarveOthers) {
  HttpServerOptions options = Quick();
  options.threads = 1;
  HttpServer server(options, Echo);
  std::vector<RawConnection> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(RawConnection::To(server.port()));
  EXPECT_TRUE(Client().Send({"GET", server.url() + "/", {}, ""}));
}

TEST(HttpServerTest, BoundsTheConnections) {
  HttpServerOptions options = Quick();
  options.max_connections = 2;
  HttpServer server(options, Echo);
  RawConnection first = RawConnection::To(server.port());
  RawConnection second = RawConnection::To(server.port());
  RawConnection third = RawConnection::To(server.port());
  EXPECT_TRUE(third.HungUp(milliseconds(300)));
}

TEST(HttpServerTest, AHandlerThatFailsIsAnError500) {
  SetLogLevel(static_cast<LogLevel>(static_cast<int>(LogLevel::kError) + 1));
  HttpServer server(Quick(), [](const ServerRequest& request, Responder& responder) {
    if (request.path == "/throw") throw std::runtime_error("secret detail");
    if (request.path == "/split") {
      responder.Send({200, {{"X", "a\r\nSet-Cookie: b"}}, ""});
    }
  });
  HttpClient client = Client();
  for (const char* path : {"/throw", "/silent", "/split"}) {
    const auto response = client.Send({"GET", server.url() + path, {}, ""});
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 500) << path;
    EXPECT_EQ(response->body.find("secret"), std::string::npos);
  }
  SetLogLevel(LogLevel::kInfo);
}

TEST(HttpServerStreamTest, PiecesArriveAsTheyAreWritten) {
  HttpServer server(Quick(), [](const ServerRequest&, Responder& responder) {
    const auto stream = responder.Stream(200, {{"Content-Type", "text/event-stream"}});
    for (const char* piece : {"one", "two"}) {
      stream->Write(piece);
      std::this_thread::sleep_for(milliseconds(100));
    }
    stream->Close();
  });
  HttpClient client = Client();
  for (int round = 0; round < 2; ++round) {  // the second on the same connection
    std::vector<std::string> pieces;
    const auto response = client.Send({"GET", server.url() + "/", {}, ""},
                                      [&](const HttpResponse&, std::string_view piece) {
                                        pieces.emplace_back(piece);
                                        return true;
                                      });
    ASSERT_TRUE(response) << response.error().text;
    EXPECT_EQ(response->headers.Get("content-type"), "text/event-stream");
    EXPECT_EQ(pieces, (std::vector<std::string>{"one", "two"}));
  }
}

TEST(HttpServerStreamTest, AnOldClientGetsItUntilTheEnd) {
  HttpServer server(Quick(), [](const ServerRequest&, Responder& responder) {
    responder.Stream(200, {})->Write("all of it");
  });
  const std::string answer = Exchange(server.port(), "GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\nall of it")) << answer;
  EXPECT_EQ(answer.find("chunked"), std::string::npos) << answer;
}

TEST(HttpServerStreamTest, NoticesThatTheClientLeft) {
  std::shared_ptr<ResponseStream> stream;
  std::atomic<bool> begun = false;
  HttpServer server(Quick(), [&](const ServerRequest&, Responder& responder) {
    stream = responder.Stream(200, {});
    begun = true;
  });
  {
    RawConnection client = RawConnection::To(server.port());
    client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.ReadUntil("\r\n\r\n");
    ASSERT_TRUE(WaitFor([&] { return begun.load(); }));
    EXPECT_FALSE(stream->closed());
  }
  EXPECT_TRUE(WaitFor([&] { return stream->closed(); }));
  EXPECT_FALSE(stream->Write("x"));
}

TEST(HttpServerStreamTest, AClientThatDoesNotReadIsCutOff) {
  HttpServerOptions options = Quick();
  options.max_stream_backlog = 1 << 16;
  std::shared_ptr<ResponseStream> stream;
  std::atomic<bool> begun = false;
  HttpServer server(options, [&](const ServerRequest&, Responder& responder) {
    stream = responder.Stream(200, {});
    begun = true;
  });
  RawConnection client = RawConnection::To(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReadUntil("\r\n\r\n");
  ASSERT_TRUE(WaitFor([&] { return begun.load(); }));
  const std::string piece(1 << 14, 'x');
  bool refused = false;
  for (int i = 0; i < 100'000 && !refused; ++i) refused = !stream->Write(piece);
  EXPECT_TRUE(refused);
}

TEST(HttpServerStreamTest, OutlivesItsServer) {
  std::shared_ptr<ResponseStream> stream;
  std::atomic<bool> begun = false;
  {
    HttpServer server(Quick(), [&](const ServerRequest&, Responder& responder) {
      stream = responder.Stream(200, {});
      begun = true;
    });
    RawConnection client = RawConnection::To(server.port());
    client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.ReadUntil("\r\n\r\n");
    ASSERT_TRUE(WaitFor([&] { return begun.load(); }));
  }
  EXPECT_FALSE(stream->Write("x"));
  EXPECT_TRUE(stream->closed());
}

TEST(HttpServerStopTest, LetsARequestUnderWayFinish) {
  std::atomic<bool> started = false;
  HttpServer server(Quick(), [&](const ServerRequest&, Responder& responder) {
    started = true;
    std::this_thread::sleep_for(milliseconds(200));
    responder.Send(MakeResponse(200, "text/plain", "done"));
  });
  std::string answer;
  std::jthread client(
      [&] { answer = Exchange(server.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); });
  ASSERT_TRUE(WaitFor([&] { return started.load(); }));
  server.Stop(milliseconds(5000));
  client.join();
  EXPECT_TRUE(answer.ends_with("done")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
}

TEST(HttpServerStopTest, TellsHandlersThatWait) {
  std::atomic<bool> started = false;
  HttpServer server(Quick(), [&](const ServerRequest&, Responder& responder) {
    started = true;
    while (!responder.stop_token().stop_requested()) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    responder.Send(MakeResponse(503, "text/plain", ""));
  });
  RawConnection client = RawConnection::To(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(WaitFor([&] { return started.load(); }));
  server.Stop(milliseconds(0));
  server.Stop(milliseconds(0));
}

TEST(HttpServerTest, SaysWhyItCannotListen) {
  HttpServer first(Quick(), Echo);
  HttpServerOptions taken = Quick();
  taken.port = first.port();
  EXPECT_THROW(HttpServer(taken, Echo), Error);
  HttpServerOptions nowhere = Quick();
  nowhere.host = "not-an-address";
  EXPECT_THROW(HttpServer(nowhere, Echo), Error);
}

TEST(ParseListenAddressTest, TakesHostAndPort) {
  HttpServerOptions options;
  ParseListenAddress("4318", "--listen", options);
  EXPECT_EQ(options.host + " " + std::to_string(options.port), "127.0.0.1 4318");
  ParseListenAddress("0.0.0.0:0", "--listen", options);
  EXPECT_EQ(options.host + " " + std::to_string(options.port), "0.0.0.0 0");
  ParseListenAddress("[::1]:80", "--listen", options);
  EXPECT_EQ(options.host + " " + std::to_string(options.port), "::1 80");
  for (const char* bad : {"", ":80", "x:", "x:65536", "x:-1", "x:8 0", "localhost"}) {
    EXPECT_THROW(ParseListenAddress(bad, "--listen", options), Error) << bad;
  }
}

}  // namespace
}  // namespace kedge::net
