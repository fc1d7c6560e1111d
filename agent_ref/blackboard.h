#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent_ref/playbook.h"
#include "agent_ref/toolbox.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// A typed value that the agent knows, and from where.
struct Fact {
  std::string type;
  Json value;
  std::string folded;          ///< for comparisons
  const Tool* tool = nullptr;  ///< that offered it; null when the user said it
  int call = -1;               ///< which call's result it came from; -1 for the user
  int record = -1;             ///< which row of that result it belongs to; -1 for none
  std::size_t position = std::string::npos;  ///< in the user's first words; npos for later ones
};

/// What is known in an episode: a growing list of facts. Facts of one result row share a record;
/// the arguments of the call belong to each of its records. Not thread-safe.
class Blackboard {
 public:
  explicit Blackboard(const Playbook& playbook) : playbook_(&playbook) {}

  /// Every match of every type's pattern. `first_words`: keep the positions.
  void AddUserText(std::string_view text, bool first_words);
  void AddUserValue(const std::string& type, const Json& value);
  /// Every field of every row of a result, with the call's own arguments in each record.
  void AddResult(const Tool& tool, const Json& arguments, const Json& content);

  const std::vector<Fact>& facts() const { return facts_; }
  bool Knows(const std::string& type) const;
  /// The value of `type` in a record; null pointer when it has none.
  const Fact* InRecord(int record, const std::string& type) const;
  /// How many texts of the record occur in the user's words, `type` itself left out.
  int Overlap(int record, const std::string& type) const;

 private:
  void AddRow(const Tool& tool, const Json& row,
              const std::vector<std::pair<std::string, Json>>& context);
  void AddFact(Fact fact);

  const Playbook* playbook_;
  std::vector<Fact> facts_;
  std::vector<std::vector<std::size_t>> records_;  // indices into facts_
  std::string user_words_;                         // folded
  int calls_ = 0;
};

/// The value as the type's `fold` wants it.
Json FoldedTo(const SemanticType* type, Json value);

/// The first value of the type in a text, by its pattern; nullopt when there is none.
std::optional<std::string> FindValue(const SemanticType& type, std::string_view text);

}  // namespace kedge::agent_ref
