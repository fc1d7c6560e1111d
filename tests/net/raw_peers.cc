#include "tests/net/raw_peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace kedge::testing {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool Readable(int fd, Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
  pollfd entry{fd, POLLIN, 0};
  return left.count() > 0 && poll(&entry, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

RawConnection::~RawConnection() {
  if (fd_ >= 0) close(fd_);
}
RawConnection::RawConnection(RawConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ended_(other.ended_) {}

RawConnection RawConnection::To(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return RawConnection(fd);
}

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawConnection::Drip(std::string_view bytes, std::chrono::milliseconds pause,
                         std::chrono::milliseconds give_up) {
  const auto end = Clock::now() + give_up;
  for (const char byte : bytes) {
    if (Clock::now() >= end || !Send({&byte, 1})) return;
    std::this_thread::sleep_for(pause);
  }
}

std::string RawConnection::ReadUntil(std::string_view text, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  std::string all;
  while (!ended_ && (text.empty() || all.find(text) == std::string::npos) && Readable(fd_, end)) {
    char chunk[16384];
    const ssize_t got = recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) {
      ended_ = true;
    } else {
      all.append(chunk, static_cast<std::size_t>(got));
    }
  }
  return all;
}

bool RawConnection::HungUp(std::chrono::milliseconds patience) {
  ReadUntil("", patience);
  return ended_;
}

ScriptedServer::ScriptedServer(Script script) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd_, 16) != 0) {
    std::abort();
  }
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, script = std::move(script)] {
    while (true) {
      const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      RawConnection connection(fd);
      script(connection);
    }
  });
}

ScriptedServer::~ScriptedServer() {
  shutdown(fd_, SHUT_RDWR);  // wakes accept
  thread_.join();
  close(fd_);
}

}  // namespace kedge::testing
