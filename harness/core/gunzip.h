#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kedge {

/// Decompresses gzip (RFC 1952, several members too) or zlib (RFC 1950) data held in memory. Throws
/// Error(kBadData) where the data is damaged, cut off or followed by something else, and as soon as
/// more than `max_bytes` would come out: a small body cannot fill the memory.
std::string Gunzip(std::string_view bytes, std::size_t max_bytes);

}  // namespace kedge
