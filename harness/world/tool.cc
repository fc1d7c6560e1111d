#include "harness/world/tool.h"

#include <utility>

namespace kedge::world {

ToolResult ToolResult::Ok(Json content) { return {true, std::move(content), "", ""}; }

ToolResult ToolResult::Failure(std::string error_class, std::string message) {
  return {false, nullptr, std::move(error_class), std::move(message)};
}

}  // namespace kedge::world
