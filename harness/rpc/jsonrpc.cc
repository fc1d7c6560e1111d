#include "harness/rpc/jsonrpc.h"

#include <initializer_list>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::rpc {
namespace {

using DecodeKind = DecodeError::Kind;

constexpr std::size_t kMaxShownBytes = 80;

// Thrown inside DecodeMessage only: the nesting of checks is flat that way.
struct NotMessage {
  std::string text;
};

std::string Shown(const std::string& text) {
  return "\"" + EscapeControls(Elide(text, kMaxShownBytes)) + "\"";
}

void AllowMembers(const Json& object, std::initializer_list<std::string_view> allowed,
                  const char* what) {
  for (const auto& [key, value] : object.items()) {
    bool known = false;
    for (const std::string_view name : allowed) known = known || key == name;
    if (!known) throw NotMessage{Shown(key) + " is not a member of a " + what};
  }
}

std::optional<std::int64_t> IntegerOf(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return value.get<std::int64_t>();
}

std::optional<Id> IdOf(const Json& message) {
  const auto id = message.find("id");
  if (id == message.end()) return std::nullopt;
  if (id->is_string()) return id->get<std::string>();
  if (const auto number = IntegerOf(*id)) return *number;
  return std::nullopt;
}

std::string MethodOf(const Json& message) {
  const Json& method = message.at("method");
  if (!method.is_string()) throw NotMessage{"method is not a string"};
  return method.get<std::string>();
}

Json ParamsOf(Json& message) {
  const auto params = message.find("params");
  if (params == message.end()) return nullptr;
  if (!params->is_structured()) throw NotMessage{"params is neither an object nor an array"};
  return std::move(*params);
}

Message ReadCall(Json& message) {
  AllowMembers(message, {"jsonrpc", "id", "method", "params"}, "request");
  std::string method = MethodOf(message);
  if (!message.contains("id")) return Notification{std::move(method), ParamsOf(message)};
  const std::optional<Id> id = IdOf(message);
  if (!id) throw NotMessage{"id is neither an integer nor a string"};
  return Request{*id, std::move(method), ParamsOf(message)};
}

RpcError ReadError(Json& error) {
  if (!error.is_object()) throw NotMessage{"error is not an object"};
  AllowMembers(error, {"code", "message", "data"}, "JSON-RPC error");
  const auto code = IntegerOf(error.value("code", Json()));
  if (!code) throw NotMessage{"error.code is not an integer"};
  const auto text = error.find("message");
  if (text == error.end() || !text->is_string()) throw NotMessage{"error.message is not a string"};
  RpcError read{*code, text->get<std::string>(), nullptr};
  if (error.contains("data")) read.data = std::move(error["data"]);
  return read;
}

Message ReadResponse(Json& message) {
  AllowMembers(message, {"jsonrpc", "id", "result", "error"}, "response");
  const bool has_result = message.contains("result");
  const bool has_error = message.contains("error");
  if (has_result && has_error) throw NotMessage{"there is both a result and an error"};
  if (!has_result && !has_error) throw NotMessage{"there is no method, no result and no error"};
  if (!message.contains("id")) throw NotMessage{"a response has no id"};
  const std::optional<Id> id = IdOf(message);
  if (!id && !(has_error && message["id"].is_null())) {
    throw NotMessage{"id is neither an integer nor a string"};
  }
  if (has_result) return Response{id, std::move(message["result"])};
  return Response{id, tl::make_unexpected(ReadError(message["error"]))};
}

Message ReadMessage(Json& message) {
  if (message.is_array()) throw NotMessage{"batches of messages are not supported"};
  if (!message.is_object()) throw NotMessage{"a message must be a JSON object"};
  const auto version = message.find("jsonrpc");
  if (version == message.end() || *version != "2.0") throw NotMessage{"jsonrpc is not \"2.0\""};
  return message.contains("method") ? ReadCall(message) : ReadResponse(message);
}

tl::unexpected<DecodeError> Refuse(DecodeKind kind, std::string text, std::optional<Id> id = {}) {
  return tl::make_unexpected(DecodeError{kind, std::move(text), std::move(id)});
}

Json ToJson(const Id& id) {
  return std::visit([](const auto& value) { return Json(value); }, id);
}

Json Envelope() { return Json{{"jsonrpc", "2.0"}}; }

std::string EncodeCall(Json envelope, const std::string& method, const Json& params) {
  envelope["method"] = method;
  if (!params.is_null()) envelope["params"] = params;
  return DumpJson(envelope);
}

}  // namespace

tl::expected<Message, DecodeError> DecodeMessage(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Refuse(DecodeKind::kTooLong,
                  "longer than " + std::to_string(limits.max_bytes) + " bytes");
  }
  if (!IsValidUtf8(text)) return Refuse(DecodeKind::kInvalidUtf8, "not valid UTF-8");
  Json message;
  try {
    message = ParseJson(text, {}, limits);
  } catch (const Error& error) {
    return Refuse(DecodeKind::kNotJson, error.message());
  }
  try {
    return ReadMessage(message);
  } catch (const NotMessage& reason) {
    return Refuse(DecodeKind::kNotMessage, reason.text,
                  message.is_object() ? IdOf(message) : std::nullopt);
  }
}

std::string Encode(const Request& request) {
  Json envelope = Envelope();
  envelope["id"] = ToJson(request.id);
  return EncodeCall(std::move(envelope), request.method, request.params);
}

std::string Encode(const Notification& notification) {
  return EncodeCall(Envelope(), notification.method, notification.params);
}

std::string Encode(const Response& response) {
  Json envelope = Envelope();
  envelope["id"] = response.id ? ToJson(*response.id) : Json(nullptr);
  if (response.outcome) {
    envelope["result"] = *response.outcome;
  } else {
    const RpcError& error = response.outcome.error();
    envelope["error"] = {{"code", error.code}, {"message", error.message}};
    if (!error.data.is_null()) envelope["error"]["data"] = error.data;
  }
  return DumpJson(envelope);
}

std::string ToString(const Id& id) { return DumpJson(ToJson(id)); }

}  // namespace kedge::rpc
