#pragma once

#include <optional>
#include <string>

#include "harness/core/json.h"
#include "harness/world/tool.h"

namespace kedge::run {

/// Answers calls and questions in place of a world and a scripted user.
class AnswerSource {
 public:
  virtual ~AnswerSource() = default;
  /// What the tool answers; nullopt when nobody can know, which ends the episode.
  virtual std::optional<world::ToolResult> Call(const std::string& tool, const Json& arguments) = 0;
  /// What the user answers; likewise.
  virtual std::optional<std::string> Reply(const std::string& question) = 0;
  /// Why the last answer was nullopt.
  virtual std::string why() const = 0;
};

/// Outcome::end of an episode that an AnswerSource could not answer any more.
inline constexpr char kDiverged[] = "diverged";

}  // namespace kedge::run
