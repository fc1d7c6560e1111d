// A server whose system has no room for another connection: it waits, says so, and goes on.

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <thread>

#include "harness/net/http_server.h"
#include "tests/net/raw_peers.h"

namespace {

// Descriptors that may still be watched before one is refused; negative: all may.
std::atomic<int> watches_left{-1};

}  // namespace

// Takes the place of the C library's in this program, the server's code included.
extern "C" int epoll_ctl(int epfd, int op, int fd, epoll_event* event) {
  using Function = int (*)(int, int, int, epoll_event*);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "epoll_ctl"));
  if (op == EPOLL_CTL_ADD && watches_left >= 0 && watches_left-- == 0) {
    errno = ENOMEM;
    return -1;
  }
  return real(epfd, op, fd, event);
}

namespace kedge::net {
namespace {

using testing::RawConnection;

constexpr char kRequest[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

void Hello(const ServerRequest&, Responder& responder) {
  responder.Send(MakeResponse(200, "text/plain", "hello"));
}

std::string Ask(std::uint16_t port) {
  RawConnection connection = RawConnection::To(port);
  connection.Send(kRequest);
  return connection.ReadAll();
}

std::size_t OpenDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// The server closes its side of a connection a little after the client.
bool SettlesAt(std::size_t descriptors) {
  for (int i = 0; i < 5000 && OpenDescriptors() != descriptors; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return OpenDescriptors() == descriptors;
}

/// Leaves the process one descriptor more than it has.
class OneDescriptorLeft {
 public:
  OneDescriptorLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(STDIN_FILENO);
    close(next);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(next) + 1;
    setrlimit(RLIMIT_NOFILE, &now);
  }
  ~OneDescriptorLeft() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(HttpAcceptTest, WithoutDescriptorsClientsWaitUntilSomeComeBack) {
  HttpServer server({}, Hello);
  ::testing::internal::CaptureStderr();
  const std::size_t before = OpenDescriptors();
  for (int time = 0; time < 2; ++time) {
    ASSERT_TRUE(SettlesAt(before));
    std::optional<OneDescriptorLeft> limit(std::in_place);
    RawConnection waiting = RawConnection::To(server.port());  // takes the last one
    ASSERT_TRUE(waiting.Send(kRequest));
    EXPECT_EQ(waiting.ReadUntil("hello", std::chrono::milliseconds(350)), "");
    limit.reset();
    EXPECT_NE(waiting.ReadUntil("hello").find("hello"), std::string::npos);
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  // Several tries each time, and one line.
  EXPECT_EQ(Count(log, "cannot take in a connection"), 2U) << log;
}

TEST(HttpAcceptTest, AConnectionThatCannotBeTakenInEndsAloneAndLeavesNothingOpen) {
  HttpServer server({}, Hello);
  const std::size_t before = OpenDescriptors();
  ::testing::internal::CaptureStderr();
  for (int time = 0; time < 3; ++time) {
    watches_left = 1;  // the accepted socket is watched, and not once it is the connection's
    EXPECT_EQ(Ask(server.port()), "") << "hung up on";
    EXPECT_EQ(watches_left, -1);
    EXPECT_NE(Ask(server.port()).find("hello"), std::string::npos);
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(Count(log, "cannot take in a connection"), 3U) << log;
  EXPECT_TRUE(SettlesAt(before)) << OpenDescriptors() << " descriptors, not " << before;
}

}  // namespace
}  // namespace kedge::net
