#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

/// What `kedge compare` was asked for.
struct CompareOptions {
  std::string champion;  ///< FILE or FILE#PICK, see agent/recorded
  std::string candidate;
  std::string policy_file;               ///< kedge.yaml; the defaults when empty
  std::vector<std::string> hard_guards;  ///< added to the policy's
  bool errors_as_recorded = false;
  bool allow_unpaired = false;
  std::int64_t bootstrap = 0;
  std::uint64_t seed = 1;
  std::string html_file;  ///< page to write; none when empty
  bool json = false;
};

/// Compares two recorded subjects and prints the verdict; returns its exit code. Throws Error.
int RunCompare(const CompareOptions& options, std::ostream& out);

/// `kedge compare`
std::unique_ptr<Command> MakeCompareCommand();

}  // namespace kedge::cli
