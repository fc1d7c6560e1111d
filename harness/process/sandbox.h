#pragma once

#include <string>
#include <vector>

namespace kedge::process {

/// The command line that runs `program` with `argv` under bubblewrap (`bwrap` is its path): see
/// Sandbox::kBubblewrap. `folder` is the working folder, absolute.
std::vector<std::string> WrapInBubblewrap(const std::string& bwrap, const std::string& program,
                                          const std::vector<std::string>& argv,
                                          const std::string& folder);

}  // namespace kedge::process
