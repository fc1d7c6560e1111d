#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guards/facts.h"
#include "guards/labels/result_labels.h"
#include "guards/place.h"
#include "guards/resources.h"
#include "harness/core/document.h"
#include "harness/text/json_schema.h"

namespace kedge::guards {

/// Dense number of a tool in a catalogue; kUnknownTool for a name that is in none.
using ToolId = int;
inline constexpr ToolId kUnknownTool = -1;

/// The tools that a policy knows: everything else is unknown and treated as such. Names and aliases
/// are matched exactly, byte for byte. Immutable after Read; shareable between threads.
class ToolCatalog {
 public:
  struct Tool {
    std::string name;
    std::string effect;               ///< "read", "write" or "external"
    std::vector<std::string> groups;  ///< may be empty
    Json arguments;                   ///< JSON Schema of the arguments; null when not given
    std::optional<text::JsonSchema> schema;
    std::string definition;       ///< pinned ToolDefinitionDigest; empty when not pinned
    std::vector<Place> identity;  ///< arguments that name whom or what the call is about
    ResultSpec result;
    std::vector<Remember> remember;
  };

  /// Reads the `tools` mapping of a policy; adds the labels and fact stores that its tools name.
  /// Results have the label `result_label` where a tool does not say. Throws Error with file, line
  /// and field.
  static ToolCatalog Read(const Node& node, LabelMask result_label, Resources& resources);

  const std::vector<Tool>& tools() const { return tools_; }
  const Tool& tool(ToolId id) const { return tools_[static_cast<std::size_t>(id)]; }
  std::size_t size() const { return tools_.size(); }
  ToolId Find(std::string_view name_or_alias) const;

  bool HasPins() const;  ///< some tool's definition is pinned
  bool HasGroup(std::string_view group) const;
  std::vector<std::string> names() const;
  std::vector<std::string> groups() const;

  /// Fails at `node` if `pointer` (which may have stars) can never exist in the arguments of the
  /// tool, as far as the tool's schema says (unknown name where additionalProperties is false).
  void CheckPointer(ToolId id, std::string_view pointer, const Node& node) const;

 private:
  void ReadTool(const std::string& name, const Node& node, LabelMask result_label,
                Resources& resources);
  static void ReadProvenance(const Node& node, LabelMask result_label, Resources& resources,
                             Tool& tool);
  void AddName(const std::string& name, ToolId id, const Node& node);

  std::vector<Tool> tools_;
  std::map<std::string, ToolId, std::less<>> ids_;  // names and aliases
};

}  // namespace kedge::guards
