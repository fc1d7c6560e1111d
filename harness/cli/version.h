#pragma once

#include <string>

namespace kedge::cli {

/// "kedge 0.1.0 (<revision>, <compiler>, <build type>)".
std::string VersionText();
std::string Version();
std::string Revision();

}  // namespace kedge::cli
