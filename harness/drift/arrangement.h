#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/drift/behaviour.h"

namespace kedge::drift {

/// The runs of both arms and which of their labels may be exchanged when nothing changed. Runs are
/// numbered: the champion's first, then the candidate's.
///
/// A labelling is a vector of signed weights, one per run: negative for the champion's runs,
/// positive for the candidate's. Each arm's weights add up to 1 in size; tasks weigh the same, and
/// so do the runs of a task.
class Arrangement {
 public:
  /// Given the task, the runs of both arms are exchangeable: labels are exchanged within tasks,
  /// and for the tasks of a cluster together (with several runs per task: of those tasks that have
  /// the same numbers of runs). Tasks that only one arm ran are left out. Throws Error(kBadData)
  /// when no task is common.
  static Arrangement Paired(std::span<const Behaviour> champion,
                            std::span<const Behaviour> candidate);
  /// No common tasks: whole tasks (or clusters) are exchanged between the archives. Throws
  /// Error(kBadData) when an arm is empty.
  static Arrangement Unpaired(std::span<const Behaviour> champion,
                              std::span<const Behaviour> candidate);

  std::size_t runs() const { return runs_; }
  std::int64_t tasks() const { return tasks_; }        ///< common ones, or those of both archives
  std::int64_t units() const { return units_; }        ///< what is exchanged independently
  std::int64_t left_out() const { return left_out_; }  ///< runs without a partner

  std::vector<double> Observed() const;
  /// A uniformly random labelling; `weights` has runs() entries.
  void Shuffle(Random& random, std::span<double> weights) const;
  /// Number of labellings when it is small enough to go through all (one run per arm and task, at
  /// most 12 units).
  std::optional<std::uint64_t> enumerable() const;
  /// The `index`-th of them; 0 is the observed one.
  void Enumerate(std::uint64_t index, std::span<double> weights) const;

 private:
  /// Slots of which the first `champions` are the champion's; a slot is a set of runs that move
  /// together.
  struct Block {
    std::vector<std::vector<std::uint32_t>> slots;
    std::size_t champions = 0;
  };

  void Label(const std::vector<std::uint32_t>& slot, bool candidate,
             std::span<double> weights) const;

  std::vector<Block> blocks_;
  std::vector<double> as_champion_, as_candidate_;  // signed weight of each run under either label
  std::size_t runs_ = 0;
  std::int64_t tasks_ = 0, units_ = 0, left_out_ = 0;
};

/// Share of the tasks of the smaller arm that the other one ran too, in [0, 1].
double CommonTaskShare(std::span<const Behaviour> champion, std::span<const Behaviour> candidate);

}  // namespace kedge::drift
