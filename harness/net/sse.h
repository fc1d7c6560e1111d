#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kedge::net {

/// One event of a text/event-stream (WHATWG HTML Living Standard, section 9.2).
struct SseEvent {
  std::string type;  ///< the `event` field; empty means "message"
  std::string data;  ///< the `data` lines, joined by \n
  std::string id;    ///< the stream's last event id at this event
  bool operator==(const SseEvent&) const = default;
};

/// Reads an event stream that arrives in pieces of any size: lines may end in \n, \r or \r\n, and
/// a piece may end anywhere, between \r and \n or inside a character included. Events without
/// `data` are dropped, as is an event that the stream's end cuts off. Not thread-safe.
class SseParser {
 public:
  using Sink = std::function<void(const SseEvent&)>;

  /// `max_event_bytes` bounds one line as well as one event's data.
  explicit SseParser(std::size_t max_event_bytes = std::size_t{16} << 20)
      : max_event_bytes_(max_event_bytes) {}

  /// Takes the next piece and hands over the events that it completes. What `sink` throws leaves
  /// this function and ends the use of the parser. Throws Error(kBadData) beyond the limit.
  void Feed(std::string_view bytes, const Sink& sink);

  /// The id to send as Last-Event-ID when reconnecting; empty when none was given.
  const std::string& last_event_id() const { return last_id_; }
  /// What the server last asked to wait before reconnecting, milliseconds.
  std::optional<std::int64_t> retry_ms() const { return retry_ms_; }

 private:
  void EndLine(const Sink& sink);
  void TakeField(std::string_view name, std::string_view value);
  void Dispatch(const Sink& sink);

  const std::size_t max_event_bytes_;
  std::string line_;
  bool first_line_ = true;
  bool skip_newline_ = false;  // the piece before ended in \r
  SseEvent event_;
  bool has_data_ = false;
  std::string last_id_;
  std::optional<std::int64_t> retry_ms_;
};

/// The event as bytes of a stream, its empty line included. A line break in `data` begins another
/// `data` line; in `type` or `id` it is left out.
std::string EncodeSse(const SseEvent& event);

}  // namespace kedge::net
