#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// Host names that links may lead to. Immutable after construction.
class HostList {
 public:
  HostList() = default;
  /// `example.com` means that host alone, `*.example.com` every host below it. Names are compared
  /// in their ASCII form (IDNA, UTS #46). Throws Error(kBadData) for what is no host name.
  explicit HostList(const std::vector<std::string>& hosts);

  bool Allows(std::string_view host) const;
  bool empty() const { return exact_.empty() && below_.empty(); }

 private:
  std::vector<std::string> exact_;
  std::vector<std::string> below_;  // with the leading dot
};

/// The ASCII form of a host name, lower case, without a final dot (UTS #46, non-transitional);
/// empty when it has none.
std::string AsciiHost(std::string_view host);

/// The host of an http, https, ftp, ws or scheme-relative URL, as AsciiHost gives it; user
/// information and port are left out. Empty when the text is no such URL. White space and control
/// characters inside are skipped and `\` read as `/`, as browsers do.
std::string HostOfUrl(std::string_view url);

}  // namespace kedge::guards
