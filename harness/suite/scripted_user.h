#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/suite/task.h"

namespace kedge::suite {

/// How unclear the scripted users of a suite are.
struct UserNoise {
  double unclear = 0.0;  ///< probability that a first answer to a question says nothing useful
  double late = 0.0;     ///< probability that the answer comes only when asked again
};

/// A user who knows the task's facts and nothing else. The answers depend on the task, the seed and
/// how often the same thing was asked before; never on wall time.
class ScriptedUser {
 public:
  ScriptedUser(const Task& task, const UserNoise& noise, std::uint64_t seed);
  /// Confirmation questions ("shall I", "confirm", "go ahead") get "Yes, ..." or "No, ...";
  /// questions with a fact's keyword get that fact; others "I don't know."
  std::string Answer(const std::string& question);
  std::int64_t questions() const { return questions_; }

 private:
  const Task& task_;
  UserNoise noise_;
  std::uint64_t seed_;
  std::int64_t questions_ = 0;
  std::map<std::string, int> asked_;
};

}  // namespace kedge::suite
