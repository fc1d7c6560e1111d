#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "harness/core/error.h"

namespace kedge::testing {

/// Runs `action`, which must throw a kedge::Error, and returns it; a test failure otherwise.
inline Error ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& other) {
    ADD_FAILURE() << "threw something else: " << other.what();
    return InternalError("");
  }
  ADD_FAILURE() << "threw nothing";
  return InternalError("");
}

inline std::string Repeat(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

}  // namespace kedge::testing
