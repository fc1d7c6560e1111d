#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// Judges a candidate as it stands in the text: separators are skipped, letters may be in either
/// case. O(bytes), no allocation beyond 64 bytes.
using Checksum = bool (*)(std::string_view candidate);

/// The checksum of this name, or nullptr.
Checksum FindChecksum(std::string_view name);
std::vector<std::string> ChecksumNames();

/// ISO/IEC 7812 Luhn over the digits.
bool LuhnValid(std::string_view candidate);
/// ISO 13616: country, its length, and mod 97 = 1 (ISO 7064).
bool IbanValid(std::string_view candidate);
/// Characters of a country's IBAN; 0 for a country that has none. Two capital letters.
unsigned IbanLength(std::string_view country);

}  // namespace kedge::guards
