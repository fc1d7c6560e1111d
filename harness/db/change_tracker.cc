#include "harness/db/change_tracker.h"

#include <sqlite3.h>

#include <map>
#include <string_view>
#include <utility>

#include "harness/core/error.h"
#include "harness/db/column_value.h"

namespace kedge::db {
namespace {

using ReadColumn = int (*)(sqlite3*, int, sqlite3_value**);

Json ReadRow(sqlite3* database, std::size_t columns, ReadColumn read) {
  Json row = Json::array();
  for (std::size_t i = 0; i < columns; ++i) {
    sqlite3_value* value = nullptr;
    const int code = read(database, static_cast<int>(i), &value);
    row.push_back(code == SQLITE_OK && value != nullptr ? ValueAsJson(value) : Json());
  }
  return row;
}

Json KeyOf(const TrackedTable& table, const Json& row) {
  Json key = Json::array();
  for (const int column : table.key) key.push_back(row[static_cast<std::size_t>(column)]);
  return key;
}

// NULL is never equal to itself, and a blob is shown as an object.
bool IsUnusable(const Json& key) {
  for (const Json& value : key) {
    if (value.is_null() || value.is_object()) return true;
  }
  return false;
}

std::string Quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    text += c;
    if (c == '"') text += c;
  }
  return text + '"';
}

std::string SelectByKey(const TrackedTable& table) {
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    sql += (i == 0 ? "" : ", ") + Quoted(table.columns[i]);
  }
  sql += " FROM main." + Quoted(table.name) + " WHERE ";
  for (std::size_t i = 0; i < table.key.size(); ++i) {
    sql += (i == 0 ? "" : " AND ") + Quoted(table.columns[static_cast<std::size_t>(table.key[i])]) +
           " = ?";
  }
  return sql;
}

Json RowValues(const Statement& statement) {
  Json row = Json::array();
  for (int i = 0; i < statement.column_count(); ++i) row.push_back(statement.JsonValue(i));
  return row;
}

}  // namespace

struct ChangeTracker::State {
  using FirstStates = std::map<Json, std::optional<Json>>;  // by key

  Database& database;
  std::vector<TrackedTable> tables;
  std::vector<Statement> select;     // by table, the row of a key
  std::vector<FirstStates> touched;  // by table
  bool unusable_key = false;

  explicit State(Database& db) : database(db) {}

  std::optional<std::size_t> Find(std::string_view name) const {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (tables[i].name == name) return i;
    }
    return std::nullopt;
  }

  void Touch(std::size_t table, const Json& row, bool existed) {
    Json key = KeyOf(tables[table], row);
    if (IsUnusable(key)) {
      unusable_key = true;
      return;
    }
    touched[table].try_emplace(std::move(key), existed ? std::optional<Json>(row) : std::nullopt);
  }

  void OnChange(sqlite3* handle, int operation, std::size_t table) {
    const std::size_t columns = tables[table].columns.size();
    if (operation != SQLITE_INSERT) {
      Touch(table, ReadRow(handle, columns, &sqlite3_preupdate_old), true);
    }
    // An update may move a row to another key, which then did not exist before.
    if (operation != SQLITE_DELETE) {
      Touch(table, ReadRow(handle, columns, &sqlite3_preupdate_new), false);
    }
  }

  static void Hook(void* self, sqlite3* handle, int operation, const char* schema,
                   const char* table, sqlite3_int64 /*old_rowid*/,
                   sqlite3_int64 /*new_rowid*/) noexcept {
    auto* state = static_cast<State*>(self);
    if (std::string_view(schema) != "main") return;
    if (const auto index = state->Find(table)) state->OnChange(handle, operation, *index);
  }

  std::optional<Json> Current(std::size_t table, const Json& key) {
    Statement& statement = select[table];
    for (std::size_t i = 0; i < key.size(); ++i) {
      statement.BindJson(static_cast<int>(i) + 1, key[i]);
    }
    std::optional<Json> row;
    if (statement.Step()) row = RowValues(statement);
    statement.Reset();
    // A collation may find a row whose key is spelt differently: that is another key.
    if (row && KeyOf(tables[table], *row) != key) row.reset();
    return row;
  }
};

ChangeTracker::ChangeTracker(Database& database, std::vector<TrackedTable> tables)
    : state_(std::make_unique<State>(database)) {
  state_->tables = std::move(tables);
  state_->touched.resize(state_->tables.size());
  for (const TrackedTable& table : state_->tables) {
    state_->select.push_back(database.Prepare(SelectByKey(table)));
  }
  sqlite3_preupdate_hook(database.handle(), &State::Hook, state_.get());
}

ChangeTracker::~ChangeTracker() {
  sqlite3_preupdate_hook(state_->database.handle(), nullptr, nullptr);
}

const std::vector<TrackedTable>& ChangeTracker::tables() const { return state_->tables; }

void ChangeTracker::Clear() {
  for (auto& rows : state_->touched) rows.clear();
  state_->unusable_key = false;
}

std::vector<RowDelta> ChangeTracker::Net() {
  std::vector<RowDelta> net;
  for (std::size_t table = 0; table < state_->tables.size(); ++table) {
    for (const auto& [key, before] : state_->touched[table]) {
      std::optional<Json> after = state_->Current(table, key);
      if (before != after) net.push_back({table, key, before, std::move(after)});
    }
  }
  return net;
}

bool ChangeTracker::TakeUnusableKey() { return std::exchange(state_->unusable_key, false); }

std::vector<std::string> TableNames(Database& database) {
  Statement query = database.Prepare(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' ORDER BY name");
  std::vector<std::string> names;
  while (query.Step()) names.emplace_back(query.Text(0));
  return names;
}

TrackedTable DescribeTable(Database& database, const std::string& name) {
  TrackedTable table{name, {}, {}};
  std::map<std::int64_t, int> key;  // by position within the key
  Statement columns =
      database.Prepare("SELECT name, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid");
  columns.Bind(1, name);
  while (columns.Step()) {
    if (columns.Int(2) != 0) {
      throw BadData("table " + name + ": column " + std::string(columns.Text(0)) +
                    " is generated; compute it in a view or in the query");
    }
    if (columns.Int(1) > 0) key[columns.Int(1)] = static_cast<int>(table.columns.size());
    table.columns.emplace_back(columns.Text(0));
  }
  if (key.empty()) throw BadData("table " + name + " has no PRIMARY KEY");
  for (const auto& [position, column] : key) table.key.push_back(column);
  return table;
}

}  // namespace kedge::db
