#include "harness/rpc/mcp_stdio_server.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "harness/core/error.h"

namespace kedge::rpc {
namespace {

constexpr int kStopCheckMillis = 100;
constexpr std::size_t kReadChunk = std::size_t{64} << 10;

// Lines from a descriptor, for a reader that must also hear of a stop.
class LineSource {
 public:
  explicit LineSource(const McpStdioOptions& options) : options_(options) {}

  // The next line; nullopt at the end and when a stop was requested.
  std::optional<std::string> Next() {
    while (true) {
      if (const std::size_t end = buffer_.find('\n', scanned_); end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        scanned_ = 0;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return line;
      }
      scanned_ = buffer_.size();
      if (buffer_.size() > options_.max_message_bytes) {
        throw BadData("a message of more than " + std::to_string(options_.max_message_bytes) +
                      " bytes");
      }
      if (!Fill()) return std::nullopt;
    }
  }

 private:
  bool Fill() {
    while (true) {
      if (options_.stop_requested && options_.stop_requested()) return false;
      pollfd entry{options_.in, POLLIN, 0};
      const int ready = poll(&entry, 1, kStopCheckMillis);
      if (ready > 0) break;
      if (ready < 0 && errno != EINTR) throw IoError("cannot wait for the client");
    }
    char chunk[kReadChunk];
    const ssize_t got = read(options_.in, chunk, sizeof chunk);
    if (got < 0 && errno != EINTR) throw IoError("cannot read from the client");
    if (got > 0) buffer_.append(chunk, static_cast<std::size_t>(got));
    return got != 0;
  }

  const McpStdioOptions& options_;
  std::string buffer_;
  std::size_t scanned_ = 0;
};

// Whole lines to a descriptor from several threads.
class LineSink {
 public:
  explicit LineSink(int out) : out_(out) {}

  void Write(std::string line) {
    line += '\n';
    const std::lock_guard lock(mutex_);
    std::string_view rest = line;
    while (!rest.empty() && !broken_) {
      const ssize_t written = write(out_, rest.data(), rest.size());
      if (written > 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        broken_ = true;  // the client is gone; its end of file comes next
      }
    }
  }

 private:
  const int out_;
  std::mutex mutex_;
  bool broken_ = false;
};

bool IsToolCall(const Message& message) {
  const auto* request = std::get_if<Request>(&message);
  return request != nullptr && request->method == "tools/call";
}

// Runs tool calls in their order; the end waits for those that were taken.
class CallQueue {
 public:
  explicit CallQueue(std::function<void(const Message&)> run)
      : run_(std::move(run)), thread_([this] { Work(); }) {}
  ~CallQueue() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
  }

  void Add(Message message) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(message));
    }
    changed_.notify_all();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const Message message = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      run_(message);
      lock.lock();
    }
  }

  const std::function<void(const Message&)> run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Message> waiting_;
  bool ended_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

Response ErrorFor(const DecodeError& error) {
  const bool no_json =
      error.kind == DecodeError::Kind::kNotJson || error.kind == DecodeError::Kind::kInvalidUtf8;
  return {error.id, tl::make_unexpected(
                        RpcError{no_json ? kParseError : kInvalidRequest, error.text, nullptr})};
}

}  // namespace

void ServeMcpStdio(McpToolHost& host, const McpStdioOptions& options) {
  McpServerSession session(host, options.server);
  LineSink sink(options.out);
  const McpServerSession::Outlet outlet = [&](const Notification& notification) {
    sink.Write(Encode(notification));
  };
  session.SetOutlet(outlet);
  const auto handle = [&](const Message& message) {
    if (const auto response = session.Handle(message, outlet)) sink.Write(Encode(*response));
  };
  LineSource source(options);
  CallQueue calls(handle);
  while (const auto line = source.Next()) {
    if (line->empty()) continue;
    auto message = DecodeMessage(*line, {options.max_message_bytes});
    if (!message) {
      sink.Write(Encode(ErrorFor(message.error())));
    } else if (IsToolCall(*message)) {
      calls.Add(std::move(*message));
    } else {
      handle(*message);
    }
  }
  if (options.stop_requested && options.stop_requested()) session.Abandon();
}

}  // namespace kedge::rpc
