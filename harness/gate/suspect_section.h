#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::gate {

/// A rule that the candidate has otherwise than the champion, and that spoke in lost pairs more
/// often than chance lets it: for the candidate, or for the champion that still had it.
struct Suspect {
  std::string rule;    ///< guideline id
  std::string text;    ///< of the guideline; of the champion's when the candidate has none in force
  std::string change;  ///< "added", "revised" or "retired"
  std::int64_t lost = 0;    ///< lost pairs in which it spoke
  std::int64_t others = 0;  ///< other pairs in which it spoke
  double p = 1;  ///< Fisher's exact test, one-sided, adjusted by Holm over all rules tested
  std::int64_t again = 0;     ///< of these, tasks run again with the change undone
  std::int64_t regained = 0;  ///< of these, solved

  /// Most of what was lost comes back when the change is undone.
  bool confirmed() const { return regained * 2 > again; }
};

/// Which rules are behind the pairs that the candidate lost (`suspects` in the verdict's JSON). An
/// explanation: no decision rests on it, and the digest does not cover it.
struct SuspectSection {
  std::int64_t lost = 0;          ///< pairs of this run in which the candidate did worse
  std::int64_t others = 0;        ///< the other pairs of this run
  std::int64_t rules = 0;         ///< changed rules that spoke, each tested
  std::int64_t episodes = 0;      ///< run again
  double level = 0;               ///< of the test, over all rules together
  std::vector<Suspect> suspects;  ///< with p at most `level`: those confirmed first, then by p
};

Json ToJson(const SuspectSection& section);
/// Reads what ToJson wrote; absent members keep their defaults. Throws Error with the field.
SuspectSection ReadSuspectSection(const Node& node);

}  // namespace kedge::gate
