#include "harness/service/mcp_upstream.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "harness/core/error.h"
#include "harness/rpc/line_transport.h"
#include "harness/rpc/mcp_http_transport.h"

namespace kedge::service {
namespace {

using process::Deadline;

std::unique_ptr<rpc::LineTransport> Connect(const McpUpstreamOptions& options) {
  if (!options.url.empty()) {
    rpc::McpHttpTransportOptions http;
    http.url = options.url;
    return std::make_unique<rpc::McpHttpTransport>(std::move(http));
  }
  process::ProcessOptions child;
  child.argv = options.command;
  return std::make_unique<rpc::OwnedChildTransport>(child);
}

std::string NameOf(const McpUpstreamOptions& options) {
  return options.url.empty() ? options.command.front() : options.url;
}

}  // namespace

class McpUpstream::State {
 public:
  explicit State(McpUpstreamOptions options) : options_(std::move(options)) {
    thread_ = std::jthread([this](std::stop_token stop) { Work(stop); });
    try {
      Do([this] { Open(); });
    } catch (...) {
      End();
      throw;
    }
  }

  ~State() { End(); }

  const rpc::McpServerInfo& info() const { return info_; }

  // Runs `work` in the thread of the connection; returns or throws what it does.
  template <typename Work>
  auto Do(const Work& work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(work);
    auto done = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back([&task] { task(); });
    }
    wake_.notify_one();
    return done.get();
  }

  rpc::McpClient& client() { return *client_; }
  Deadline CallDeadline() const { return Deadline::After(options_.timeout); }

 private:
  void Open() {
    rpc::McpClientOptions client;
    client.client = options_.self;
    client_.emplace(Connect(options_), client);
    auto info = client_->Initialize(CallDeadline());
    if (!info) {
      throw Error(ErrorKind::kUnavailable, NameOf(options_) + ": " + info.error().text);
    }
    info_ = std::move(*info);
  }

  void Work(const std::stop_token& stop) {
    while (true) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !jobs_.empty(); });
      if (jobs_.empty()) break;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
    client_.reset();  // a child must end in the thread that started it
  }

  void End() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  const McpUpstreamOptions options_;
  rpc::McpServerInfo info_;
  std::optional<rpc::McpClient> client_;  // used in the thread only
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::function<void()>> jobs_;
  std::jthread thread_;
};

McpUpstream::McpUpstream(McpUpstreamOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
McpUpstream::~McpUpstream() = default;

const rpc::McpServerInfo& McpUpstream::info() const { return state_->info(); }

tl::expected<std::vector<rpc::McpTool>, rpc::CallFailure> McpUpstream::ListTools() {
  return state_->Do([this] { return state_->client().ListTools(state_->CallDeadline()); });
}

tl::expected<rpc::McpCallResult, rpc::CallFailure> McpUpstream::CallTool(const std::string& name,
                                                                         const Json& arguments,
                                                                         std::stop_token stop) {
  return state_->Do([&] {
    return state_->client().CallTool(name, arguments, state_->CallDeadline(), std::move(stop));
  });
}

bool McpUpstream::ToolsChanged() {
  return state_->Do([this] {
    (void)state_->client().Listen(Deadline::After(std::chrono::milliseconds(0)));
    return state_->client().tools_changed();
  });
}

}  // namespace kedge::service
