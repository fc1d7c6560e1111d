#include <charconv>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/net/http_server.h"

namespace kedge::net {

void ParseListenAddress(std::string_view text, std::string_view what, HttpServerOptions& options) {
  std::string_view host = "127.0.0.1";
  std::string_view port = text;
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  }
  unsigned value = 0;
  const char* end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, value);
  if (error != std::errc{} || stop != end || value > 65535 || host.empty()) {
    throw UsageError(std::string(what) + " '" + std::string(text) +
                     "': expected HOST:PORT or PORT, e.g. 127.0.0.1:4318");
  }
  options.host = host;
  options.port = static_cast<std::uint16_t>(value);
}

}  // namespace kedge::net
