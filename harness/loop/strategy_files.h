#pragma once

#include <string>

#include "harness/store/registry.h"
#include "harness/strategy/strategy.h"

namespace kedge::loop {

/// The files that make up a strategy's folder: strategy.yaml and the layers that it names, byte for
/// byte. Throws Error as Strategy::Load does for what it cannot read.
store::StrategyFiles ReadStrategyFiles(const std::string& folder);

/// The strategy that such files make, and the files that a strategy makes. Both go through a folder
/// of the system's for temporary files. Throw Error.
strategy::Strategy StrategyOf(const store::StrategyFiles& files);
store::StrategyFiles FilesOf(const strategy::Strategy& strategy);

/// Puts the files at `folder` so that a reader sees the old strategy or the new one, whole: they
/// are written beside it, read back and compared with `hash`, and then the two folders change
/// places. The folder may be absent or hold a strategy; one that holds anything else is refused
/// (Error(kNotPermitted)), for that would be lost. A killed process may leave `folder`.tmp-*.
class StagedStrategy {
 public:
  /// Writes and checks; `folder` is as it was.
  StagedStrategy(const store::StrategyFiles& files, const std::string& hash,
                 const std::string& folder);
  /// Removes what was not committed.
  ~StagedStrategy();
  StagedStrategy(const StagedStrategy&) = delete;
  StagedStrategy& operator=(const StagedStrategy&) = delete;

  /// Changes places; call once.
  void Commit();

 private:
  std::string target_;
  std::string staged_;
};

}  // namespace kedge::loop
