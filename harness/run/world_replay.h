#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/trace/trace.h"
#include "harness/world/world.h"

namespace kedge::run {

/// A recorded call, issued again.
struct ReplayedCall {
  std::size_t step = 0;  ///< of the call in the recorded trace
  std::string tool;
  bool compared = false;  ///< false for tools that were set apart
  bool agrees = false;    ///< meaningful when compared
  std::string recorded;   ///< what the recorded tool answered
  std::string answered;   ///< what the world answered
};

/// What a world made of a recorded trace.
struct WorldReplay {
  std::vector<ReplayedCall> calls;
  std::int64_t compared = 0;
  std::int64_t agreeing = 0;
  /// The episode as this world saw it: the messages, the calls and the world's own answers. What
  /// the agent said to the user is a message, as in an episode that kedge ran.
  trace::Trace trace;
  std::string final_text;        ///< the last thing that the agent said; empty when nothing
  world::Difference difference;  ///< the end state
};

struct WorldReplayOptions {
  std::uint64_t seed = 0;
  world::Session::Options session = {true, false};  ///< quirks hold, nothing is unavailable
  std::vector<std::string> apart;                   ///< tools whose answers are not compared
};

/// Issues the calls of a recorded trace against a fresh episode of a world, in order, with the tape
/// closed: no recorded answer reaches the world. Calls that have no recorded answer were never
/// executed and are left out. Ends the session's episode. Throws what Session::Call throws.
WorldReplay ReplayOnWorld(const trace::Trace& recorded, world::Session& session,
                          const WorldReplayOptions& options);

/// A result as the text that an agent is shown: a text as such, an error's message, else JSON.
std::string ShownText(const world::ToolResult& result);

/// Equal canonical JSON when both texts are JSON, else equal bytes.
bool SameAnswer(const std::string& left, const std::string& right);

}  // namespace kedge::run
