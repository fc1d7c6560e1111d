#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/core/json.h"
#include "harness/core/result.h"
#include "harness/process/deadline.h"
#include "harness/rpc/jsonrpc.h"
#include "harness/rpc/line_transport.h"

namespace kedge::rpc {

/// What the other side may ask of us while we wait for its answer.
class PeerHandler {
 public:
  virtual ~PeerHandler() = default;
  /// The result, or the error to answer with. May throw: the exception leaves LinePeer::Call, and
  /// the peer is of no further use.
  virtual tl::expected<Json, RpcError> OnRequest(const std::string& method, const Json& params) = 0;
  virtual void OnNotification(const std::string& method, const Json& params) = 0;
};

/// Why a call brought no result. After any of them but kRefused the stream may be out of step:
/// close it.
struct CallFailure {
  enum class Kind {
    kTimeout,      ///< nothing came by the deadline, nor in the grace time after it
    kLateReply,    ///< the answer came after the deadline
    kClosed,       ///< the stream ended
    kTooLong,      ///< a line longer than PeerOptions::max_message_bytes
    kOutputLimit,  ///< more output than the transport allows
    kInvalidUtf8,  ///< a line that is not UTF-8
    kProtocol,     ///< a line that is no message, or an answer to a question nobody asked
    kRefused,      ///< a well-formed error response, which is in `error`
  };
  Kind kind = Kind::kProtocol;
  std::string text;
  RpcError error;
};

struct PeerOptions {
  std::size_t max_message_bytes = std::size_t{16} << 20;
  /// How long to go on listening after a deadline, only to tell a late answer from none.
  std::chrono::milliseconds late_grace{100};
};

/// One end of a JSON-RPC 2.0 conversation, one message per line. We call, and while we wait the
/// other side may send requests and notifications; one call at a time. Request ids are 1, 2, ...
/// Not thread-safe.
class LinePeer {
 public:
  /// `transport` is not owned and must outlive this.
  explicit LinePeer(LineTransport& transport, PeerOptions options = {})
      : transport_(transport), options_(options) {}

  /// Sends a request and waits for its response. Everything must be over by `deadline`: writing,
  /// the other side's requests, the response. An answer that is already there counts though the
  /// other side reads no more.
  tl::expected<Json, CallFailure> Call(const std::string& method, Json params,
                                       process::Deadline deadline, PeerHandler& handler);

  /// True if the other side has said something (or hung up) while nobody waited for it. Does not
  /// block. What it said is lost.
  bool HasUnasked();

 private:
  using Outcome = tl::expected<Json, CallFailure>;

  Outcome Receive(const Id& id, process::Deadline deadline, PeerHandler& handler);
  Outcome ReadLeft(const Id& id, process::Deadline deadline, PeerHandler& handler,
                   const char* doing);
  CallFailure AwaitLate(const Id& id, process::Deadline deadline);

  LineTransport& transport_;
  const PeerOptions options_;
  std::int64_t last_id_ = 0;
};

}  // namespace kedge::rpc
