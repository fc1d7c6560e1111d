#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/core/json.h"
#include "harness/core/result.h"

namespace kedge::rpc {

/// JSON-RPC 2.0 (jsonrpc.org/specification, 2013-01-04), one message at a time; no batches.

/// Error codes of the specification, section 5.1.
inline constexpr std::int64_t kParseError = -32700;
inline constexpr std::int64_t kInvalidRequest = -32600;
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
inline constexpr std::int64_t kInternalError = -32603;

/// What ties a response to its request: an integer or a string. The specification also allows
/// fractions (and advises against them) and null (only for a response to an unreadable request).
using Id = std::variant<std::int64_t, std::string>;

struct Request {
  Id id;
  std::string method;
  Json params = nullptr;  ///< an object or an array; null: the member is absent
};

struct Notification {
  std::string method;
  Json params = nullptr;  ///< as in Request
};

struct RpcError {
  std::int64_t code = kInternalError;
  std::string message;
  Json data = nullptr;  ///< null: the member is absent
};

struct Response {
  std::optional<Id> id;                  ///< absent (null) only in an error response
  tl::expected<Json, RpcError> outcome;  ///< the result, or the error
};

using Message = std::variant<Request, Notification, Response>;

/// Why a line is not a message.
struct DecodeError {
  enum class Kind {
    kTooLong,      ///< longer than JsonLimits::max_bytes
    kInvalidUtf8,  ///< not UTF-8
    kNotJson,      ///< not one JSON value within the limits (reply with kParseError)
    kNotMessage,   ///< JSON, but no JSON-RPC 2.0 message (reply with kInvalidRequest)
  };
  Kind kind = Kind::kNotJson;
  std::string text;      ///< what is wrong; names the member
  std::optional<Id> id;  ///< of the broken message, where it could be read
};

/// Reads one message. Strict: `jsonrpc` must be "2.0", members must have their types, exactly one
/// of `result` and `error` may be there, and members that the specification does not name are
/// errors, because a misspelt one would otherwise be silently without effect.
tl::expected<Message, DecodeError> DecodeMessage(std::string_view text,
                                                 const JsonLimits& limits = {});

/// One line without the newline. Text that is not UTF-8 is sent with U+FFFD in its place.
std::string Encode(const Request& request);
std::string Encode(const Notification& notification);
std::string Encode(const Response& response);

/// The id as it looks in JSON, for messages to people: 7 or "seven".
std::string ToString(const Id& id);

}  // namespace kedge::rpc
