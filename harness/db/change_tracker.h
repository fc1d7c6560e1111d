#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/db/database.h"

namespace kedge::db {

/// A table whose rows are watched.
struct TrackedTable {
  std::string name;
  std::vector<std::string> columns;  ///< all, in the table's order
  std::vector<int> key;              ///< positions of the primary key's columns, at least one
};

/// Reads the shape of a table. Throws Error(kBadData), in words for the author of the schema, when
/// rows cannot be followed: no primary key, generated columns, a virtual table, a view.
TrackedTable DescribeTable(Database& database, const std::string& name);
/// The names of all tables of the main database but SQLite's own, sorted.
std::vector<std::string> TableNames(Database& database);

/// A row whose state differs from the one at the last Clear().
struct RowDelta {
  std::size_t table = 0;       ///< index into the tracked tables
  Json key;                    ///< array of the key columns' values
  std::optional<Json> before;  ///< array of all columns; absent: the row did not exist
  std::optional<Json> after;   ///< likewise for now
};

/// Follows what happens to tables through SQLite's pre-update hook. The first change of a row keeps
/// its old state; what the row is like now is read by primary key when asked for. So the net
/// difference costs O(rows touched), whatever was done in between, savepoints rolled back included.
/// One tracker per database, which must outlive it; same thread.
class ChangeTracker {
 public:
  ChangeTracker(Database& database, std::vector<TrackedTable> tables);
  ~ChangeTracker();
  ChangeTracker(const ChangeTracker&) = delete;
  ChangeTracker& operator=(const ChangeTracker&) = delete;

  const std::vector<TrackedTable>& tables() const;
  /// Forgets what happened so far.
  void Clear();
  /// Rows whose values differ from those at the last Clear, by table, then key. Integers and reals
  /// are compared as numbers (1 equals 1.0), everything else by type and value.
  std::vector<RowDelta> Net();
  /// True if a row with NULL or a blob in its key was touched since the last call or Clear. Such
  /// rows are not followed.
  bool TakeUnusableKey();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::db
