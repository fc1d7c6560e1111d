#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kedge::testing {

/// A TCP connection over loopback that says exactly what a test wants, well-formed or not.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}
  ~RawConnection();
  RawConnection(RawConnection&& other) noexcept;
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// Connects to 127.0.0.1.
  static RawConnection To(std::uint16_t port);

  /// False when the other side does not take it any more.
  bool Send(std::string_view bytes);
  /// One byte per `pause` until all is sent, the other side hangs up or `give_up` passes.
  void Drip(std::string_view bytes, std::chrono::milliseconds pause,
            std::chrono::milliseconds give_up);
  /// What comes until the other side hangs up, `text` has come (empty: never), or `patience` ends.
  std::string ReadUntil(std::string_view text,
                        std::chrono::milliseconds patience = std::chrono::seconds(10));
  std::string ReadAll() { return ReadUntil(""); }
  /// The other side has hung up (waits up to `patience` for it, dropping what comes).
  bool HungUp(std::chrono::milliseconds patience);

 private:
  int fd_;
  bool ended_ = false;
};

/// Listens on a free port of 127.0.0.1 and runs `script` for one connection after another.
class ScriptedServer {
 public:
  using Script = std::function<void(RawConnection&)>;
  explicit ScriptedServer(Script script);
  ~ScriptedServer();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace kedge::testing
