#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"
#include "harness/db/statement.h"

struct sqlite3;

namespace kedge::db {

struct OpenOptions {
  bool read_only = false;
  bool create = true;  ///< makes the file when it is absent (never with read_only)
  std::chrono::milliseconds busy_timeout{5'000};  ///< how long to wait for another process's lock
  bool wal = true;  ///< write-ahead log with synchronous=NORMAL; not on network file systems
};

/// What SQL that comes from a configuration file may do. ATTACH, DETACH, VACUUM INTO, PRAGMA,
/// extensions, virtual tables and the functions random(), randomblob() and current_*() are refused
/// under every level but kUnrestricted.
enum class Access {
  kUnrestricted,  ///< kedge's own statements
  kDefinition,    ///< tables, indexes, views, triggers and rows
  kData,          ///< rows only: SELECT, INSERT, UPDATE, DELETE
};

/// The bytes of a whole database; cheap to copy, shared between threads, immutable.
class Image {
 public:
  std::string_view bytes() const { return *bytes_; }

 private:
  friend class Database;
  explicit Image(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
  std::shared_ptr<const std::string> bytes_;
};

/// A connection to a SQLite database. Foreign keys are enforced; double-quoted text is never a
/// string literal. Movable, one thread at a time.
///
/// Failures throw Error: kTemporary (busy, locked), kIo (disk), kNotPermitted (read-only file,
/// refused by Access), kMissingInput (no such file), kBadData (wrong SQL, constraint, not a
/// database), kInternal (misuse, memory). The message is SQLite's own.
class Database {
 public:
  static Database OpenFile(const std::string& path, const OpenOptions& options = {});
  static Database OpenMemory();
  /// A private, writable copy in memory; O(size of the image).
  static Database FromImage(const Image& image);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Exactly one statement; empty text and a second statement are errors.
  Statement Prepare(std::string_view sql);
  /// Any number of statements; rows are ignored.
  void Execute(std::string_view script);
  /// The image of the main database.
  Image Serialize() const;

  /// Applies to statements prepared from now on. `protected_tables` may be read but not changed.
  void Restrict(Access access, std::vector<std::string> protected_tables = {});
  /// Ends a statement with an error after about this many virtual-machine instructions since the
  /// last call of this; 0: no limit.
  void LimitSteps(std::int64_t instructions);

  using Function = std::function<Json(std::span<const Json> arguments)>;
  /// Adds a deterministic SQL function; `arguments` -1 takes any number. An Error that it throws
  /// becomes the statement's error.
  void AddFunction(const std::string& name, int arguments, Function function);

  std::int64_t changes() const;  ///< rows changed by the last statement
  std::int64_t last_insert_rowid() const;
  /// False also after an error that made SQLite roll back by itself (RAISE(ROLLBACK), a full disk,
  /// a writing statement that LimitSteps ended).
  bool in_transaction() const;
  /// Violations of deferred foreign keys that are outstanding in the open transaction.
  bool has_deferred_violations() const;

  sqlite3* handle() const;  ///< for the files of this room

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  static Database Open(const char* path, int flags);
  std::unique_ptr<State> state_;
};

}  // namespace kedge::db
