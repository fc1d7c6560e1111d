#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// What a condition must have to be found.
struct ConditionNeeds {
  std::int64_t min_support = 3;   ///< tasks for each value that is named; tries on either side
  std::int64_t min_families = 2;  ///< for each value that is named
  double min_effect = 0.1;        ///< gain in success rate where the condition holds
  double min_bits = 8;            ///< shorter than without a condition
};

struct ConditionSearch {
  std::vector<Finding> findings;  ///< each with a condition
  std::size_t remedies = 0;       ///< for how many one was looked for
};

/// For each remedy at each place (link, tool, error class), in a fixed order, the condition under
/// which it is best said to help, if there is one: tests of one field, or of two. A pure function
/// of the set of trials; NoteSituations must have been called.
///
/// A condition is chosen by the length of a description of what came of the trials in two parts
/// (Rissanen 1978; for trees Quinlan and Rivest 1989): the bits to name the field among those on
/// offer and its words or cut, and the outcomes coded in each cell by itself (OutcomeBits). It must
/// be shorter by `min_bits` than: the remedy does not matter; it matters everywhere; only the field
/// matters; the field does, and the remedy everywhere as much. If one of these is how things are,
/// that happens by chance about once in 2^min_bits, the choice among all conditions included, for
/// it is paid for. Elsewhere the remedy must have been tried `min_support` times, and it must not
/// be shorter to say that it gains `min_effect` or more there, too. Tries that it spoiled (kSpoils)
/// count as failures.
///
/// Each finding's p is the exact test of Judge where the condition holds, times the number of
/// conditions that were searched (Bonferroni: all subsets of each field's words and all cuts from
/// either side, squared for two fields).
ConditionSearch ConditionalFindings(const std::vector<Trial>& trials, const ConditionNeeds& needs);

}  // namespace kedge::agent_ref
