#include "harness/db/restrictions.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace kedge::db {
namespace {

// Functions whose value is not a function of the database: a world must give the same bytes for
// the same seed.
constexpr std::array<const char*, 8> kRefusedFunctions = {
    "random",       "randomblob",        "load_extension", "current_date",
    "current_time", "current_timestamp", "readfile",       "writefile"};

bool IsProtected(const Restrictions& restrictions, const char* table) {
  const auto& tables = restrictions.protected_tables;
  return table != nullptr && std::find(tables.begin(), tables.end(), table) != tables.end();
}

bool IsSqliteTable(const char* table) {
  return table != nullptr && std::string_view(table).starts_with("sqlite_");
}

int Refuse(Restrictions& restrictions, std::string what) {
  restrictions.refused = std::move(what);
  return SQLITE_DENY;
}

int JudgeRowChange(Restrictions& restrictions, const char* verb, const char* table) {
  if (IsProtected(restrictions, table)) {
    return Refuse(restrictions, std::string(verb) + " on table " + table);
  }
  // A definition is first seen as a change of SQLite's own tables.
  if (restrictions.access == Access::kData && IsSqliteTable(table)) {
    return Refuse(restrictions, "a change of the schema");
  }
  return SQLITE_OK;
}

// Pragmas as table-valued functions, and SQLite's views on its own workings.
int JudgeRead(Restrictions& restrictions, const char* table) {
  const std::string_view name = table == nullptr ? "" : table;
  if (name.starts_with("pragma_")) return Refuse(restrictions, "PRAGMA");
  if (name == "sqlite_stmt" || name == "dbstat") return Refuse(restrictions, std::string(name));
  return SQLITE_OK;
}

int JudgeFunction(Restrictions& restrictions, const char* name) {
  for (const char* refused : kRefusedFunctions) {
    if (sqlite3_stricmp(name, refused) == 0)
      return Refuse(restrictions, std::string(refused) + "()");
  }
  return SQLITE_OK;
}

const char* DefinitionName(int action) {
  switch (action) {
    case SQLITE_CREATE_INDEX:
      return "CREATE INDEX";
    case SQLITE_CREATE_TABLE:
      return "CREATE TABLE";
    case SQLITE_CREATE_TRIGGER:
      return "CREATE TRIGGER";
    case SQLITE_CREATE_VIEW:
      return "CREATE VIEW";
    case SQLITE_DROP_INDEX:
      return "DROP INDEX";
    case SQLITE_DROP_TABLE:
      return "DROP TABLE";
    case SQLITE_DROP_TRIGGER:
      return "DROP TRIGGER";
    case SQLITE_DROP_VIEW:
      return "DROP VIEW";
    case SQLITE_ALTER_TABLE:
      return "ALTER TABLE";
    case SQLITE_REINDEX:
      return "REINDEX";
    default:
      return nullptr;
  }
}

const char* ForbiddenName(int action) {
  switch (action) {
    case SQLITE_ATTACH:
      return "ATTACH";
    case SQLITE_DETACH:
      return "DETACH";
    case SQLITE_PRAGMA:
      return "PRAGMA";
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_VTABLE:
      return "a virtual table";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return "a transaction";
    case SQLITE_ANALYZE:
      return "ANALYZE";
    default:
      return "a temporary object";
  }
}

}  // namespace

int Authorize(void* restrictions, int action, const char* first, const char* second,
              const char* /*database*/, const char* /*trigger*/) {
  auto& rules = *static_cast<Restrictions*>(restrictions);
  if (rules.access == Access::kUnrestricted) return SQLITE_OK;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ:
      return JudgeRead(rules, first);
    case SQLITE_INSERT:
      return JudgeRowChange(rules, "INSERT", first);
    case SQLITE_UPDATE:
      return JudgeRowChange(rules, "UPDATE", first);
    case SQLITE_DELETE:
      return JudgeRowChange(rules, "DELETE", first);
    case SQLITE_FUNCTION:
      return JudgeFunction(rules, second);
    default:
      break;
  }
  const char* definition = DefinitionName(action);
  if (definition == nullptr) return Refuse(rules, ForbiddenName(action));
  if (rules.access == Access::kDefinition) return SQLITE_OK;
  return Refuse(rules, definition);
}

}  // namespace kedge::db
