#include "harness/db/statement.h"

#include <sqlite3.h>

#include <utility>

#include "harness/db/column_value.h"
#include "harness/db/sqlite_error.h"

namespace kedge::db {

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(handle_);
    handle_ = std::exchange(other.handle_, nullptr);
  }
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::CheckBind(int code) {
  if (code != SQLITE_OK) throw SqliteError(sqlite3_db_handle(handle_), code);
}

Statement& Statement::BindNull(int index) {
  CheckBind(sqlite3_bind_null(handle_, index));
  return *this;
}

Statement& Statement::Bind(int index, std::int64_t value) {
  CheckBind(sqlite3_bind_int64(handle_, index, value));
  return *this;
}

Statement& Statement::Bind(int index, double value) {
  CheckBind(sqlite3_bind_double(handle_, index, value));
  return *this;
}

Statement& Statement::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL; an empty view may have one.
  const char* data = text.data() == nullptr ? "" : text.data();
  CheckBind(sqlite3_bind_text64(handle_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindBlob(int index, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  CheckBind(sqlite3_bind_blob64(handle_, index, data, bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::BindJson(int index, const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
    case Json::value_t::discarded:
      return BindNull(index);
    case Json::value_t::boolean:
      return Bind(index, std::int64_t{value.get<bool>()});
    case Json::value_t::number_integer:
      return Bind(index, value.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      // SQLite has no unsigned integers; beyond int64 only a real can hold the value.
      if (value.get<std::uint64_t>() > INT64_MAX) return Bind(index, value.get<double>());
      return Bind(index, value.get<std::int64_t>());
    case Json::value_t::number_float:
      return Bind(index, value.get<double>());
    case Json::value_t::string:
      return Bind(index, std::string_view(value.get_ref<const std::string&>()));
    default:
      return Bind(index, std::string_view(DumpJson(value)));
  }
}

StepResult Statement::TryStep() noexcept {
  const int code = sqlite3_step(handle_);
  switch (code & 0xff) {
    case SQLITE_ROW:
      return StepResult::kRow;
    case SQLITE_DONE:
      return StepResult::kDone;
    case SQLITE_CONSTRAINT:
      return StepResult::kConstraint;
    default:
      return StepResult::kFailed;
  }
}

bool Statement::Step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = SqliteError(sqlite3_db_handle(handle_), code);
  sqlite3_reset(handle_);  // otherwise the failed statement holds its lock
  throw error;
}

void Statement::Run() {
  while (Step()) {
  }
  Reset();
}

void Statement::Reset() noexcept {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(handle_, column); }

double Statement::Double(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::Text(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

Json Statement::JsonValue(int column) const {
  return ValueAsJson(sqlite3_column_value(handle_, column));
}

int Statement::column_count() const { return sqlite3_column_count(handle_); }

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(handle_, column);
  return name == nullptr ? "" : name;
}

int Statement::parameter_count() const { return sqlite3_bind_parameter_count(handle_); }

std::string Statement::parameter_name(int index) const {
  const char* name = sqlite3_bind_parameter_name(handle_, index);
  return name == nullptr ? "" : name;
}

bool Statement::read_only() const { return sqlite3_stmt_readonly(handle_) != 0; }

std::string Statement::sql() const { return sqlite3_sql(handle_); }

std::string Statement::ErrorText() const { return sqlite3_errmsg(sqlite3_db_handle(handle_)); }

Json RowAsJson(const Statement& statement) {
  Json row = Json::object();
  for (int i = 0; i < statement.column_count(); ++i) {
    row[statement.column_name(i)] = statement.JsonValue(i);
  }
  return row;
}

Json RowsAsJson(Statement& statement) {
  Json rows = Json::array();
  while (statement.Step()) rows.push_back(RowAsJson(statement));
  statement.Reset();
  return rows;
}

}  // namespace kedge::db
