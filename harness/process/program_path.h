#pragma once

#include <string>

namespace kedge::process {

/// The file that `name` runs: `name` itself, made absolute, when it holds a slash (a relative one
/// is taken from kedge's own working folder), else the first executable of that name in the
/// folders of `search_path` (colon separated, as in $PATH; an empty entry is the current folder).
/// Throws Error(kUnavailable) that names the program when there is none, at once.
std::string ResolveProgram(const std::string& name, const std::string& search_path);

}  // namespace kedge::process
