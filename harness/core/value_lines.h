#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "harness/core/json.h"

namespace kedge {

/// Internal to core: on which line each value of a document stands. Values are known by address,
/// which is final once the array or object around them is complete. The line of a member is the
/// line of its key.
struct ValueLines {
  std::unordered_map<const Json*, std::int64_t> lines;
  std::size_t max_nodes = 1'000'000;
};

/// Parses into `root` as ParseJson does; fills `lines` unless it is null.
void ParseJsonInto(std::string_view text, std::string_view source, const JsonLimits& limits,
                   Json& root, ValueLines* lines);

/// Parses one YAML document into `root`, under the rules and limits of Document.
void ParseYamlInto(std::string_view text, std::string_view source, const JsonLimits& limits,
                   Json& root, ValueLines& lines);

}  // namespace kedge
