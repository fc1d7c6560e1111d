#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// What README.md says of a policy, written down a second time as plainly as possible: nothing is
/// remembered, every verdict is found by reading the whole prefix again. Knows the fragment of the
/// format that RandomPolicy makes.
class ReferenceInterpreter {
 public:
  explicit ReferenceInterpreter(const Json& policy) : policy_(policy) {}

  /// "deny rule:deny!code ..." for event `index` of `trace`, as Summary prints decisions.
  std::string Judge(const std::vector<Event>& trace, std::size_t index) const;

  /// What one rule says: "" when nothing, "violated", "violated=ask" where another verdict than the
  /// rule's own is meant, else the error's code.
  std::string JudgeRule(const Json& rule, const std::vector<Event>& trace, std::size_t index) const;

  /// How many obligations of the rule come due, unfulfilled, at this event; with `at_end` how many
  /// are open after it.
  int Late(const Json& rule, const std::vector<Event>& trace, std::size_t index, bool at_end) const;

  /// True if the rule is about this event.
  bool Matches(const Json& rule, const Event& event) const;

 private:
  std::string Tool(const Event& event) const;
  bool InSet(const Json& selector, const Event& event) const;
  std::string Words(const Json& rule, const std::vector<Event>& trace, std::size_t index) const;
  std::string Args(const Json& schema, const Event& event) const;
  std::optional<bool> Happened(const Json& what, const std::vector<Event>& trace, std::size_t index,
                               bool proof, std::string& error) const;
  std::string AnyOf(const Json& rule, const std::vector<Event>& trace, std::size_t index) const;
  std::string Compare(const Json& what, const std::vector<Event>& trace, std::size_t index) const;
  std::string Origin(const Json& rule, const std::vector<Event>& trace, std::size_t index) const;
  std::string Flow(const Json& what, const std::vector<Event>& trace, std::size_t index) const;
  std::set<std::string> LabelsOf(const std::string& word, const std::vector<Event>& trace,
                                 std::size_t index) const;
  std::string AtMost(const Json& rule, const Json& bound, const std::vector<Event>& trace,
                     std::size_t index) const;
  std::string Latest(const std::vector<Event>& trace, std::size_t index) const;

  Json policy_;
};

}  // namespace kedge::guards
