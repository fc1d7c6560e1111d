#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/drift/drift.h"

namespace kedge::loop {

/// One `kedge drift` of two archives.
struct DriftSessionOptions {
  std::string champion, candidate;  ///< FILE or FILE#PICK (subject, stratum, trial=N)
  std::string floors_file;          ///< floors measured before; empty: none
  std::string write_floors_file;    ///< the archives are one strategy: write the floors they show
  std::vector<std::string> allow, privileged;  ///< tools
  std::string judge = "judge";
  std::int64_t resamples = 1999;
  std::uint64_t seed = 1;
  bool ignore_latency = false;
};

struct DriftSessionResult {
  drift::DriftReport report;
  std::string champion_format, candidate_format;
  std::int64_t missing = 0;  ///< runs that infrastructure ended; they say nothing
  Json json;                 ///< the report with its inputs, `kedge-drift/1`
};

/// Reads both archives wholly or fails, measures the drift and writes the floors when asked.
DriftSessionResult RunDriftSession(const DriftSessionOptions& options);

}  // namespace kedge::loop
