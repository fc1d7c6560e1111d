#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/drift/watch.h"

namespace kedge::loop {

/// Where a production alarm comes from: a window of graded traces after a promotion, or what an
/// earlier watch left.
struct WatchSource {
  std::string baseline;    ///< archive, FILE or FILE#PICK
  std::string state_file;  ///< goes on from it when it exists; empty: none is kept
  double threshold = 10000;
  double tolerance = 0.02;
  double cost_cap = 0;       ///< 0: twice the baseline's 99 % quantile
  double latency_cap = 0;    ///< seconds; likewise
  double min_inclusion = 0;  ///< 0: the smallest in the baseline and in what is to be watched
};

/// How far a growing archive was taken in: so many bytes of its file of that number, and all files
/// before it.
struct ArchivePlace {
  std::int64_t file = 0, bytes = 0;
  bool operator==(const ArchivePlace&) const = default;
};

/// The alarm with the caps its grades are made with.
struct ProductionWatch {
  drift::Watch watch;
  drift::GradeCaps caps;
  std::optional<ArchivePlace> place;  ///< when it follows an archive that grows (kedge serve)
};

/// From the state file where there is one, else from the baseline; `smallest_inclusion` is that of
/// the traces to be watched, as far as they are known. Throws Error(kUsage) without either.
ProductionWatch OpenWatch(const WatchSource& source, double smallest_inclusion = 1);

/// The state as one file, whole or not at all.
void SaveWatch(const std::string& path, const ProductionWatch& watch);

}  // namespace kedge::loop
