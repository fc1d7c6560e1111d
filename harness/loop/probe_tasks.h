#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// What the choice of probe tasks depends on, apart from the suite: nothing of a candidate's.
struct ProbeChoice {
  const strategy::Strategy& champion;
  const std::vector<std::string>& protected_guidelines;  ///< ids, of the policy
  bool dev_only = false;                                 ///< where each gate task may be used once
  std::size_t wanted = 0;
};

/// Whether a guideline of the champion names tasks in `evidence.probes`.
bool NamesProbes(const strategy::Strategy& champion);

/// Tasks of dev and gate, by index, each once, at most as many as wanted. At most half of them (of
/// an odd number, one more) are those that the champion's guidelines name in `evidence.probes`, of
/// each guideline the first three: one of each protected guideline in turn, then one of each other
/// active guideline in turn. The rest is one of each family in turn, first of the families that
/// protected guidelines were learned from; which ones depends on the suite's digest alone. Names of
/// no dev or gate task are passed over.
std::vector<std::size_t> ChooseProbeTasks(const suite::Suite& suite, const ProbeChoice& choice);

}  // namespace kedge::loop
