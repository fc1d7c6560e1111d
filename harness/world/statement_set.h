#pragma once

#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/db/database.h"
#include "harness/world/definition.h"

namespace kedge::world {

/// Checks the SQL of a world's files against its schema and collects it. A wrong table, column,
/// parameter or kind of statement is an Error at the node that holds the text.
class StatementSet {
 public:
  /// `database` has the world's tables and functions and is restricted to data.
  StatementSet(db::Database& database, std::vector<WorldStatement>& statements)
      : database_(database), statements_(statements) {}

  /// A query: changes nothing and has columns. `arguments` are the parameters it may name.
  StatementId AddQuery(const Node& sql, const std::vector<std::string>& arguments);
  /// Any statement; one that writes is refused unless `may_write`.
  StatementId AddStatement(const Node& sql, const std::vector<std::string>& arguments,
                           bool may_write);
  const std::vector<std::string>& columns(StatementId id) const { return statements_[id].columns; }

 private:
  StatementId Add(const Node& sql, const std::vector<std::string>& arguments, bool may_write);

  db::Database& database_;
  std::vector<WorldStatement>& statements_;
};

}  // namespace kedge::world
