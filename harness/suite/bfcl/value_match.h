#pragma once

#include <string>

#include "harness/suite/bfcl/call_matcher.h"

namespace kedge::suite::bfcl {

/// Whether `value` is one of the accepted values of an argument. `schema` is the argument's own
/// ({"type", "items"}), `accepted` the list of the answer file.
Verdict MatchValue(Language language, const std::string& name, const Json& schema,
                   const Json& accepted, const Json& value);

/// True if the list says that the argument may be left out: it holds "".
bool MayBeLeftOut(const Json& accepted);

}  // namespace kedge::suite::bfcl
