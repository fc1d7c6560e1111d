#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/net/http_message.h"
#include "harness/net/http_server.h"

namespace kedge::net {

/// Puts `body` into the request, decompressed as its Content-Encoding says (gzip, deflate). Else
/// what to answer: 415 for another coding, 413 above `max_bytes`, 400 for damaged bytes.
std::optional<HttpResponse> DecodeBody(std::string body, std::size_t max_bytes,
                                       ServerRequest& request);

}  // namespace kedge::net
