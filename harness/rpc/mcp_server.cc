#include "harness/rpc/mcp_server.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <utility>
#include <variant>

#include "harness/core/log.h"

namespace kedge::rpc {
namespace {

tl::unexpected<RpcError> Refuse(std::int64_t code, std::string message) {
  return tl::make_unexpected(RpcError{code, std::move(message), nullptr});
}

const Json* Find(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

// The key under which a request is remembered; "1" and 1 differ.
std::string KeyOf(const Json& id) { return DumpJson(id); }

std::optional<std::size_t> ParseCursor(const Json& cursor) {
  if (!cursor.is_string()) return std::nullopt;
  const auto& text = cursor.get_ref<const std::string&>();
  std::size_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

class McpServerSession::Context : public McpCallContext {
 public:
  Context(McpServerSession& session, Json token, const Outlet& related, std::stop_token stop)
      : session_(session), token_(std::move(token)), related_(related), stop_(std::move(stop)) {}

  std::stop_token stop_token() const override { return stop_; }
  void ToolsChanged() override { session_.NotifyToolsChanged(); }

  void Progress(double progress, std::optional<double> total, const std::string& message) override {
    if (token_.is_null() || !related_) return;
    Json params = {{"progressToken", token_}, {"progress", progress}};
    if (total) params["total"] = *total;
    if (!message.empty()) params["message"] = message;
    related_(Notification{"notifications/progress", std::move(params)});
  }

 private:
  McpServerSession& session_;
  const Json token_;
  const Outlet& related_;
  const std::stop_token stop_;
};

McpServerSession::McpServerSession(McpToolHost& host, McpServerOptions options)
    : host_(host), options_(std::move(options)) {}

void McpServerSession::SetOutlet(Outlet outlet) {
  const std::lock_guard lock(mutex_);
  outlet_ = std::move(outlet);
}

void McpServerSession::NotifyToolsChanged() {
  Outlet outlet;
  {
    const std::lock_guard lock(mutex_);
    outlet = outlet_;
  }
  if (outlet) outlet(Notification{"notifications/tools/list_changed", nullptr});
}

std::string McpServerSession::protocol_version() const {
  const std::lock_guard lock(mutex_);
  return protocol_version_;
}

void McpServerSession::Abandon() {
  const std::lock_guard lock(mutex_);
  for (auto& [key, stop] : running_) stop.request_stop();
}

std::optional<Response> McpServerSession::Handle(const Message& message, const Outlet& related) {
  if (const auto* notification = std::get_if<Notification>(&message)) {
    OnNotification(*notification);
    return std::nullopt;
  }
  const auto* request = std::get_if<Request>(&message);
  if (request == nullptr) return std::nullopt;  // we ask nothing, so it answers nothing
  const std::string key = ToString(request->id);
  std::stop_source stop;
  {
    const std::lock_guard lock(mutex_);
    if (!running_.emplace(key, stop).second) {
      return Response{request->id,
                      Refuse(kInvalidRequest, "a request with this id is still running")};
    }
  }
  Response response{request->id, Dispatch(*request, related, stop.get_token())};
  const std::lock_guard lock(mutex_);
  running_.erase(key);
  if (stop.stop_requested()) return std::nullopt;
  return response;
}

McpServerSession::Outcome McpServerSession::Dispatch(const Request& request, const Outlet& related,
                                                     std::stop_token stop) {
  try {
    if (request.method == "ping") return Json::object();
    if (request.method == "initialize") return Initialize(request.params);
    if (protocol_version().empty()) {
      return Refuse(kInvalidRequest, "the first request must be initialize");
    }
    if (request.method == "tools/list") return ListTools(request.params);
    if (request.method == "tools/call") return CallTool(request.params, related, std::move(stop));
    return Refuse(kMethodNotFound, "no method " + request.method);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "MCP " + request.method + ": " + error.what());
    return Refuse(kInternalError, "internal error");
  }
}

McpServerSession::Outcome McpServerSession::Initialize(const Json& params) {
  const Json* asked = Find(params, "protocolVersion");
  if (asked == nullptr || !asked->is_string()) {
    return Refuse(kInvalidParams, "protocolVersion is missing");
  }
  std::string version = asked->get<std::string>();
  if (!IsMcpVersion(version)) version = kMcpVersions.front();
  {
    const std::lock_guard lock(mutex_);
    if (!protocol_version_.empty()) return Refuse(kInvalidRequest, "already initialized");
    protocol_version_ = version;
  }
  Json result = {
      {"protocolVersion", version},
      {"capabilities", {{"tools", {{"listChanged", true}}}}},
      {"serverInfo", {{"name", options_.server.name}, {"version", options_.server.version}}}};
  if (const std::string text = host_.instructions(); !text.empty()) result["instructions"] = text;
  return result;
}

McpServerSession::Outcome McpServerSession::ListTools(const Json& params) {
  const std::vector<McpTool> tools = host_.ListTools();
  std::size_t begin = 0;
  if (const Json* cursor = Find(params, "cursor")) {
    const auto parsed = ParseCursor(*cursor);
    if (!parsed || *parsed >= tools.size()) return Refuse(kInvalidParams, "unknown cursor");
    begin = *parsed;
  }
  const std::size_t end =
      std::min(tools.size(), begin + std::max<std::size_t>(1, options_.page_size));
  Json result = {{"tools", Json::array()}};
  for (std::size_t i = begin; i < end; ++i) result["tools"].push_back(tools[i].definition);
  if (end < tools.size()) result["nextCursor"] = std::to_string(end);
  return result;
}

McpServerSession::Outcome McpServerSession::CallTool(const Json& params, const Outlet& related,
                                                     std::stop_token stop) {
  const Json* name = Find(params, "name");
  if (name == nullptr || !name->is_string()) return Refuse(kInvalidParams, "name is missing");
  const Json* given = Find(params, "arguments");
  if (given != nullptr && !given->is_object()) {
    return Refuse(kInvalidParams, "arguments is not an object");
  }
  const Json arguments = given != nullptr ? *given : Json::object();
  const Json* meta = Find(params, "_meta");
  const Json* token = meta != nullptr ? Find(*meta, "progressToken") : nullptr;

  const std::lock_guard one_at_a_time(call_mutex_);
  if (stop.stop_requested()) return Refuse(kInvalidRequest, "cancelled");
  Context context(*this, token != nullptr ? *token : Json(), related, std::move(stop));
  auto result = host_.CallTool(name->get<std::string>(), arguments, context);
  if (!result) return tl::make_unexpected(std::move(result.error()));
  return ToJson(*result);
}

void McpServerSession::OnNotification(const Notification& notification) {
  if (notification.method != "notifications/cancelled") return;
  const Json* id = Find(notification.params, "requestId");
  if (id == nullptr) return;
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(KeyOf(*id));
  if (found != running_.end()) found->second.request_stop();
}

}  // namespace kedge::rpc
