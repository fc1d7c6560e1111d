#pragma once

namespace kedge::text {

/// True if `value` is a whole multiple of `divisor` (> 0), both taken as the shortest decimal
/// number that prints them: 0.0075 is a multiple of 0.0001 although no double quotient says so.
/// Exact for every finite double.
bool IsDecimalMultiple(double value, double divisor);

}  // namespace kedge::text
