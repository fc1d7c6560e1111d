#pragma once

#include <cstdint>
#include <string_view>

namespace kedge::run {

/// CRC-32 of ISO 3309 / ITU-T V.42 (the one of gzip and PNG): Crc32("123456789") == 0xCBF43926.
/// Finds every burst error of up to 32 bits; above 1 GB/s, so that it costs nothing beside the
/// writing of JSON.
std::uint32_t Crc32(std::string_view bytes);

}  // namespace kedge::run
