#include "harness/rpc/mcp_client.h"

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "harness/core/utf8.h"

namespace kedge::rpc {
namespace {

using process::Deadline;
using process::IoStatus;
using FailureKind = CallFailure::Kind;

// How long a stop request may go unseen, and how long the goodbye to a call may take.
constexpr auto kStopCheck = std::chrono::milliseconds(50);
constexpr auto kCancelTime = std::chrono::milliseconds(1000);
constexpr std::size_t kMaxTroubleBytes = 2000;

tl::unexpected<CallFailure> Fails(FailureKind kind, std::string text) {
  return tl::make_unexpected(CallFailure{kind, std::move(text), {}});
}

tl::unexpected<CallFailure> Breaks(const std::string& what) {
  return Fails(FailureKind::kProtocol, what);
}

std::string StringMember(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json ObjectMember(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_object() ? *found : Json::object();
}

tl::expected<McpServerInfo, CallFailure> ReadServerInfo(const Json& result) {
  McpServerInfo info;
  info.protocol_version = StringMember(result, "protocolVersion");
  if (!IsMcpVersion(info.protocol_version)) {
    return Breaks("the server speaks version '" + Elide(info.protocol_version, 40) +
                  "' of the protocol, which kedge does not");
  }
  info.capabilities = ObjectMember(result, "capabilities");
  const Json server = ObjectMember(result, "serverInfo");
  info.server = {StringMember(server, "name"), StringMember(server, "version")};
  info.instructions = StringMember(result, "instructions");
  return info;
}

}  // namespace

McpClient::McpClient(std::unique_ptr<LineTransport> transport, McpClientOptions options,
                     PeerHandler* handler)
    : transport_(std::move(transport)), options_(std::move(options)), handler_(handler) {}

McpClient::~McpClient() = default;

tl::expected<McpServerInfo, CallFailure> McpClient::Initialize(Deadline deadline) {
  const Outcome result =
      Call("initialize",
           {{"protocolVersion", options_.protocol_version},
            {"capabilities", options_.capabilities},
            {"clientInfo", {{"name", options_.client.name}, {"version", options_.client.version}}}},
           deadline);
  if (!result) return tl::make_unexpected(result.error());
  auto info = ReadServerInfo(*result);
  if (!info) return info;
  const IoStatus sent =
      transport_->WriteLine(Encode(Notification{"notifications/initialized", nullptr}), deadline);
  if (sent != IoStatus::kOk) return tl::make_unexpected(Ended(sent, "the handshake ended"));
  return info;
}

tl::expected<std::vector<McpTool>, CallFailure> McpClient::ListTools(Deadline deadline) {
  tools_changed_ = false;
  std::vector<McpTool> tools;
  std::set<std::string> names, cursors;
  Json params = Json::object();
  while (true) {
    const Outcome page = Call("tools/list", params, deadline);
    if (!page) return tl::make_unexpected(page.error());
    const auto list = page->is_object() ? page->find("tools") : page->end();
    if (list == page->end() || !list->is_array()) return Breaks("tools/list gave no list of tools");
    for (const Json& definition : *list) {
      auto tool = ReadMcpTool(definition);
      if (!tool) return Breaks(std::string("tools/list: ") + tool.error().what());
      if (!names.insert(tool->name).second) return Breaks("two tools are named " + tool->name);
      tools.push_back(std::move(*tool));
    }
    if (tools.size() > options_.max_tools) return Breaks("the server lists too many tools");
    const std::string cursor = StringMember(*page, "nextCursor");
    if (cursor.empty()) return tools;
    if (!cursors.insert(cursor).second || cursors.size() > options_.max_tools) {
      return Breaks("the pages of tools/list never end");
    }
    params = {{"cursor", cursor}};
  }
}

tl::expected<McpCallResult, CallFailure> McpClient::CallTool(const std::string& name,
                                                             const Json& arguments,
                                                             Deadline deadline,
                                                             std::stop_token stop) {
  const Outcome result =
      Call("tools/call", {{"name", name}, {"arguments", arguments}}, deadline, std::move(stop));
  if (!result) return tl::make_unexpected(result.error());
  auto read = ReadMcpCallResult(*result);
  if (!read) return Breaks(read.error().what());
  return std::move(*read);
}

tl::expected<Json, CallFailure> McpClient::Ping(Deadline deadline) {
  return Call("ping", nullptr, deadline);
}

tl::expected<Json, CallFailure> McpClient::Call(const std::string& method, Json params,
                                                Deadline deadline, std::stop_token stop) {
  const Id id = ++last_id_;
  const IoStatus sent =
      transport_->WriteLine(Encode(Request{id, method, std::move(params)}), deadline);
  if (sent != IoStatus::kOk) {
    return tl::make_unexpected(Ended(sent, ("the server was asked for " + method).c_str()));
  }
  Outcome outcome = Await(id, deadline, stop);
  // The protocol forbids to cancel the handshake.
  if (!outcome && outcome.error().kind == FailureKind::kTimeout && method != "initialize") {
    Cancel(id, stop.stop_requested() ? "stopped" : "timed out");
  }
  return outcome;
}

McpClient::Outcome McpClient::Await(const Id& id, Deadline deadline, const std::stop_token& stop) {
  while (true) {
    if (stop.stop_requested()) return Fails(FailureKind::kTimeout, "stopped");
    const Deadline slice =
        stop.stop_possible() ? Deadline::Earlier(deadline, Deadline::After(kStopCheck)) : deadline;
    const process::ReadResult read = transport_->ReadLine(slice, options_.max_message_bytes);
    if (read.status == IoStatus::kTimeout && !deadline.Passed()) continue;
    if (read.status != IoStatus::kOk) {
      return tl::make_unexpected(Ended(read.status, "an answer was awaited"));
    }
    if (read.line.empty()) continue;
    auto message = DecodeMessage(read.line, {options_.max_message_bytes});
    if (!message) return Breaks("the server sent what is no message: " + message.error().text);
    if (auto* response = std::get_if<Response>(&*message)) {
      if (response->id != id) continue;  // of a call that was given up
      if (response->outcome) return std::move(*response->outcome);
      RpcError& error = response->outcome.error();
      return tl::make_unexpected(CallFailure{
          FailureKind::kRefused, "error " + std::to_string(error.code) + ": " + error.message,
          std::move(error)});
    }
    if (auto failure = Serve(*message, deadline)) return tl::make_unexpected(std::move(*failure));
  }
}

std::optional<CallFailure> McpClient::Serve(const Message& message, Deadline deadline) {
  if (const auto* notification = std::get_if<Notification>(&message)) {
    if (notification->method == "notifications/tools/list_changed") tools_changed_ = true;
    if (handler_ != nullptr) handler_->OnNotification(notification->method, notification->params);
    return std::nullopt;
  }
  const auto* request = std::get_if<Request>(&message);
  if (request == nullptr) return std::nullopt;
  Response reply{request->id, Json::object()};
  if (request->method != "ping") {
    reply.outcome =
        handler_ != nullptr
            ? handler_->OnRequest(request->method, request->params)
            : tl::make_unexpected(RpcError{kMethodNotFound, "not offered: " + request->method, {}});
  }
  const IoStatus sent = transport_->WriteLine(Encode(reply), deadline);
  if (sent == IoStatus::kOk) return std::nullopt;
  return Ended(sent, "a request of the server was answered");
}

bool McpClient::Listen(Deadline deadline) {
  const process::ReadResult read = transport_->ReadLine(deadline, options_.max_message_bytes);
  if (read.status == IoStatus::kTimeout) return true;
  if (read.status != IoStatus::kOk) return false;
  const auto message = DecodeMessage(read.line, {options_.max_message_bytes});
  if (!message) return read.line.empty();
  return !Serve(*message, Deadline::After(kCancelTime));
}

CallFailure McpClient::Ended(IoStatus status, const char* doing) const {
  CallFailure failure{FailureKind::kClosed, "", {}};
  switch (status) {
    case IoStatus::kTimeout:
      return {FailureKind::kTimeout, "no answer by the deadline", {}};
    case IoStatus::kTooLong:
      return {FailureKind::kTooLong, "the server sent too long a message", {}};
    case IoStatus::kOutputLimit:
      return {FailureKind::kOutputLimit, "the server wrote too much", {}};
    case IoStatus::kClosed:
    case IoStatus::kOk:
      break;
  }
  failure.text = std::string("the connection ended while ") + doing;
  const std::string trouble = transport_->Trouble();
  if (!trouble.empty()) {
    failure.text += ": " + Elide(EscapeControls(trouble), kMaxTroubleBytes);
  }
  return failure;
}

void McpClient::Cancel(const Id& id, const char* reason) {
  const Json request = std::visit([](const auto& value) { return Json(value); }, id);
  // Nothing depends on whether it arrives.
  (void)transport_->WriteLine(
      Encode(Notification{"notifications/cancelled", {{"requestId", request}, {"reason", reason}}}),
      Deadline::After(kCancelTime));
}

}  // namespace kedge::rpc
