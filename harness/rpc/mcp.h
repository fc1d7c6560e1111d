#pragma once

#include <array>
#include <string>
#include <string_view>

#include "harness/core/json.h"
#include "harness/core/result.h"
#include "harness/rpc/jsonrpc.h"

namespace kedge::rpc {

/// The Model Context Protocol (modelcontextprotocol.io/specification): JSON-RPC 2.0 between an
/// agent's host (client) and what offers it tools (server).

/// The versions that kedge speaks, newest first.
inline constexpr std::array<std::string_view, 3> kMcpVersions = {"2025-06-18", "2025-03-26",
                                                                 "2024-11-05"};
bool IsMcpVersion(std::string_view version);
/// JSON-RPC batches exist in 2025-03-26 and before.
bool AllowsBatches(std::string_view version);

/// What either side says of itself in `initialize`.
struct McpImplementation {
  std::string name;
  std::string version;
};

/// A tool as a server defines it. The whole definition is kept, so that it can be shown, pinned by
/// its digest and passed on unchanged.
struct McpTool {
  std::string name;
  Json definition = Json::object();  ///< `name`, `description`, `inputSchema`, `annotations`, ...

  std::string description() const;
  Json input_schema() const;  ///< an object
  bool operator==(const McpTool&) const = default;
};

/// Checks and takes one element of `tools`. The Error says what a tool must have.
Result<McpTool> ReadMcpTool(const Json& definition);

/// What `tools/call` gave.
struct McpCallResult {
  bool is_error = false;  ///< the tool ran and failed
  Json content =
      Json::array();  ///< blocks: {"type": "text", "text": ...}, "image", "resource", ...
  Json structured;    ///< `structuredContent`; null: absent
  Json meta;          ///< `_meta`; null: absent

  /// The text blocks, joined by newlines.
  std::string Text() const;
  bool operator==(const McpCallResult&) const = default;
};

Result<McpCallResult> ReadMcpCallResult(const Json& result);
Json ToJson(const McpCallResult& result);
/// A result of one text block.
McpCallResult McpTextResult(std::string text, bool is_error = false);

}  // namespace kedge::rpc
