#include "harness/net/content_coding.h"

#include <string_view>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/gunzip.h"

namespace kedge::net {

std::optional<HttpResponse> DecodeBody(std::string body, std::size_t max_bytes,
                                       ServerRequest& request) {
  const std::string_view coding = request.headers.Get("Content-Encoding");
  if (coding.empty() || EqualsIgnoreCase(coding, "identity")) {
    request.body = std::move(body);
    return std::nullopt;
  }
  if (!EqualsIgnoreCase(coding, "gzip") && !EqualsIgnoreCase(coding, "deflate")) {
    return MakeResponse(415, "text/plain; charset=utf-8",
                        "only gzip and deflate are understood as Content-Encoding\n");
  }
  try {
    request.body = Gunzip(body, max_bytes);
    return std::nullopt;
  } catch (const Error& error) {
    const bool too_large = std::string_view(error.what()).find("more than") != std::string::npos;
    return MakeResponse(too_large ? 413 : 400, "text/plain; charset=utf-8",
                        "the body: " + std::string(error.what()) + "\n");
  }
}

}  // namespace kedge::net
