#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/net/http_message.h"

namespace kedge::service {

/// A folder of reports, read-only over HTTP. Nothing outside of it is reachable: `..`, hidden names
/// and symbolic links are not followed. Stateless; thread-safe.
class ReportFiles {
 public:
  /// `folder` need not exist yet. A file of more than `max_file_bytes` is refused (413).
  explicit ReportFiles(std::string folder, std::size_t max_file_bytes = std::size_t{256} << 20)
      : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {}

  /// `path` is percent-decoded and begins with '/'. A folder gives its index.html, or else the list
  /// of what is in it; without a final '/' it is redirected to itself with one, below `prefix`.
  net::HttpResponse Get(std::string_view prefix, std::string_view path) const;

 private:
  const std::string folder_;
  const std::size_t max_file_bytes_;
};

}  // namespace kedge::service
