#include "harness/rpc/line_peer.h"

#include <optional>
#include <utility>
#include <variant>

namespace kedge::rpc {
namespace {

using process::Deadline;
using process::IoStatus;
using FailureKind = CallFailure::Kind;

CallFailure Failure(FailureKind kind, std::string text) { return {kind, std::move(text), {}}; }

CallFailure IoFailure(IoStatus status, const char* doing) {
  const std::string when = std::string(" while ") + doing;
  switch (status) {
    case IoStatus::kTimeout:
      return Failure(FailureKind::kTimeout, "the deadline passed" + when);
    case IoStatus::kTooLong:
      return Failure(FailureKind::kTooLong, "a line was too long" + when);
    case IoStatus::kOutputLimit:
      return Failure(FailureKind::kOutputLimit, "too much output" + when);
    case IoStatus::kClosed:
    case IoStatus::kOk:
      break;
  }
  return Failure(FailureKind::kClosed, "the stream ended" + when);
}

CallFailure DecodeFailure(const DecodeError& error) {
  switch (error.kind) {
    case DecodeError::Kind::kInvalidUtf8:
      return Failure(FailureKind::kInvalidUtf8, "a line was not valid UTF-8");
    case DecodeError::Kind::kTooLong:
      return Failure(FailureKind::kTooLong, "a line was " + error.text);
    case DecodeError::Kind::kNotJson:
      return Failure(FailureKind::kProtocol, "a line was not JSON: " + error.text);
    case DecodeError::Kind::kNotMessage:
      break;
  }
  return Failure(FailureKind::kProtocol, "a line was no JSON-RPC 2.0 message: " + error.text);
}

bool Answers(const Message& message, const Id& id) {
  const auto* response = std::get_if<Response>(&message);
  return response != nullptr && response->id == id;
}

CallFailure WrongId(const Response& response) {
  const std::string id = response.id ? ToString(*response.id) : "null";
  if (response.outcome)
    return Failure(FailureKind::kProtocol, "an answer to unknown request " + id);
  return Failure(FailureKind::kProtocol, "an error response to unknown request " + id + ": " +
                                             response.outcome.error().message);
}

tl::expected<Json, CallFailure> ResultOf(Response& response) {
  if (response.outcome) return std::move(*response.outcome);
  RpcError& error = response.outcome.error();
  CallFailure refused =
      Failure(FailureKind::kRefused, "error " + std::to_string(error.code) + ": " + error.message);
  refused.error = std::move(error);
  return tl::make_unexpected(std::move(refused));
}

}  // namespace

tl::expected<Json, CallFailure> LinePeer::Call(const std::string& method, Json params,
                                               Deadline deadline, PeerHandler& handler) {
  const Id id = ++last_id_;
  const IoStatus sent =
      transport_.WriteLine(Encode(Request{id, method, std::move(params)}), deadline);
  if (sent == IoStatus::kClosed) return ReadLeft(id, deadline, handler, "a request was written");
  if (sent != IoStatus::kOk) return tl::make_unexpected(IoFailure(sent, "a request was written"));
  return Receive(id, deadline, handler);
}

LinePeer::Outcome LinePeer::Receive(const Id& id, Deadline deadline, PeerHandler& handler) {
  while (true) {
    const process::ReadResult read = transport_.ReadLine(deadline, options_.max_message_bytes);
    if (read.status == IoStatus::kTimeout) return tl::make_unexpected(AwaitLate(id, deadline));
    if (read.status != IoStatus::kOk) {
      return tl::make_unexpected(IoFailure(read.status, "an answer was awaited"));
    }
    auto message = DecodeMessage(read.line, {options_.max_message_bytes});
    if (!message) return tl::make_unexpected(DecodeFailure(message.error()));
    if (deadline.Passed()) {
      if (!Answers(*message, id)) return tl::make_unexpected(AwaitLate(id, deadline));
      return tl::make_unexpected(
          Failure(FailureKind::kLateReply, "the answer came after the deadline"));
    }
    if (auto* request = std::get_if<Request>(&*message)) {
      const Response reply{request->id, handler.OnRequest(request->method, request->params)};
      const IoStatus sent = transport_.WriteLine(Encode(reply), deadline);
      if (sent == IoStatus::kClosed) {
        return ReadLeft(id, deadline, handler, "a request was answered");
      }
      if (sent != IoStatus::kOk) {
        return tl::make_unexpected(IoFailure(sent, "a request was answered"));
      }
    } else if (auto* notification = std::get_if<Notification>(&*message)) {
      handler.OnNotification(notification->method, notification->params);
    } else {
      auto& response = std::get<Response>(*message);
      if (response.id != id) return tl::make_unexpected(WrongId(response));
      return ResultOf(response);
    }
  }
}

// It reads no more, but may have answered before it stopped.
LinePeer::Outcome LinePeer::ReadLeft(const Id& id, Deadline deadline, PeerHandler& handler,
                                     const char* doing) {
  const Deadline end = Deadline::Earlier(deadline, Deadline::After(options_.late_grace));
  while (true) {
    const process::ReadResult read = transport_.ReadLine(end, options_.max_message_bytes);
    if (read.status != IoStatus::kOk) break;
    auto message = DecodeMessage(read.line, {options_.max_message_bytes});
    if (!message) break;
    if (Answers(*message, id)) return ResultOf(std::get<Response>(*message));
    if (auto* notification = std::get_if<Notification>(&*message)) {
      handler.OnNotification(notification->method, notification->params);
    }
    if (end.Passed()) break;
  }
  return tl::make_unexpected(IoFailure(IoStatus::kClosed, doing));
}

// The call has failed; what is left to find out is whether the other side is slow or silent.
CallFailure LinePeer::AwaitLate(const Id& id, Deadline deadline) {
  const Deadline end = deadline.Plus(options_.late_grace);
  while (true) {
    const process::ReadResult read = transport_.ReadLine(end, options_.max_message_bytes);
    if (read.status != IoStatus::kOk) break;
    const auto message = DecodeMessage(read.line, {options_.max_message_bytes});
    if (message && Answers(*message, id)) {
      return Failure(FailureKind::kLateReply, "the answer came after the deadline");
    }
    if (end.Passed()) break;
  }
  return Failure(FailureKind::kTimeout, "no answer by the deadline");
}

bool LinePeer::HasUnasked() {
  const Deadline now = Deadline::After(std::chrono::nanoseconds(0));
  return transport_.ReadLine(now, options_.max_message_bytes).status != IoStatus::kTimeout;
}

}  // namespace kedge::rpc
