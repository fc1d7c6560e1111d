#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge {

/// Internal to core: the numbers of JSON, shared by the JSON and YAML readers and the canonical
/// writer.

/// The number (RFC 8259, section 6) at the start of a text; length 0 if there is none.
struct NumberToken {
  std::size_t length = 0;
  bool integral = true;  ///< neither fraction nor exponent
};
NumberToken ScanNumber(std::string_view text);

/// The value of a number that ScanNumber accepted as a whole: an integer when it is written as one
/// and fits 64 bits, else a double. A longer integer is read only if it is how ECMAScript prints a
/// double (1e20 is printed with all its zeros), so that no digit is lost. False when the number
/// does not fit, or is too small for a double.
bool ReadNumber(std::string_view literal, bool integral, Json& out);

/// Appends `value` (finite) as ECMAScript's Number::toString writes it (ECMA-262, 6.1.6.1.20).
void AppendEcmaNumber(double value, std::string& out);

}  // namespace kedge
