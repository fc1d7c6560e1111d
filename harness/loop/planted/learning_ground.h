#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/loop/evolve_episodes.h"
#include "harness/loop/planted/seen_trace.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// What all planted candidates grow on.
struct LearningGround {
  strategy::Strategy champion;
  strategy::Strategy learned;
  std::string learned_folder;
  std::vector<std::string> archives;  ///< honest dev traces, and the poisoned ones last
  std::vector<SeenTrace> seen;        ///< the honest ones
  std::vector<SeenTrace> poisoned;
  std::vector<std::shared_ptr<const suite::Suite>> tasks;  ///< of each honest archive
};

struct LearningGroundOptions {
  std::string suite_folder;
  std::string champion_folder;
  std::string exploring_file;  ///< empty: operations/exploring.yaml of the suite if it has one
  std::string folder;          ///< what was there is replaced
  std::uint64_t seed = 1;
};

/// Lets the champion act on dev tasks, learns from what it did, and writes a few traces of it again
/// with a stranger's orders in the first answer of a tool. Throws Error.
LearningGround MakeLearningGround(const LearningGroundOptions& options,
                                  const EvolutionEpisodes& episodes);

}  // namespace kedge::loop
