#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::guards {

/// An amount in whole millionths, so that sums of money are exact and never rounded.

/// Reads `-?digits[.1 to 6 digits]`; nullopt for any other text and beyond +-9.2e12.
std::optional<std::int64_t> ParseMicroUnits(std::string_view text);

/// The amount in a JSON value: text as above, an integer, or a number that has at most six decimal
/// places when printed shortest. nullopt for all else.
std::optional<std::int64_t> MicroUnitsOf(const Json& value);

/// Plain decimal text without trailing zeros beyond two places: "12.50", "0.000001".
std::string FormatMicroUnits(std::int64_t micro);

}  // namespace kedge::guards
