#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/world/definition.h"
#include "harness/world/statement_set.h"

namespace kedge::world {

/// Reads the parts that tools.yaml and quirks.yaml have in common. `arguments` are the names that
/// SQL parameters and messages may use.
class RuleReader {
 public:
  RuleReader(StatementSet& statements, std::vector<std::string> arguments, bool writes)
      : statements_(statements), arguments_(std::move(arguments)), writes_(writes) {}

  std::vector<Guard> Guards(const std::optional<Node>& list);
  std::vector<StatementId> Statements(const std::optional<Node>& list);
  std::optional<ResultQuery> Result(const std::optional<Node>& node);
  StatementId Query(const Node& node) { return statements_.AddQuery(node, arguments_); }

 private:
  Guard ReadGuard(const Node& node);

  StatementSet& statements_;
  std::vector<std::string> arguments_;
  bool writes_;
};

/// An error class or a name: lower-case letters, digits and underscores, a letter first.
std::string ReadIdentifier(const Node& node);

}  // namespace kedge::world
