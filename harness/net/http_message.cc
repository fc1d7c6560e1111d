#include "harness/net/http_message.h"

#include <utility>

namespace kedge::net {

HttpResponse MakeResponse(int status, std::string content_type, std::string body) {
  return {status, {{"Content-Type", std::move(content_type)}}, std::move(body)};
}

}  // namespace kedge::net
