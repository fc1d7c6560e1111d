#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::stats_oracle {

/// One field that differs from what the oracle file expects.
struct Difference {
  std::string statistic;
  std::string case_id;
  std::string field;  ///< "lambda_path[3]", or empty when the whole case failed
  std::string got;
  std::string want;
};

struct Summary {
  std::int64_t statistics = 0;
  std::int64_t cases = 0;
  std::int64_t values = 0;  ///< expected leaves compared
  std::vector<Difference> differences;
};

/// Computes one statistic from the `input` of a case; the result has at least the fields that the
/// oracle's `expected` has.
using Adapter = Json (*)(const Json& input);

/// All statistics this program can compute, by the name the oracle file uses.
const std::map<std::string, Adapter>& Adapters();

/// Adds the adapters of one group; each is defined in its own file.
void AddTestAdapters(std::map<std::string, Adapter>& adapters);
void AddSequentialAdapters(std::map<std::string, Adapter>& adapters);
void AddGovernanceAdapters(std::map<std::string, Adapter>& adapters);
void AddGateAdapters(std::map<std::string, Adapter>& adapters);

/// Runs `statistics.<name>` of an oracle file: {definition, tolerance{abs, rel}, cases: [{id,
/// input, expected}]}. |got - want| <= max(abs, rel |want|); text, booleans, integers and nulls
/// must be equal; infinities are written "inf" and "-inf".
void CheckStatistic(const std::string& name, const Json& statistic, Summary& summary);

/// Runs every statistic of the document. Throws Error(kBadData) if it is not of this format.
Summary CheckDocument(const Json& document);

}  // namespace kedge::stats_oracle
