#include "harness/db/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/db/column_value.h"
#include "harness/db/restrictions.h"
#include "harness/db/sql_text.h"
#include "harness/db/sqlite_error.h"

namespace kedge::db {
namespace {

constexpr int kProgressInterval = 1'000;  // instructions between two looks at the step limit

struct RegisteredFunction {
  Database::Function call;
};

void SetResult(sqlite3_context* context, const Json& value) {
  if (value.is_null()) return sqlite3_result_null(context);
  if (value.is_boolean()) return sqlite3_result_int(context, value.get<bool>() ? 1 : 0);
  if (value.is_number_integer()) return sqlite3_result_int64(context, value.get<std::int64_t>());
  if (value.is_number_float()) return sqlite3_result_double(context, value.get<double>());
  const std::string text = value.is_string() ? value.get<std::string>() : DumpJson(value);
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// Nothing may be thrown through SQLite, which is C.
void CallFunction(sqlite3_context* context, int count, sqlite3_value** values) {
  try {
    std::vector<Json> arguments;
    arguments.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) arguments.push_back(ValueAsJson(values[i]));
    SetResult(context,
              static_cast<RegisteredFunction*>(sqlite3_user_data(context))->call(arguments));
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

void DestroyFunction(void* function) { delete static_cast<RegisteredFunction*>(function); }

void Check(sqlite3* database, int code) {
  if (code != SQLITE_OK) throw SqliteError(database, code);
}

// SQLite counts its memory under one lock for the whole process; connections of several threads
// would wait for each other at every allocation. Has to come before the first connection.
void ConfigureOnce() {
  static const int kDone = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kDone);
}

bool OnlySpaceAndComments(sqlite3* database, const char* tail, const char* end) {
  sqlite3_stmt* rest = nullptr;
  const int code = sqlite3_prepare_v2(database, tail, static_cast<int>(end - tail), &rest, nullptr);
  const bool empty = code == SQLITE_OK && rest == nullptr;
  sqlite3_finalize(rest);
  return empty;
}

// SQLite reads no further than a zero byte, and takes what comes before it for the whole text.
void RefuseZeroBytes(std::string_view sql) {
  const std::size_t at = sql.find('\0');
  if (at == std::string_view::npos) return;
  throw BadData("there is a zero byte in the SQL")
      .At("", 1 + std::count(sql.begin(), sql.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

struct Database::State {
  sqlite3* handle = nullptr;
  Restrictions restrictions;
  std::int64_t steps_left = 0;

  ~State() { sqlite3_close_v2(handle); }

  Error PrepareError(int code) const {
    if (restrictions.refused.empty()) return SqliteError(handle, code);
    return Error(ErrorKind::kNotPermitted, restrictions.refused + " is not allowed here");
  }

  static int OnProgress(void* self) {
    auto* state = static_cast<State*>(self);
    state->steps_left -= kProgressInterval;
    return state->steps_left < 0 ? 1 : 0;
  }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

sqlite3* Database::handle() const { return state_->handle; }

Database Database::Open(const char* path, int flags) {
  ConfigureOnce();
  auto state = std::make_unique<State>();
  // One connection is used by one thread at a time, so its own mutex would only cost.
  const int code = sqlite3_open_v2(path, &state->handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) throw SqliteError(state->handle, code);
  sqlite3_extended_result_codes(state->handle, 1);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Set once: a change of the authorizer would make SQLite prepare every statement anew, and
  // judge statements of before by the rules of after.
  sqlite3_set_authorizer(state->handle, &Authorize, &state->restrictions);
  return Database(std::move(state));
}

Database Database::OpenFile(const std::string& path, const OpenOptions& options) {
  int flags = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  try {
    Database database = Open(path.c_str(), flags);
    sqlite3_busy_timeout(database.handle(), static_cast<int>(options.busy_timeout.count()));
    // The first look into the file: this is where a foreign file is noticed.
    database.Execute("SELECT count(*) FROM sqlite_schema");
    if (options.wal && !options.read_only) {
      // DEFENSIVE forbids only direct changes of the journal mode to OFF.
      database.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
    }
    return database;
  } catch (Error& error) {
    throw error.At(path);
  }
}

Database Database::OpenMemory() {
  Database database =
      Open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
  // Views and triggers of a file may come from anybody; those in memory come from whoever writes
  // the statements, and may use what statements may: SQLite's JSON functions, for one.
  sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, nullptr);
  return database;
}

Database Database::FromImage(const Image& image) {
  Database source = OpenMemory();
  const std::string_view bytes = image.bytes();
  // Read-only: SQLite does not touch the shared bytes, and the copy below is the only one.
  auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  Check(source.handle(), sqlite3_deserialize(source.handle(), "main", data, size, size,
                                             SQLITE_DESERIALIZE_READONLY));
  Database copy = OpenMemory();
  sqlite3_backup* backup = sqlite3_backup_init(copy.handle(), "main", source.handle(), "main");
  if (backup == nullptr) throw SqliteError(copy.handle(), sqlite3_errcode(copy.handle()));
  sqlite3_backup_step(backup, -1);
  Check(copy.handle(), sqlite3_backup_finish(backup));
  return copy;
}

Image Database::Serialize() const {
  sqlite3_int64 size = 0;
  std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      sqlite3_serialize(handle(), "main", &size, 0), &sqlite3_free);
  if (bytes == nullptr && size != 0) throw SqliteError(handle(), SQLITE_NOMEM);
  return Image(std::make_shared<const std::string>(reinterpret_cast<const char*>(bytes.get()),
                                                   static_cast<std::size_t>(size)));
}

Statement Database::Prepare(std::string_view sql) {
  RefuseZeroBytes(sql);
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  state_->restrictions.refused.clear();
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  Statement statement(raw);
  if (code != SQLITE_OK) {
    throw state_->PrepareError(code);
  }
  if (raw == nullptr) throw BadData("there is no SQL statement");
  if (!OnlySpaceAndComments(handle(), tail, sql.data() + sql.size())) {
    throw BadData("only one SQL statement is allowed here; make it a list of statements");
  }
  return statement;
}

void Database::Execute(std::string_view script) {
  RefuseZeroBytes(script);
  const char* next = script.data();
  const char* end = next + script.size();
  while (next < end) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    state_->restrictions.refused.clear();
    const int code = sqlite3_prepare_v2(handle(), next, static_cast<int>(end - next), &raw, &tail);
    Statement statement(raw);
    try {
      if (code != SQLITE_OK) throw state_->PrepareError(code);
      if (raw != nullptr) statement.Run();
    } catch (Error& error) {
      throw error.At("", 1 + std::count(script.data(), SkipBlanks(next, end), '\n'));
    }
    next = tail;
  }
}

void Database::Restrict(Access access, std::vector<std::string> protected_tables) {
  state_->restrictions.access = Access::kUnrestricted;
  // The first use of a table-valued function declares a table, which Access::kData would refuse.
  if (access == Access::kData) Execute("SELECT 1 FROM json_each('[]'), json_tree('[]')");
  state_->restrictions.access = access;
  state_->restrictions.protected_tables = std::move(protected_tables);
}

void Database::LimitSteps(std::int64_t instructions) {
  state_->steps_left = instructions;
  sqlite3_progress_handler(handle(), instructions > 0 ? kProgressInterval : 0, &State::OnProgress,
                           state_.get());
}

void Database::AddFunction(const std::string& name, int arguments, Function function) {
  auto owned = std::make_unique<RegisteredFunction>(RegisteredFunction{std::move(function)});
  // SQLite destroys the function itself, also when the registration fails.
  Check(handle(), sqlite3_create_function_v2(handle(), name.c_str(), arguments,
                                             SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                             owned.release(), &CallFunction, nullptr, nullptr,
                                             &DestroyFunction));
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle()); }

std::int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(handle()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

bool Database::has_deferred_violations() const {
  int current = 0;
  int highest = 0;
  sqlite3_db_status(handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0);
  return current != 0;
}

}  // namespace kedge::db
