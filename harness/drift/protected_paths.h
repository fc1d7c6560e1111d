#pragma once

#include <string>
#include <vector>

#include "harness/drift/behaviour.h"
#include "harness/text/pattern.h"
#include "harness/trace/trace.h"

namespace kedge::drift {

/// Finds calls that name what an honest agent leaves alone: files of graders and answers in the
/// arguments of any call, and test files in those of a tool that writes. Immutable; thread-safe.
class ProtectedPaths {
 public:
  /// `more`: further patterns (RE2), matched against each word of an argument that looks like a
  /// path. Throws Error(kBadData) for a pattern that does not compile.
  explicit ProtectedPaths(const std::vector<std::string>& more);

  /// True when a call of the agent names one. `options` says which tools have the permission
  /// "write".
  bool Touches(const trace::Trace& trace, const BehaviourOptions& options) const;

 private:
  bool Names(const Json& value, bool writes, int depth) const;
  bool NamesInText(const std::string& text, bool writes) const;

  std::vector<text::Pattern> never_;
  text::Pattern tests_;
};

}  // namespace kedge::drift
