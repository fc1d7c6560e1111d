#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/json.h"

struct sqlite3_stmt;

namespace kedge::db {

/// What one attempt to execute a statement gave.
enum class StepResult {
  kRow,         ///< a row is ready to be read
  kDone,        ///< the statement has finished
  kConstraint,  ///< a constraint of the schema refused the change
  kFailed,      ///< any other error; Statement::ErrorText() says which
};

/// A prepared statement. Belongs to the Database that made it (keep that alive) and to its thread.
/// Parameters count from 1, columns from 0, as in SQLite.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // --- Parameters; Reset() sets all of them to NULL. Text is copied. ---
  Statement& BindNull(int index);
  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, int value) { return Bind(index, std::int64_t{value}); }
  Statement& Bind(int index, double value);
  Statement& Bind(int index, std::string_view text);
  Statement& Bind(int index, const char* text) { return Bind(index, std::string_view(text)); }
  Statement& BindBlob(int index, std::string_view bytes);
  /// Null, numbers and text as themselves, booleans as 0 and 1, arrays and objects as JSON text.
  Statement& BindJson(int index, const Json& value);

  /// The next row: true, or false at the end. Throws Error (see Database) on failure.
  bool Step();
  /// The same, with failures as values; never throws.
  StepResult TryStep() noexcept;
  /// Executes to the end, ignoring rows, and resets.
  void Run();
  /// Ready to be executed again, with all parameters NULL.
  void Reset() noexcept;

  // --- Columns of the present row. Text stays valid until the next Step or Reset. ---
  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  double Double(int column) const;
  std::string_view Text(int column) const;  ///< text or blob as bytes; empty for NULL
  /// Null, integer, real and text as such; a blob as {"$blob": "<hex>"}.
  Json JsonValue(int column) const;

  int column_count() const;
  std::string column_name(int column) const;
  int parameter_count() const;
  std::string parameter_name(int index) const;  ///< ":id"; empty for a bare `?`
  /// True if executing it cannot change the database (sqlite3_stmt_readonly).
  bool read_only() const;
  std::string sql() const;
  /// SQLite's words for the last failure on this connection.
  std::string ErrorText() const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  void CheckBind(int code);

  sqlite3_stmt* handle_ = nullptr;
};

/// All rows of a statement as an array of objects, keys are the column names; resets it.
Json RowsAsJson(Statement& statement);
/// The present row as an object.
Json RowAsJson(const Statement& statement);

}  // namespace kedge::db
