#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/world/tool.h"

namespace kedge::agent_ref {

/// One argument of a tool, as its JSON Schema and its declared type say.
struct Argument {
  std::string name;
  std::string type;       ///< semantic type; the argument's own name when none is declared
  std::string json_type;  ///< "string", "integer", "array", ...; empty when the schema is silent
  bool required = false;
  std::vector<Json> allowed;  ///< `enum` or `const`; empty when free
  Json fallback;              ///< the schema's `default`; null when there is none

  /// Every value that the schema lists; both of a boolean; empty when there is no list.
  std::vector<Json> Listed() const;
};

/// A tool as the planner sees it.
struct Tool {
  std::string name;
  std::string description;
  bool writes = false;
  std::vector<Argument> arguments;                  ///< by name
  std::map<std::string, std::string> result_types;  ///< semantic type by result field
  bool Takes(const std::string& argument_or_type) const;
  /// Null when it has no such argument.
  const Argument* FindArgument(const std::string& name) const;
  bool Offers(const std::string& type) const;
};

/// The tools of an episode, read once per world: agents of one run see the same tools every time.
class Toolbox {
 public:
  Toolbox() = default;
  explicit Toolbox(const std::vector<world::ToolSpec>& specs);

  /// True if these are the specs it was made from.
  bool IsFor(const std::vector<world::ToolSpec>& specs) const;
  const Tool* Find(const std::string& name) const;
  const std::vector<Tool>& tools() const { return tools_; }

 private:
  std::vector<world::ToolSpec> specs_;
  std::vector<Tool> tools_;
};

/// `value` as the argument's schema wants it (numbers from text, a list from one value, the enum's
/// own spelling); null when it cannot be.
Json Fit(const Argument& argument, const Json& value);

}  // namespace kedge::agent_ref
