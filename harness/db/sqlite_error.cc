#include "harness/db/sqlite_error.h"

#include <sqlite3.h>

namespace kedge::db {
namespace {

ErrorKind KindOf(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::kTemporary;
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return ErrorKind::kIo;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorKind::kNotPermitted;
    case SQLITE_CANTOPEN:
      return ErrorKind::kMissingInput;
    case SQLITE_MISUSE:
    case SQLITE_NOMEM:
    case SQLITE_INTERNAL:
      return ErrorKind::kInternal;
    default:
      return ErrorKind::kBadData;
  }
}

}  // namespace

Error SqliteError(sqlite3* database, int code) {
  std::string text = database == nullptr ? "" : sqlite3_errmsg(database);
  // The connection's text belongs to its last call; fall back on the code's own words.
  if (text.empty() || text == "not an error") text = sqlite3_errstr(code);
  return Error(KindOf(code), std::move(text));
}

}  // namespace kedge::db
