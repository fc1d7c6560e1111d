#pragma once

#include <string>

#include "harness/core/json.h"

namespace kedge::world {

/// A tool as an agent is shown it.
struct ToolSpec {
  std::string name;
  std::string description;
  Json arguments = Json::object();  ///< JSON Schema of the argument object
  bool writes = false;
  /// Semantic type by argument name and by result field name, e.g. {"order_id": "order_id"};
  /// lets a planner chain results into arguments. Empty when the world declares none.
  Json argument_types = Json::object();
  Json result_types = Json::object();
};

/// What a tool call gave.
struct ToolResult {
  bool ok = false;
  Json content;             ///< result value; null on error
  std::string error_class;  ///< "not_found", "denied", "unavailable", ...; empty when ok
  std::string message;      ///< the error in words; empty when ok

  static ToolResult Ok(Json content);
  static ToolResult Failure(std::string error_class, std::string message);
};

}  // namespace kedge::world
