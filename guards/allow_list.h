#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"

namespace kedge::guards {

/// A named list of a policy: `allow: {internal: [example.com, '*.example.com', alice]}`. An entry
/// without a dot or with an `@` or `/` names a value; one that looks like a host also admits e-mail
/// addresses and http(s) URLs of exactly that host, `*.host` those of its subdomains. Folded by
/// ASCII case. Immutable.
class AllowList {
 public:
  static AllowList Read(const Node& node);
  /// Text that is not printable ASCII, or that could be read as more than one address, is never
  /// admitted through its host.
  bool Admits(std::string_view value) const;
  /// As the policy lists them, lower case.
  std::vector<std::string> entries() const;

 private:
  bool AdmitsHost(std::string_view host) const;
  std::vector<std::string> exact_;     // sorted
  std::vector<std::string> suffixes_;  // ".example.com"
};

/// The host that a URL (http, https) or an e-mail address surely names, else empty: no user
/// information, no white space, no second address, printable ASCII only. `value` is lower case.
std::string_view SureHost(std::string_view value);

/// The named lists of a policy.
class AllowLists {
 public:
  static AllowLists Read(const Node& node);
  /// Reads a word's `allow:NAME`; fails at an unknown name.
  const AllowList& Find(const Node& node) const;

 private:
  std::map<std::string, AllowList> lists_;
};

}  // namespace kedge::guards
