#pragma once

#include <string>

#include "harness/net/headers.h"

namespace kedge::net {

/// An HTTP response, as a client got it or as a server shall send it. Value type.
struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
};

/// A response of one media type.
HttpResponse MakeResponse(int status, std::string content_type, std::string body);

}  // namespace kedge::net
