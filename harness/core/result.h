#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "harness/core/error.h"

namespace kedge {

/// A value or the Error that prevented it, for failures that are ordinary data. Unlike
/// tl::expected it may not be ignored.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(tl::expected<T, Error>&& other) : tl::expected<T, Error>(std::move(other)) {}

  /// The value, or throws the Error.
  T ValueOrThrow() && {
    if (!this->has_value()) throw std::move(this->error());
    return std::move(this->value());
  }
};

/// `return Fail(BadData("..."));`
inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace kedge
