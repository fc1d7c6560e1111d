#pragma once

#include <cstdint>
#include <string_view>

#include "guards/detect/number_finder.h"

namespace kedge::guards {

/// A value that is given to a name, as configuration files, programs and JSON write it:
/// `API_KEY=value`, `"api_key": "value"`, `api_key := 'value'`, `get("api_key", "value")`.
struct Assignment {
  ByteRange name;
  ByteRange value;  ///< without quotes; empty when nothing is assigned
};

/// The assignment to the name that contains bytes [begin, end) of `text`, with at most `suffix`
/// bytes of name behind them. Constant time.
Assignment FindAssignment(std::string_view text, std::uint32_t begin, std::uint32_t end,
                          std::uint32_t suffix);

}  // namespace kedge::guards
