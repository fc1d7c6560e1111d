#include "harness/gate/task_counts.h"

#include <algorithm>

namespace kedge::gate {

std::vector<std::int64_t> TasksByStratum(const suite::Suite& suite) {
  std::vector<std::int64_t> counts;
  for (const suite::Stratum& stratum : suite.strata()) {
    counts.push_back(
        std::count_if(suite.tasks().begin(), suite.tasks().end(),
                      [&](const suite::Task& task) { return task.stratum == stratum.name; }));
  }
  return counts;
}

}  // namespace kedge::gate
