#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/suite/task_fields.h"
#include "harness/world/world.h"

namespace kedge::suite {

class Scorer;

/// Checks tasks against their world and compiles their scorers. Every complaint names the task or
/// the family with its slot values.
class TaskCheck {
 public:
  /// `world` may be null; `folder` is the suite's.
  TaskCheck(std::shared_ptr<const world::World> world, std::string folder);
  ~TaskCheck();

  /// Runs the expected calls on a fresh world, without quirks and transient errors. Each must
  /// succeed, be of a tool that writes, and together they must change something.
  world::Difference ExpectedEndState(const DraftTask& draft);

  /// Compiled scorers; equal ones are shared between tasks.
  std::vector<std::shared_ptr<const Scorer>> Scorers(const DraftTask& draft);

 private:
  void CheckTools(const DraftTask& draft);
  const world::ToolSpec* FindTool(const std::string& name) const;
  std::shared_ptr<const Scorer> CompiledScorer(const ScorerSpec& spec, const DraftTask& draft,
                                               std::size_t index);

  std::shared_ptr<const world::World> world_;
  std::string folder_;
  std::unique_ptr<world::Session> session_;  ///< null without a world
  std::map<std::string, std::shared_ptr<const Scorer>> compiled_;
};

}  // namespace kedge::suite
