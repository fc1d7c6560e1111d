#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/suite/task.h"
#include "harness/world/world.h"

namespace kedge::suite {

struct Stratum {
  std::string name;
  double weight = 0;  ///< the weights of all strata sum to 1
  bool critical = false;
  std::vector<std::string> families;
};

struct SuiteOptions {
  /// Which population and which slot values; the suite.yaml's own seed when 0.
  std::uint64_t seed = 0;
  std::string split = "gate";       ///< tasks of this split only; "all" for every one
  std::int64_t tasks_per_family = 0;  ///< 0: what suite.yaml says
};

/// A named set of task families with strata, splits and a world. Immutable; thread-safe.
class Suite {
 public:
  /// Reads `suite.yaml` with `families.yaml` or `tasks.jsonl` (README.md has the formats). Loads
  /// the world, generates the tasks and validates everything: unknown scorers, tasks with nothing
  /// to check, empty splits, expected calls that fail, weights that do not sum to 1 are errors
  /// with file, line and field.
  static std::shared_ptr<const Suite> Load(const std::string& folder, const SuiteOptions& options);

  const std::string& name() const { return name_; }
  const std::string& folder() const { return folder_; }
  std::uint64_t seed() const { return seed_; }
  const std::vector<Task>& tasks() const { return tasks_; }
  const std::vector<Stratum>& strata() const { return strata_; }
  const std::shared_ptr<const world::World>& world() const { return world_; }  ///< null without one
  /// SHA-256 over world digest, options and tasks.
  const std::string& digest() const { return digest_; }
  /// Expected end state of task `index`, computed at load; empty for tasks without one.
  const world::Difference& expected_difference(std::size_t index) const;

 private:
  friend class SuiteLoader;
  Suite() = default;
  std::string name_, folder_, digest_;
  std::uint64_t seed_ = 0;
  std::vector<Task> tasks_;
  std::vector<Stratum> strata_;
  std::shared_ptr<const world::World> world_;
  std::vector<world::Difference> expected_;
};

}  // namespace kedge::suite
