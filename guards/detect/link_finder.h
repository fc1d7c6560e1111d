#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guards/detect/host_list.h"

namespace kedge::guards {

/// A place where rendered text would fetch or offer a URL.
struct Link {
  std::string shape;               ///< "image", "link", "reference", "html", "autolink"
  std::string url;                 ///< as written
  std::string host;                ///< ASCII form; empty when there is none that can be read
  std::size_t begin = 0, end = 0;  ///< byte range of the whole construct
};

/// Markdown images and links (inline; reference definitions), HTML attributes that fetch or lead
/// somewhere (src, href, srcset, data, poster, background, action, url(...) in styles), and bare or
/// bracketed URLs, as CommonMark and browsers read them, in order of their beginnings. Relative
/// links and data: images are left out. At most kMaxLinks; a text with more is to be refused.
/// O(bytes).
inline constexpr std::size_t kMaxLinks = 20000;
std::vector<Link> FindLinks(std::string_view text);

/// The links whose host is not on the list (a host that cannot be read is on no list).
std::vector<Link> FindForeignLinks(std::string_view text, const HostList& allowed);

}  // namespace kedge::guards
