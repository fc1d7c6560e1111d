#pragma once

#include <string>

#include "harness/core/json.h"

namespace kedge::strategy {

/// A JSON value as YAML for people: block style, short values on one line, texts quoted where a
/// YAML reader could take them for something else, the keys that say most first. Document::FromYaml
/// reads back an equal value. Deterministic. Throws nothing for valid UTF-8.
std::string ToYaml(const Json& value);

}  // namespace kedge::strategy
