#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "guards/schema_narrower.h"

namespace kedge::guards {

/// A policy and the file it was read from.
struct PolicySource {
  Json document;
  std::shared_ptr<const Policy> policy;

  /// Throws as Policy::Load does.
  static PolicySource Load(const std::string& path);
};

struct PolicyNarrowness {
  Answer answer = Answer::kYes;
  /// kUnknown: what could not be decided, one line each.
  std::vector<std::string> reasons;
  /// kNo: an episode whose last event `wide` stops, and `narrow` does not or less (nor any event
  /// before it); the verdicts of both for that event.
  std::vector<Event> witness;
  Verdict narrow_verdict = Verdict::kAllow;
  Verdict wide_verdict = Verdict::kAllow;
};

/// Whether `narrow` stops everything that `wide` stops: for every episode, at the first event that
/// `wide` denies, asks about or redacts, `narrow` does so at least as strongly or has stopped an
/// earlier event. Rules that only warn or that are in shadow mode stop nothing.
///
/// kYes is a proof: the catalogue is no larger, and for each stopping rule of `wide` there is one
/// in `narrow` whose match is at least as wide and whose words are equal or tighter (argument
/// schemas by IsNarrower, lower bounds, more tools after which to stop, fewer that prove something,
/// shorter lists). kNo has a witness, found among the examples of both policies and small changes
/// of them: other values that only one policy names, one more repetition. Else kUnknown.
PolicyNarrowness IsNarrowerPolicy(const PolicySource& narrow, const PolicySource& wide);

}  // namespace kedge::guards
