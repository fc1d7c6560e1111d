#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/core/random.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// A trace that was drawn.
struct SampledTrace {
  Trace trace;  ///< its inclusion probability is that of the input times the stratum's fraction
  std::size_t stratum = 0;
};

struct SampledStratum {
  std::string name;
  std::int64_t size = 0;   ///< traces of it in the stream
  std::int64_t drawn = 0;  ///< of which are in the sample
};

struct StratifiedSample {
  std::vector<SampledStratum> strata;  ///< in the order in which they were first seen
  std::vector<SampledTrace> traces;    ///< in the order of the stream; strata are as drawn
};

/// Draws n traces from a stream of unknown length, holding at most 1.5 n. Every trace gets a random
/// priority; per stratum the smallest ones are taken, so that each stratum is a simple random
/// sample without replacement (bottom-k reservoir). How many: half of n is poured over the strata
/// like water over glasses (each gets the same number, smaller strata everything), which is the
/// floor for rare ones; the rest goes to the smallest priorities of all, which is proportional to
/// size and bounds the weights. Sizes depend on the strata of the traces and on how priorities rank
/// across strata, never on which trace of a stratum has which, so that given the sizes
/// the inclusion probabilities are exactly drawn / size.
///
/// With more than n / 4 strata the later ones share coarser names, so that each has at least two
/// traces in the sample, enough for a variance. Same stream and seed, same sample. Not thread-safe.
class StratifiedSampler {
 public:
  /// n >= 1, else Error(kUsage).
  StratifiedSampler(std::int64_t n, std::uint64_t seed);

  /// O(log n). `coarse` is the stratum's name when there are too many.
  void Add(Trace&& trace, const std::string& stratum, const std::string& coarse);

  std::int64_t seen() const { return seen_; }
  std::int64_t held() const { return static_cast<std::int64_t>(held_.size()); }

  /// Call once, at the end of the stream.
  StratifiedSample Finish();

 private:
  using Entry = std::pair<double, std::int64_t>;  // priority, then place in the stream
  struct Stratum {
    std::string name;
    std::int64_t size = 0;
    std::set<Entry> floor;  // the smallest, at most level_
  };
  struct Held {
    Trace trace;
    std::size_t stratum = 0;
    int holders = 0;  // of the stratum's floor and all_
  };

  std::size_t StratumIndex(const std::string& name, const std::string& coarse);
  void Hold(std::set<Entry>& set, const Entry& entry, std::int64_t capacity);
  void DropLargest(std::set<Entry>& set);
  void LowerLevel();
  std::vector<std::int64_t> Allocate() const;

  const std::int64_t n_;
  const std::int64_t floors_;      // traces that are poured over the strata
  const std::int64_t max_strata_;  // so that each gets two of them
  Random random_;
  std::int64_t seen_ = 0;
  std::int64_t level_;       // largest floor of a stratum so that all floors fit
  std::int64_t poured_ = 0;  // sum of the floors at this level
  std::vector<Stratum> strata_;
  std::map<std::string, std::size_t> index_;
  std::set<Entry> all_;                          // the n smallest of all strata
  std::unordered_map<std::int64_t, Held> held_;  // by place in the stream
};

}  // namespace kedge::trace
