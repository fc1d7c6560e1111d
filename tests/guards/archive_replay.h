#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/trace/trace.h"

namespace kedge::guards {

/// A recorded run and what a policy says to each of its events.
struct ReplayedRun {
  std::vector<Event> events;
  std::vector<Decision> decisions;  ///< one per event

  /// The strongest verdict for the first `count` events.
  Verdict VerdictOf(std::size_t count) const;
  Verdict verdict() const { return VerdictOf(events.size()); }
  /// Rules that spoke in the first `count` events with `verdict` or a stronger one, sorted.
  std::vector<std::string> RulesOf(std::size_t count, Verdict verdict) const;
};

ReplayedRun ReplayRun(Monitor& monitor, const trace::Trace& trace);

/// Every trace of an archive file that the tests may read; fails the running test when one is bad.
void ForEachTrace(const std::string& path, const std::function<void(const trace::Trace&)>& visit);

/// The policy without labels that detectors give and without the rules that ask for them.
std::shared_ptr<const Policy> WithoutDetectors(const std::string& path);

/// "12 of 40 (30.0 %, 95 % interval 18.1 to 45.4)", interval by Wilson.
std::string Share(std::int64_t part, std::int64_t whole);

}  // namespace kedge::guards
