#pragma once

#include <string>
#include <string_view>

#include "guards/detect/pack_reader.h"

namespace kedge::guards {

/// A pack from a TOML rule file in the layout that secret scanners share: [[rules]] with `id`,
/// `regex`, `keywords`, `entropy`, `secretGroup`, allow-lists with `regexes`, `stopwords`,
/// `regexTarget`, `condition`. Rules on paths alone are left out, as are path conditions. Throws
/// Error(kBadData) with file and line for broken TOML or an expression that RE2 does not read.
RulePack ImportTomlRules(std::string_view text, const std::string& source);

}  // namespace kedge::guards
