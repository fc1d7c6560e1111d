#pragma once

#include <vector>

#include "harness/core/json.h"

namespace kedge::agent_ref {

/// What tools have answered in an episode, row by row: every object in a result is a row, and the
/// arguments of the call that gave it belong to it. What a rule asks for with `when.seen` is read
/// from here, by the agent while it acts and by the learner afterwards. Not thread-safe.
class SeenRows {
 public:
  /// Takes in the result of a successful call.
  void Add(const Json& arguments, const Json& result);
  /// What is known of the thing that a call with these arguments is about: of all rows that have a
  /// text or number in common with the arguments, by name and value, the texts, numbers and
  /// booleans. Of the rows that have a field the one that contradicts the fewest arguments decides
  /// it, and of these the newest. O(rows).
  Json About(const Json& arguments) const;

 private:
  struct Row {
    Json fields;   // texts, numbers and booleans of one object
    Json context;  // the arguments that it was found with
  };
  void AddRows(const Json& value, const Json& context);

  std::vector<Row> rows_;
};

}  // namespace kedge::agent_ref
