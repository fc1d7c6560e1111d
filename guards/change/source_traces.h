#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "harness/trace/trace.h"

namespace kedge::guards {

/// What the change guard wants to know of one trace that a guideline may rest on.
struct SourceTrace {
  std::string split;
  std::string family;
  std::string principal;
  std::string outcome;  ///< "success", "failure" or "unknown", as guidelines name it
  int steps = 0;
  bool violated = false;         ///< a guard was broken in it
  int first_untrusted = -1;      ///< step of the first text of a stranger; -1: there is none
  std::set<std::string> tools;   ///< that were called in it
  std::set<std::string> errors;  ///< classes of the errors that were met in it
};

/// The traces a learner had, and the words of strangers in them (tool results that a policy or a
/// detector calls untrusted), to check what guidelines say of their sources. Immutable after the
/// last Add.
class SourceTraces {
 public:
  static constexpr std::size_t kOverlapWords = 8;

  /// `untrusted_tools`: their results are the words of strangers.
  explicit SourceTraces(std::set<std::string> untrusted_tools = {});

  /// Takes in one trace. An observation of an untrusted tool, or one in which the shipped injection
  /// pack finds something, counts as untrusted from there on. Throws Error(kBadData) for an id that
  /// came before.
  void Add(const trace::Trace& trace);

  /// Null when there is no such trace.
  const SourceTrace* Find(const std::string& id) const;
  /// Whether `text` repeats kOverlapWords words in a row of a stranger's text.
  bool RepeatsUntrusted(std::string_view text) const;
  std::size_t size() const { return traces_.size(); }

 private:
  bool IsUntrusted(const std::string& tool, const std::string& content) const;

  std::set<std::string> untrusted_tools_;
  std::map<std::string, SourceTrace> traces_;
  std::unordered_set<std::string> untrusted_phrases_;
};

}  // namespace kedge::guards
