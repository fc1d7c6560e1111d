#include "harness/rpc/mcp_http_server.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "harness/core/error.h"
#include "harness/net/sse.h"
#include "harness/net/url.h"

namespace kedge::rpc {
namespace {

using net::HttpResponse;
using net::Responder;
using net::ResponseStream;
using net::ServerRequest;
using SteadyClock = std::chrono::steady_clock;

std::string RandomSessionId() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw InternalError("the kernel gives no random bytes");
  }
  std::string id;
  for (const unsigned char byte : bytes) {
    id += "0123456789abcdef"[byte >> 4];
    id += "0123456789abcdef"[byte & 15];
  }
  return id;
}

HttpResponse ErrorResponse(int status, std::int64_t code, std::string text,
                           std::optional<Id> id = std::nullopt) {
  const Response response{std::move(id),
                          tl::make_unexpected(RpcError{code, std::move(text), nullptr})};
  return net::MakeResponse(status, "application/json", Encode(response));
}

HttpResponse Refusal(int status, std::string text) {
  return ErrorResponse(status, kInvalidRequest, std::move(text));
}

HttpResponse Json200(std::string body) {
  return net::MakeResponse(200, "application/json", std::move(body));
}

bool Accepts(const ServerRequest& request, std::string_view type) {
  const std::string_view accept = request.headers.Get("Accept");
  return accept.empty() || accept.find(type) != std::string_view::npos ||
         accept.find("*/*") != std::string_view::npos;
}

bool IsBatch(const std::string& body) {
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  return begin != std::string::npos && body[begin] == '[';
}

bool WantsProgress(const Request& request) {
  if (!request.params.is_object()) return false;
  const auto meta = request.params.find("_meta");
  return meta != request.params.end() && meta->is_object() && meta->contains("progressToken");
}

std::string EventOf(const std::string& message) { return net::EncodeSse({"message", message, ""}); }

}  // namespace

class McpHttpServer::State {
 public:
  State(McpHttpOptions options, HostFactory make_host)
      : options_(std::move(options)), make_host_(std::move(make_host)) {
    if (!options_.make_session_id) options_.make_session_id = RandomSessionId;
    server_.emplace(options_.http, [this](const ServerRequest& request, Responder& responder) {
      Handle(request, responder);
    });
  }
  ~State() { Stop(std::chrono::milliseconds(0)); }

  std::string url() const { return server_->url() + options_.path; }

  std::size_t session_count() const {
    const std::lock_guard lock(mutex_);
    return sessions_.size();
  }

  void NotifyToolsChanged() {
    for (const auto& session : AllSessions()) session->conversation.NotifyToolsChanged();
  }

  void Stop(std::chrono::milliseconds grace) {
    for (const auto& session : AllSessions()) session->End();
    server_->Stop(grace);
    const std::lock_guard lock(mutex_);
    sessions_.clear();
  }

 private:
  // One client.
  struct Session {
    Session(std::unique_ptr<McpToolHost> made, const McpServerOptions& options)
        : host(std::move(made)), conversation(*host, options) {}

    const std::unique_ptr<McpToolHost> host;
    McpServerSession conversation;
    std::mutex mutex;  // guards what follows
    SteadyClock::time_point last_used = SteadyClock::now();
    int at_work = 0;  // requests under way
    std::shared_ptr<ResponseStream> listener;

    // Takes over the one stream for what belongs to no request; false when there is one already.
    bool Listen(const std::function<std::shared_ptr<ResponseStream>()>& open) {
      const std::lock_guard lock(mutex);
      if (listener != nullptr && !listener->closed()) return false;
      listener = open();
      conversation.SetOutlet([stream = listener](const Notification& notification) {
        stream->Write(EventOf(Encode(notification)));
      });
      return true;
    }

    void End() {
      conversation.Abandon();
      conversation.SetOutlet({});
      const std::lock_guard lock(mutex);
      if (listener != nullptr) listener->Close();
    }
  };

  // Keeps a session from being taken for idle while one of its requests is under way.
  class InUse {
   public:
    explicit InUse(Session& session) : session_(session) { Count(1); }
    ~InUse() { Count(-1); }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;

   private:
    void Count(int change) {
      const std::lock_guard lock(session_.mutex);
      session_.at_work += change;
      session_.last_used = SteadyClock::now();
    }
    Session& session_;
  };

  using SessionPtr = std::shared_ptr<Session>;

  std::vector<SessionPtr> AllSessions() const {
    const std::lock_guard lock(mutex_);
    std::vector<SessionPtr> all;
    for (const auto& [id, session] : sessions_) all.push_back(session);
    return all;
  }

  void Handle(const ServerRequest& request, Responder& responder) {
    if (request.path != options_.path) return responder.Send(Refusal(404, "no such path"));
    if (!IsTrusted(request)) return responder.Send(Refusal(403, "this origin may not call"));
    const std::string_view version = request.headers.Get("MCP-Protocol-Version");
    if (!version.empty() && !IsMcpVersion(version)) {
      return responder.Send(Refusal(400, "unsupported MCP-Protocol-Version"));
    }
    if (request.method == "POST") return HandlePost(request, responder);
    if (request.method == "GET") return HandleGet(request, responder);
    if (request.method == "DELETE") return HandleDelete(request, responder);
    HttpResponse refusal = Refusal(405, "use POST, GET or DELETE");
    refusal.headers.Add("Allow", "POST, GET, DELETE");
    responder.Send(std::move(refusal));
  }

  // A page of another site must not reach this machine's server through its visitor's browser.
  bool IsTrusted(const ServerRequest& request) const {
    const bool local = net::IsLoopbackHost(options_.http.host);
    const std::string_view host = request.headers.Get("Host");
    if (local && !net::IsLoopbackHost(net::HostOfAuthority(host))) return false;
    const auto origin = request.headers.Find("Origin");
    if (!origin) return true;
    const auto& allowed = options_.allowed_origins;
    if (std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) return true;
    const std::size_t scheme = origin->find("://");
    return scheme != std::string_view::npos &&
           net::IsLoopbackHost(net::HostOfAuthority(origin->substr(scheme + 3)));
  }

  // The session that a request names, or the refusal.
  tl::expected<SessionPtr, HttpResponse> Find(const ServerRequest& request) const {
    const auto id = request.headers.Find("Mcp-Session-Id");
    if (!id) return tl::make_unexpected(Refusal(400, "Mcp-Session-Id is missing"));
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(std::string(*id));
    if (found == sessions_.end()) return tl::make_unexpected(Refusal(404, "no such session"));
    return found->second;
  }

  void HandlePost(const ServerRequest& request, Responder& responder) {
    if (net::MediaType(request.headers.Get("Content-Type")) != "application/json") {
      return responder.Send(Refusal(415, "Content-Type must be application/json"));
    }
    if (!Accepts(request, "application/json")) {
      return responder.Send(Refusal(406, "the client must accept application/json"));
    }
    if (IsBatch(request.body)) return HandleBatch(request, responder);
    auto message = DecodeMessage(request.body, {request.body.size()});
    if (!message) return responder.Send(DecodeRefusal(message.error()));
    const auto* call = std::get_if<Request>(&*message);
    if (call != nullptr && call->method == "initialize") return Open(*message, responder);
    const auto session = Find(request);
    if (!session) return responder.Send(session.error());
    const InUse in_use(**session);
    if (call == nullptr) {
      (void)(*session)->conversation.Handle(*message, {});
      return responder.Send({202, {}, ""});
    }
    const bool stream = call->method == "tools/call" && Accepts(request, "text/event-stream") &&
                        (options_.stream_calls || WantsProgress(*call));
    if (stream) return AnswerWithEvents(**session, *message, responder);
    const auto response = (*session)->conversation.Handle(*message, {});
    responder.Send(response ? Json200(Encode(*response)) : HttpResponse{202, {}, ""});
  }

  static HttpResponse DecodeRefusal(const DecodeError& error) {
    const bool is_json = error.kind == DecodeError::Kind::kNotMessage;
    return ErrorResponse(400, is_json ? kInvalidRequest : kParseError, error.text, error.id);
  }

  static void AnswerWithEvents(Session& session, const Message& message, Responder& responder) {
    const auto stream = responder.Stream(
        200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-cache"}});
    const auto response = session.conversation.Handle(
        message,
        [&](const Notification& notification) { stream->Write(EventOf(Encode(notification))); });
    if (response) stream->Write(EventOf(Encode(*response)));
    stream->Close();
  }

  // Several messages in one body, which the versions up to 2025-03-26 have.
  void HandleBatch(const ServerRequest& request, Responder& responder) {
    const auto session = Find(request);
    if (!session) return responder.Send(session.error());
    if (!AllowsBatches((*session)->conversation.protocol_version())) {
      return responder.Send(Refusal(400, "this version of the protocol has no batches"));
    }
    Json batch;
    try {
      batch = ParseJson(request.body, {}, {request.body.size()});
    } catch (const Error& error) {
      return responder.Send(ErrorResponse(400, kParseError, error.message()));
    }
    if (batch.empty()) return responder.Send(Refusal(400, "an empty batch"));
    const InUse in_use(**session);
    std::string answers;
    for (const Json& item : batch) {
      const std::optional<std::string> answer = AnswerOf(**session, DumpJson(item));
      if (answer) answers += (answers.empty() ? "" : ",") + *answer;
    }
    responder.Send(answers.empty() ? HttpResponse{202, {}, ""} : Json200("[" + answers + "]"));
  }

  static std::optional<std::string> AnswerOf(Session& session, const std::string& text) {
    const auto message = DecodeMessage(text, {text.size()});
    if (!message) return DecodeRefusal(message.error()).body;
    const auto response = session.conversation.Handle(*message, {});
    return response ? std::optional(Encode(*response)) : std::nullopt;
  }

  void Open(const Message& message, Responder& responder) {
    if (!MakeRoom()) return responder.Send(Refusal(503, "too many sessions"));
    SessionPtr session;
    try {
      session = std::make_shared<Session>(make_host_(), options_.server);
    } catch (const Error& error) {
      return responder.Send(ErrorResponse(503, kInternalError, error.what()));
    }
    const auto response = session->conversation.Handle(message, {});
    HttpResponse answer = Json200(Encode(*response));
    if (response->outcome) {
      std::string id = options_.make_session_id();
      answer.headers.Add("Mcp-Session-Id", id);
      const std::lock_guard lock(mutex_);
      sessions_[std::move(id)] = std::move(session);
    }
    responder.Send(std::move(answer));
  }

  // Ends idle sessions when there are too many; false when none of them is idle.
  bool MakeRoom() {
    std::vector<SessionPtr> ended;
    bool room = false;
    {
      const std::lock_guard lock(mutex_);
      const auto deadline = SteadyClock::now() - options_.session_idle;
      for (auto at = sessions_.begin();
           at != sessions_.end() && sessions_.size() >= options_.max_sessions;) {
        const std::lock_guard session_lock(at->second->mutex);
        const bool idle = at->second->at_work == 0 && at->second->last_used <= deadline;
        if (idle) ended.push_back(at->second);
        at = idle ? sessions_.erase(at) : std::next(at);
      }
      room = sessions_.size() < options_.max_sessions;
    }
    for (const SessionPtr& session : ended) session->End();
    return room;
  }

  void HandleGet(const ServerRequest& request, Responder& responder) {
    if (!Accepts(request, "text/event-stream")) {
      return responder.Send(Refusal(406, "the client must accept text/event-stream"));
    }
    const auto session = Find(request);
    if (!session) return responder.Send(session.error());
    const bool taken = (*session)->Listen([&] {
      return responder.Stream(
          200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-cache"}});
    });
    if (!taken) responder.Send(Refusal(409, "this session has a stream already"));
  }

  void HandleDelete(const ServerRequest& request, Responder& responder) {
    const auto session = Find(request);
    if (!session) return responder.Send(session.error());
    {
      const std::lock_guard lock(mutex_);
      sessions_.erase(std::string(request.headers.Get("Mcp-Session-Id")));
    }
    (*session)->End();
    responder.Send({204, {}, ""});
  }

  McpHttpOptions options_;
  const HostFactory make_host_;
  mutable std::mutex mutex_;
  std::map<std::string, SessionPtr> sessions_;
  std::optional<net::HttpServer> server_;  // last: its threads use all of the above
};

McpHttpServer::McpHttpServer(McpHttpOptions options, HostFactory make_host)
    : state_(std::make_unique<State>(std::move(options), std::move(make_host))) {}
McpHttpServer::~McpHttpServer() = default;

std::string McpHttpServer::url() const { return state_->url(); }
std::size_t McpHttpServer::session_count() const { return state_->session_count(); }
void McpHttpServer::NotifyToolsChanged() { state_->NotifyToolsChanged(); }
void McpHttpServer::Stop(std::chrono::milliseconds grace) { state_->Stop(grace); }

}  // namespace kedge::rpc
