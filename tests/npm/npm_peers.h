#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "tests/testing/needs.h"

namespace kedge::testing {

/// node is there and tests/npm/node_modules is installed (`ci/setup test`).
bool NpmPeersPresent();

/// A script or package file below tests/npm, as an absolute path.
std::string NpmPath(const std::string& relative);

/// Runs `node tests/npm/<script> arguments...` and returns what it prints, parsed as one JSON
/// value. A script that fails, hangs or prints something else is a test failure, and gives null.
Json RunNode(const std::string& script, const std::vector<std::string>& arguments,
             std::chrono::milliseconds patience = std::chrono::seconds(60));

}  // namespace kedge::testing

#define KEDGE_NEED_NPM() \
  KEDGE_NEED("npm", ::kedge::testing::NpmPeersPresent(), "no node, or npm packages not installed")
