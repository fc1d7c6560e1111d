#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kedge::net {

/// The bytes that percent-encoded text stands for (RFC 3986, section 2.1); '+' stays '+'. nullopt
/// for a '%' without two hex digits, and for an encoded NUL.
std::optional<std::string> PercentDecode(std::string_view text);

/// The host of an authority ("[::1]:80", "example.org:80"), in lower case and without the port and
/// brackets.
std::string HostOfAuthority(std::string_view authority);

/// True for "localhost", 127.0.0.0/8 and ::1.
bool IsLoopbackHost(std::string_view host);

}  // namespace kedge::net
