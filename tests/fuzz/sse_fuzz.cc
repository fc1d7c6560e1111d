// Any bytes as an event stream: where the pieces end changes nothing, and what is read can be
// written and read again.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/error.h"
#include "harness/net/sse.h"

namespace {

using kedge::net::SseEvent;

std::vector<SseEvent> Parse(std::string_view bytes, std::size_t piece) {
  kedge::net::SseParser parser;
  std::vector<SseEvent> events;
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    parser.Feed(bytes.substr(i, piece), [&](const SseEvent& event) { events.push_back(event); });
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<SseEvent> events = Parse(bytes, std::max<std::size_t>(size, 1));
  if (Parse(bytes, 1) != events || Parse(bytes, 7) != events) std::abort();
  for (SseEvent event : events) {
    const std::string written = kedge::net::EncodeSse(event);
    std::erase(event.type, '\0');  // what no writer sends
    if (Parse(written, written.size()) != std::vector{event}) std::abort();
  }
  return 0;
}
