#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::gate {

/// A rule of the candidate that the champion has not, or has otherwise, and that spoke in lost
/// pairs more often than chance lets it.
struct Suspect {
  std::string rule;         ///< guideline id
  std::string text;         ///< of the guideline
  bool revised = false;     ///< the champion has a guideline of this id with other content
  std::int64_t lost = 0;    ///< lost pairs in which it spoke for the candidate
  std::int64_t others = 0;  ///< other pairs in which it spoke
  double p = 1;             ///< Fisher's exact test, one-sided, adjusted by Holm over all rules tested
  std::int64_t again = 0;   ///< lost tasks in which it spoke that were run again without it
  std::int64_t regained = 0;  ///< of these, solved

  /// Most of what was lost comes back without it.
  bool confirmed() const { return regained * 2 > again; }
};

/// Which rules are behind the pairs that the candidate lost (`suspects` in the verdict's JSON). An
/// explanation: no decision rests on it, and the digest does not cover it.
struct SuspectSection {
  std::int64_t lost = 0;      ///< pairs of this run in which the candidate did worse
  std::int64_t others = 0;    ///< the other pairs of this run
  std::int64_t rules = 0;     ///< new or revised rules that spoke, each tested
  std::int64_t episodes = 0;  ///< run again
  double level = 0;           ///< of the test, over all rules together
  std::vector<Suspect> suspects;  ///< with p at most `level`, smallest first
};

Json ToJson(const SuspectSection& section);
/// Reads what ToJson wrote; absent members keep their defaults. Throws Error with the field.
SuspectSection ReadSuspectSection(const Node& node);

}  // namespace kedge::gate
