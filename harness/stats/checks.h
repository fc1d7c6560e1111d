#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/error.h"

namespace kedge::stats {

/// Argument checks shared by this room; each throws Error(kBadData) that says what was wrong.

inline void Require(bool condition, std::string_view complaint) {
  if (!condition) throw BadData(std::string(complaint));
}

inline void RequireProbability(double p, std::string_view what) {
  if (!(p >= 0 && p <= 1)) throw BadData(std::string(what) + ": expected a number in [0, 1]");
}

/// 0 < x < 1, as needed of levels, alpha and beta.
inline void RequireLevel(double x, std::string_view what) {
  if (!(x > 0 && x < 1)) throw BadData(std::string(what) + ": expected a number between 0 and 1");
}

inline void RequirePositive(double x, std::string_view what) {
  if (!(x > 0) || std::isinf(x)) {
    throw BadData(std::string(what) + ": expected a finite number above 0");
  }
}

inline void RequireFinite(std::span<const double> values, std::string_view what) {
  for (const double v : values) {
    if (!std::isfinite(v)) throw BadData(std::string(what) + ": NaN or infinity among the values");
  }
}

inline void RequireSameSize(std::size_t a, std::size_t b, std::string_view what) {
  if (a != b) {
    throw BadData(std::string(what) + ": lengths differ (" + std::to_string(a) + " and " +
                  std::to_string(b) + ")");
  }
}

}  // namespace kedge::stats
