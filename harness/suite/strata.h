#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/suite/suite.h"

namespace kedge::suite {

/// Which split each family is in. Without `splits` all families are in "gate".
using Splits = std::map<std::string, std::string>;

/// Reads `splits` of suite.yaml: disjoint, complete, no unknown family.
Splits ReadSplits(const Node& suite, const std::vector<std::string>& families);

/// Reads `strata` of suite.yaml; one stratum "all" without it. Every gate family is in exactly one,
/// every stratum has a gate family, the weights sum to 1.
std::vector<Stratum> ReadStrata(const Node& suite, const Splits& splits);

/// The strata of the families in `chosen`, with only those families: as declared for the gate
/// split; otherwise weighted by number of families, and families outside of all strata are in one
/// that has the name of their split.
std::vector<Stratum> StrataOf(const std::vector<Stratum>& declared, const Splits& splits,
                              const std::vector<std::string>& chosen, const std::string& split);

}  // namespace kedge::suite
