#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"
#include "harness/world/tool.h"

namespace kedge::world {

/// Key in `_meta` of an MCP call result that holds the class of a kedge world's error.
inline constexpr char kErrorClassKey[] = "kedge/error_class";

/// How to reach an MCP server that serves as a world: a program or a URL. `{workspace}` in an
/// argument or a value of the environment stands for a fresh folder of the episode, `{seed}` for
/// the episode's seed, `{population_seed}` for the world's.
struct McpServerSpec {
  std::vector<std::string> command;  ///< empty: `url`
  std::string url;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string workspace;  ///< folder that an episode's workspace begins as a copy of; may be empty
  std::chrono::milliseconds start_timeout{30'000};
  std::chrono::milliseconds call_timeout{60'000};
};

/// Reads `command` or `url`, `environment`, `headers`, `workspace`, `start_seconds`,
/// `call_seconds`; relative paths of `workspace` are taken from `folder`. Throws Error(kBadData).
McpServerSpec ReadMcpServer(const Node& root, const std::string& folder);

/// One episode with a server of its own: a new process, or a new session at a URL. What the server
/// keeps elsewhere (a file outside of the workspace) is not reset. Use and end it in one thread.
class McpEpisode {
 public:
  /// Starts the server and shakes hands. Throws Error(kUnavailable) that says why it could not.
  McpEpisode(const McpServerSpec& spec, std::uint64_t seed, std::uint64_t population_seed);
  ~McpEpisode();

  /// The server's tools in its order; one that is not annotated as reading only counts as writing.
  /// Throws Error(kUnavailable).
  std::vector<ToolSpec> ListTools();
  const std::string& instructions() const;

  /// A result's value is its structured content, or else its text as JSON where it is JSON, or else
  /// its text; the blocks themselves when they are not all text. Error classes: the server's own
  /// where it is a kedge world, "invalid_arguments" for a refusal of the arguments, "timeout",
  /// "tool_failed". Throws Error(kUnavailable) when the server is gone or talks nonsense.
  ToolResult Call(const std::string& tool, const Json& arguments);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::world
