#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"
#include "harness/world/tool.h"

namespace kedge::agent {

/// What an agent may do during an episode. Implemented by harness/run, which puts guards and the
/// recorder in front of the world. Not thread-safe: one episode, one thread.
class EpisodeIo {
 public:
  virtual ~EpisodeIo() = default;
  /// Never throws for a failing tool. May throw EpisodeEnded when a hard limit is reached.
  virtual world::ToolResult CallTool(const std::string& name, const Json& arguments) = 0;
  /// Asks the (scripted) user; the reply is plain text.
  virtual std::string AskUser(const std::string& question) = 0;
  /// Adds a decision, model call or message to the trace.
  virtual void Record(trace::Step step) = 0;
};

/// Thrown through an in-process agent when the episode must stop (step budget, cancelled run). An
/// agent lets it pass.
struct EpisodeEnded {
  std::string end;  ///< goes to Outcome::end, e.g. "step_limit"
  std::string detail;
};

struct EpisodeLimits {
  std::int64_t max_steps = 200;
  std::int64_t max_tool_calls = 100;
  std::chrono::milliseconds deadline{60'000};
};

/// What an agent is told at the start.
struct EpisodeStart {
  std::string episode_id;
  std::string instruction;  ///< what the user says first
  std::string policy;       ///< the world's written policy (may be empty)
  std::vector<world::ToolSpec> tools;
  std::uint64_t seed = 0;  ///< every random choice of the agent comes from this
  EpisodeLimits limits;
};

/// How an episode ended from the agent's side.
struct EpisodeEnd {
  std::string final_text;        ///< what the user is told at the end
  std::string end = "answered";  ///< "answered", or an error name; see README.md for the list
  std::string detail;
  bool infrastructure = false;  ///< true: the harness failed, not the agent
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  double cost = 0;
  bool has_cost = false;
};

/// An agent under one strategy. One object serves one worker thread, many episodes in turn.
class Agent {
 public:
  virtual ~Agent() = default;
  /// Runs one episode to its end. Failures of the agent are in the result, never thrown; only
  /// EpisodeEnded and Error(kInternal) pass through.
  virtual EpisodeEnd Run(const EpisodeStart& start, EpisodeIo& io) = 0;
};

/// Makes the agents of a run: one per worker thread and strategy. Thread-safe.
class AgentFactory {
 public:
  virtual ~AgentFactory() = default;
  virtual std::unique_ptr<Agent> Make(const strategy::Strategy& strategy) const = 0;
  /// Identity of the agent program for fingerprints: kind and command, without the strategy.
  virtual std::string fingerprint() const = 0;
};

}  // namespace kedge::agent
