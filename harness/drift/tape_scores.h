#pragma once

#include <span>
#include <string>

#include "harness/drift/drift.h"

namespace kedge::drift {

/// What both arms made of one recorded trace that they could only follow call by call.
struct FollowedPair {
  std::string trace_id;
  double weight = 1;                                       ///< 1 / inclusion probability, above 0
  double champion_agreement = 1, candidate_agreement = 1;  ///< share of the recorded actions
  bool champion_left = false, candidate_left = false;      ///< the tape
};

/// Adds two scores to a report and decides anew over all: `tape_agreement`, the distance between
/// the weighted mean shares of recorded actions that the arms repeat, and `tape_divergence`, the
/// same of the share of traces that they leave. Calibrated by exchanging the arms' labels within
/// each trace: all ways up to 12 traces, else `options.resamples` random ones. That is exact when
/// neither arm had a part in the recording that the other had not; traces that the champion itself
/// made under the seed of the replay favour it. Nothing happens without pairs.
void AddTapeScores(std::span<const FollowedPair> pairs, const DriftOptions& options,
                   DriftReport& report);

}  // namespace kedge::drift
