#include "harness/net/sse.h"

#include <algorithm>
#include <charconv>

#include "harness/core/error.h"

namespace kedge::net {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string OneLine(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
  return text;
}

}  // namespace

void SseParser::Feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    if (skip_newline_) {
      skip_newline_ = false;
      if (bytes.front() == '\n') bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    if (line_.size() > max_event_bytes_) {
      throw BadData("a line of the event stream is longer than " +
                    std::to_string(max_event_bytes_) + " bytes");
    }
    if (end == std::string_view::npos) return;
    skip_newline_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    EndLine(sink);
    line_.clear();
  }
}

void SseParser::EndLine(const Sink& sink) {
  std::string_view line = line_;
  if (first_line_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  first_line_ = false;
  if (line.empty()) return Dispatch(sink);
  const std::size_t colon = line.find(':');
  if (colon == 0) return;  // a comment
  if (colon == std::string_view::npos) return TakeField(line, "");
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  TakeField(line.substr(0, colon), value);
}

void SseParser::TakeField(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (has_data_) event_.data += '\n';
    has_data_ = true;
    event_.data += value;
    if (event_.data.size() > max_event_bytes_) {
      throw BadData("an event of the stream is longer than " + std::to_string(max_event_bytes_) +
                    " bytes");
    }
  } else if (name == "event") {
    event_.type = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) last_id_ = value;
  } else if (name == "retry") {
    std::int64_t milliseconds = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, milliseconds);
    if (error == std::errc{} && stop == end && milliseconds >= 0) retry_ms_ = milliseconds;
  }
}

void SseParser::Dispatch(const Sink& sink) {
  SseEvent event = std::move(event_);
  event_ = {};
  if (!has_data_) return;
  has_data_ = false;
  event.id = last_id_;
  sink(event);
}

std::string EncodeSse(const SseEvent& event) {
  std::string out;
  if (!event.type.empty()) out += "event: " + OneLine(event.type) + "\n";
  if (!event.id.empty()) out += "id: " + OneLine(event.id) + "\n";
  std::string_view rest = event.data;
  while (true) {
    const std::size_t end = rest.find_first_of("\r\n");
    out.append("data: ").append(rest.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  return out += "\n";
}

}  // namespace kedge::net
