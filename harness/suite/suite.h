#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/scripted_user.h"
#include "harness/suite/task.h"
#include "harness/world/world.h"

namespace kedge::suite {

class Scorer;

/// A group of families that is judged by itself.
struct Stratum {
  std::string name;
  double weight = 0;  ///< the weights of all strata sum to 1
  bool critical = false;
  std::vector<std::string> families;
};

struct SuiteOptions {
  /// Which population and which slot values; the suite.yaml's own seed when 0. Tasks of a
  /// tasks.jsonl are about one population, so the world of such a suite keeps its own seed.
  std::uint64_t seed = 0;
  std::string split = "gate";         ///< tasks of this split only; "all" for every one
  std::int64_t tasks_per_family = 0;  ///< 0: what suite.yaml says; not for a tasks.jsonl
  std::uint64_t variant = 0;          ///< of the world; see world::WorldOptions::variant
  /// Each task of a family says it in another of its phrasings, so many further on.
  std::uint64_t paraphrase = 0;
  /// Folders of the data that the world does not hold itself; see world::WorldOptions::data.
  std::map<std::string, std::string> data = {};
};

/// A named set of task families with strata, splits and a world. Immutable; thread-safe.
class Suite {
 public:
  /// Reads `suite.yaml` with `families.yaml` or `tasks.jsonl` (README.md has the formats). Loads
  /// the world, makes the tasks of the split and validates everything: unknown scorers, tasks with
  /// nothing to check, empty splits, expected calls that fail, weights that do not sum to 1 are
  /// errors with file, line and field. A scorer's program that is not there is
  /// Error(kUnavailable).
  static std::shared_ptr<const Suite> Load(const std::string& folder, const SuiteOptions& options);
  ~Suite();

  const std::string& name() const { return name_; }
  const std::string& folder() const { return folder_; }
  std::uint64_t seed() const { return seed_; }
  std::uint64_t variant() const { return variant_; }  ///< of the world
  /// In the order of the file; those of one family together, numbered from 1.
  const std::vector<Task>& tasks() const { return tasks_; }
  /// Index of the task with this id; nullopt when there is none. O(log n).
  std::optional<std::size_t> FindTask(std::string_view id) const;
  /// The strata that have tasks here. For the split "gate" these are all strata with the weights of
  /// suite.yaml; for any other choice the weights are in proportion to the number of families.
  const std::vector<Stratum>& strata() const { return strata_; }
  /// Whether the tasks are made from families, as many as asked; else they are fixed.
  bool generated() const { return generated_; }
  const UserNoise& user_noise() const { return user_noise_; }
  const std::shared_ptr<const world::World>& world() const { return world_; }  ///< null without one
  /// SHA-256 over world digest, seed, split, strata, tasks and the files of scorer programs.
  const std::string& digest() const { return digest_; }
  /// Expected end state of task `index`, computed at load; empty for tasks without one.
  const world::Difference& expected_difference(std::size_t index) const { return expected_[index]; }
  /// The task's own scorers, one for each entry of Task::scorers.
  const std::vector<std::shared_ptr<const Scorer>>& scorers(std::size_t index) const {
    return scorers_[index];
  }

 private:
  friend class SuiteLoader;
  Suite();
  std::string name_, folder_, digest_;
  std::uint64_t seed_ = 0;
  std::uint64_t variant_ = 0;
  bool generated_ = false;
  UserNoise user_noise_;
  std::vector<Task> tasks_;
  std::map<std::string, std::size_t, std::less<>> task_index_;
  std::vector<Stratum> strata_;
  std::shared_ptr<const world::World> world_;
  std::vector<world::Difference> expected_;
  std::vector<std::vector<std::shared_ptr<const Scorer>>> scorers_;
};

}  // namespace kedge::suite
