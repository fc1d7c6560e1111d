#pragma once

#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::agent_ref {

/// An argument with a value that is tried for it, in one word: "argument=value", a text without
/// quotes. So exploration orders and reports name it.
std::string SettingName(const std::string& argument, const Json& value);

/// How a decision says it: "set argument to value".
std::string SettingChoice(const std::string& argument, const Json& value);

/// The argument of a choice that SettingChoice made; empty for any other choice.
std::string ArgumentSet(std::string_view choice);

}  // namespace kedge::agent_ref
