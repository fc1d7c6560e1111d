#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "guards/policy_mutants.h"

namespace kedge::guards {

/// How well the examples of a policy pin down what its rules say.
struct MutationScore {
  std::size_t killed = 0;     ///< an example gave another verdict, or names one no longer given
  std::size_t stillborn = 0;  ///< refused for its format before any example ran: not counted
  std::vector<PolicyMutant> survivors;  ///< in file order

  std::size_t counted() const { return killed + survivors.size(); }
  /// killed / counted; 1 when there is nothing to count.
  double score() const;
};

/// Loads every mutant of a policy that loads (MutantsOf) and sees whether the examples of the
/// changed rule notice. `folder` holds the example files. On `threads` threads; the result does not
/// depend on their number.
MutationScore ScoreExamples(const Json& policy, const std::string& folder, unsigned threads);

}  // namespace kedge::guards
