#include "harness/rpc/mcp_http_transport.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/net/sse.h"
#include "harness/rpc/jsonrpc.h"

namespace kedge::rpc {
namespace {

using process::Deadline;
using process::IoStatus;
using std::chrono::milliseconds;

constexpr auto kDefaultRetry = milliseconds(200);
constexpr auto kMaxRetry = milliseconds(30'000);
constexpr auto kGoodbye = milliseconds(2'000);
constexpr std::size_t kMaxShownBody = 500;

// What an HTTP timeout must be for a deadline; 0 means none to the client.
milliseconds TimeoutOf(Deadline deadline) {
  if (deadline.is_never()) return milliseconds(0);
  return milliseconds(std::max(1, deadline.PollTimeout()));
}

// A body that holds one message, or a batch of them.
std::vector<std::string> SplitBatch(std::string body, std::size_t max_bytes) {
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  if (body[begin] != '[') return {std::move(body)};
  std::vector<std::string> messages;
  for (const Json& message : ParseJson(body, {}, {max_bytes})) {
    messages.push_back(DumpJson(message));
  }
  return messages;
}

std::string Describe(const net::HttpFailure& failure) {
  return std::string(ToString(failure.kind)) + ": " + failure.text;
}

std::string Describe(const net::HttpResponse& response) {
  std::string text = "HTTP status " + std::to_string(response.status);
  if (!response.body.empty()) text += ": " + Elide(response.body, kMaxShownBody);
  return text;
}

}  // namespace

class McpHttpTransport::State {
 public:
  explicit State(McpHttpTransportOptions options) : options_(std::move(options)) {
    options_.http.max_body_bytes = options_.max_message_bytes;
  }

  ~State() {
    stop_.request_stop();
    posts_.clear();
    listener_ = {};
    if (session_id_.empty()) return;
    net::HttpClient client(options_.http);
    (void)client.Send({"DELETE", options_.url, CommonHeaders(), ""}, {}, {}, kGoodbye);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  process::ReadResult ReadLine(Deadline deadline, std::size_t max_bytes) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return !inbox_.empty() || ended_; };
    if (deadline.is_never()) {
      arrived_.wait(lock, ready);
    } else if (!arrived_.wait_until(lock, deadline.when(), ready)) {
      return {IoStatus::kTimeout, {}};
    }
    if (inbox_.empty()) return {IoStatus::kClosed, {}};
    current_ = std::move(inbox_.front());
    inbox_.pop_front();
    if (current_.size() > max_bytes) return {IoStatus::kTooLong, {}};
    return {IoStatus::kOk, current_};
  }

  IoStatus WriteLine(std::string_view line, Deadline deadline) {
    const auto message = DecodeMessage(line, {options_.max_message_bytes});
    if (!message) throw InternalError("not a message to send: " + message.error().text);
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return IoStatus::kClosed;
    }
    if (const auto* request = std::get_if<Request>(&*message)) {
      StartRequest(*request, std::string(line), deadline);
      return IoStatus::kOk;
    }
    const IoStatus sent = SendOneWay(std::string(line), deadline);
    const auto* notification = std::get_if<Notification>(&*message);
    if (sent == IoStatus::kOk && options_.listen && notification != nullptr &&
        notification->method == "notifications/initialized") {
      listener_ = std::jthread([this] { Listen(); });
    }
    return sent;
  }

  std::string Trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }

 private:
  struct Post {
    std::atomic<bool> done = false;
    std::jthread thread;
  };

  // --- what is known of the session; set by the handshake, read by all

  net::Headers CommonHeaders() const {
    const std::lock_guard lock(mutex_);
    net::Headers headers = options_.headers;
    if (!session_id_.empty()) headers.Set("Mcp-Session-Id", session_id_);
    if (!version_.empty()) headers.Set("MCP-Protocol-Version", version_);
    return headers;
  }

  bool HasSession() const {
    const std::lock_guard lock(mutex_);
    return !session_id_.empty();
  }

  void LearnSession(const net::HttpResponse& head) {
    const std::string_view id = head.headers.Get("Mcp-Session-Id");
    const std::lock_guard lock(mutex_);
    if (!id.empty()) session_id_ = id;
  }

  void LearnVersion(const std::string& message) {
    const auto decoded = DecodeMessage(message, {options_.max_message_bytes});
    const auto* response = decoded ? std::get_if<Response>(&*decoded) : nullptr;
    if (response == nullptr || !response->outcome || !response->outcome->is_object()) return;
    const auto version = response->outcome->find("protocolVersion");
    if (version == response->outcome->end() || !version->is_string()) return;
    const std::lock_guard lock(mutex_);
    version_ = version->get<std::string>();
  }

  // --- arriving messages

  void Deliver(std::string message) {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(message));
    arrived_.notify_all();
  }

  void End(const std::string& trouble) {
    const std::lock_guard lock(mutex_);
    if (stop_.stop_requested()) return;
    if (!ended_) trouble_ = trouble;
    ended_ = true;
    arrived_.notify_all();
  }

  bool IsAnswer(const std::string& message, const Id& id) const {
    const auto decoded = DecodeMessage(message, {options_.max_message_bytes});
    const auto* response = decoded ? std::get_if<Response>(&*decoded) : nullptr;
    return response != nullptr && response->id == id;
  }

  // --- sending

  // Collects the answers to one request from whatever form they come in.
  struct Reception {
    const Request* request = nullptr;  // null for a GET stream
    bool answered = false;
    bool is_stream = false;
    net::SseParser events;
    std::string json;

    bool IsHandshake() const { return request != nullptr && request->method == "initialize"; }
  };

  void Take(Reception& reception, std::string message) {
    if (reception.request != nullptr && IsAnswer(message, reception.request->id)) {
      reception.answered = true;
      if (reception.IsHandshake()) LearnVersion(message);
    }
    Deliver(std::move(message));
  }

  net::BodySink SinkOf(Reception& reception) {
    return [this, &reception](const net::HttpResponse& head, std::string_view piece) {
      // Before the answer is handed on: the next message needs the session.
      if (reception.IsHandshake()) LearnSession(head);
      const std::string type = net::MediaType(head.headers.Get("Content-Type"));
      reception.is_stream = head.ok() && type == "text/event-stream";
      if (reception.is_stream) {
        reception.events.Feed(piece, [&](const net::SseEvent& event) {
          if (event.data.empty() || (event.type != "" && event.type != "message")) return;
          for (std::string& message : SplitBatch(event.data, options_.max_message_bytes)) {
            Take(reception, std::move(message));
          }
        });
        return true;
      }
      reception.json += piece;
      return reception.json.size() <= options_.max_message_bytes;
    };
  }

  void StartRequest(const Request& request, std::string body, Deadline deadline) {
    std::erase_if(posts_, [](const std::unique_ptr<Post>& post) { return post->done.load(); });
    posts_.push_back(std::make_unique<Post>());
    Post& post = *posts_.back();
    post.thread = std::jthread([this, request, body = std::move(body), deadline, &post] {
      try {
        if (request.method == "initialize") ForgetSession();
        Exchange(request, body, deadline);
      } catch (const std::exception& error) {
        End(error.what());
      }
      post.done = true;
    });
  }

  void ForgetSession() {
    const std::lock_guard lock(mutex_);
    session_id_.clear();
    version_.clear();
  }

  void Exchange(const Request& request, const std::string& body, Deadline deadline) {
    auto client = TakeClient();
    Reception reception;
    reception.request = &request;
    net::Headers headers = CommonHeaders();
    headers.Set("Content-Type", "application/json");
    headers.Set("Accept", "application/json, text/event-stream");
    const auto response = client->Send({"POST", options_.url, std::move(headers), body},
                                       SinkOf(reception), stop_.get_token(), TimeoutOf(deadline));
    if (reception.is_stream) {
      Resume(*client, reception, deadline);
    } else {
      Conclude(response, reception);
    }
    GiveBack(std::move(client));
  }

  // An answer in one piece.
  void Conclude(const tl::expected<net::HttpResponse, net::HttpFailure>& response,
                Reception& reception) {
    if (!response) {
      // A deadline is the caller's own: it gives up by itself and the transport lives on.
      if (response.error().kind != net::HttpFailure::Kind::kTimeout)
        End(Describe(response.error()));
      return;
    }
    const bool is_json =
        net::MediaType(response->headers.Get("Content-Type")) == "application/json";
    if (is_json) {
      for (std::string& message : SplitBatch(reception.json, options_.max_message_bytes)) {
        // Only what answers: an HTTP error may carry any JSON.
        if (response->ok() || IsAnswer(message, reception.request->id)) {
          Take(reception, std::move(message));
        }
      }
    }
    if (reception.answered || (response->status == 202 && reception.json.empty())) return;
    if (response->ok() && is_json) return;
    net::HttpResponse shown = *response;
    shown.body = reception.json;
    if (response->ok()) {
      return End("the answer is neither JSON nor an event stream: " + Describe(shown));
    }
    End(response->status == 404 && HasSession() ? "the session has expired" : Describe(shown));
  }

  // Goes on with an event stream that ended before the answer did, if its events had ids.
  void Resume(net::HttpClient& client, Reception& reception, Deadline deadline) {
    for (int i = 0; i < options_.max_resumes; ++i) {
      if (reception.answered || deadline.Passed() || stop_.stop_requested()) return;
      if (reception.events.last_event_id().empty()) break;
      Pause(reception);
      GetEvents(client, reception, TimeoutOf(deadline));
    }
    if (!reception.answered && !deadline.Passed()) End("an event stream ended before the answer");
  }

  void Pause(const Reception& reception) {
    const auto wait = std::min<milliseconds>(
        milliseconds(reception.events.retry_ms().value_or(kDefaultRetry.count())), kMaxRetry);
    std::unique_lock lock(mutex_);
    paused_.wait_for(lock, stop_.get_token(), wait, [] { return false; });
  }

  // The status; 0 without one.
  int GetEvents(net::HttpClient& client, Reception& reception, milliseconds timeout) {
    net::Headers headers = CommonHeaders();
    headers.Set("Accept", "text/event-stream");
    if (!reception.events.last_event_id().empty()) {
      headers.Set("Last-Event-ID", reception.events.last_event_id());
    }
    const auto response = client.Send({"GET", options_.url, std::move(headers), ""},
                                      SinkOf(reception), stop_.get_token(), timeout);
    return response ? response->status : response.error().partial.status;
  }

  // What the server says unasked. A server without such a stream answers 405; that one is lost is
  // no failure of any call.
  void Listen() {
    try {
      net::HttpClient client(options_.http);
      int failures = 0;
      while (!stop_.stop_requested() && failures < options_.max_resumes) {
        Reception reception;
        const int status = GetEvents(client, reception, milliseconds(0));
        if (status != 200) return;
        failures = reception.is_stream ? 0 : failures + 1;
        Pause(reception);
      }
    } catch (const std::exception& error) {
      End(error.what());
    }
  }

  IoStatus SendOneWay(std::string body, Deadline deadline) {
    auto client = TakeClient();
    net::Headers headers = CommonHeaders();
    headers.Set("Content-Type", "application/json");
    headers.Set("Accept", "application/json, text/event-stream");
    const auto response = client->Send({"POST", options_.url, std::move(headers), std::move(body)},
                                       {}, stop_.get_token(), TimeoutOf(deadline));
    GiveBack(std::move(client));
    if (response && response->ok()) return IoStatus::kOk;
    if (!response && response.error().kind == net::HttpFailure::Kind::kTimeout) {
      return IoStatus::kTimeout;
    }
    End(response ? Describe(*response) : Describe(response.error()));
    return IoStatus::kClosed;
  }

  // --- connections that are free to be used again

  std::unique_ptr<net::HttpClient> TakeClient() {
    const std::lock_guard lock(mutex_);
    if (free_clients_.empty()) return std::make_unique<net::HttpClient>(options_.http);
    auto client = std::move(free_clients_.back());
    free_clients_.pop_back();
    return client;
  }

  void GiveBack(std::unique_ptr<net::HttpClient> client) {
    const std::lock_guard lock(mutex_);
    free_clients_.push_back(std::move(client));
  }

  McpHttpTransportOptions options_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable_any paused_;
  std::deque<std::string> inbox_;
  bool ended_ = false;
  std::string trouble_;
  std::string session_id_;
  std::string version_;
  std::vector<std::unique_ptr<net::HttpClient>> free_clients_;
  std::string current_;  // the message last returned
  std::list<std::unique_ptr<Post>> posts_;
  std::jthread listener_;
};

McpHttpTransport::McpHttpTransport(McpHttpTransportOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
McpHttpTransport::~McpHttpTransport() = default;

process::ReadResult McpHttpTransport::ReadLine(Deadline deadline, std::size_t max_bytes) {
  return state_->ReadLine(deadline, max_bytes);
}

IoStatus McpHttpTransport::WriteLine(std::string_view line, Deadline deadline) {
  return state_->WriteLine(line, deadline);
}

std::string McpHttpTransport::Trouble() const { return state_->Trouble(); }

}  // namespace kedge::rpc
