#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/store/store.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::store {

/// A verdict as a learner may know it: no task, no family, no figure.
struct LearnerVerdict {
  std::string suite;
  std::string champion_hash;
  std::string candidate_hash;
  std::string verdict;
  std::vector<std::string> reasons;  ///< codes
};

/// What a learner may see of suites, traces and history: the split "dev", and of the gate its
/// verdicts with their reason codes. There is no way from here to a task or a trace of another
/// split; what is handed in all the same is refused and counted. Not thread-safe.
class LearnerView {
 public:
  /// `suite_folder` may be empty: then a trace is judged by the split it names alone. With a suite
  /// its tasks must be dev tasks of it, too, whatever split the trace claims. Throws as
  /// Suite::Load.
  explicit LearnerView(const std::string& suite_folder = {});

  /// The suite with its dev tasks only; null without one.
  const std::shared_ptr<const suite::Suite>& suite() const { return suite_; }

  /// Streams an archive of kedge-trace/1 and hands each dev trace to `sink`. A damaged record ends
  /// the reading with its error. Traces of other splits never reach the sink; when the file is
  /// read, Error(kNotPermitted) names the first of them by file and line and says how many there
  /// were.
  void ReadTraces(const std::string& path, const std::function<void(trace::Trace&&)>& sink);

  /// Whether a learner may read the trace; counts it when not.
  bool Admit(const trace::Trace& trace);

  /// Traces refused so far, by the split they are of.
  const std::map<std::string, std::int64_t>& refused() const { return refused_; }

  /// Newest first.
  static std::vector<LearnerVerdict> Verdicts(Store& store, std::int64_t limit);

 private:
  /// "dev" for what may be read, else the split to be named.
  std::string SplitOf(const trace::Trace& trace) const;

  std::shared_ptr<const suite::Suite> suite_;
  std::map<std::string, std::int64_t> refused_;
};

}  // namespace kedge::store
