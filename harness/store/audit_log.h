#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kedge::store {

/// One row of the audit log: what was written, and the link to everything written before it.
struct AuditEntry {
  std::int64_t id = 0;  ///< from 1, without gaps
  std::int64_t unix_nanos = 0;
  std::string action;   ///< "verdict", "reserve", "settle", "evidence", "promote", "rollback", ...
  std::string subject;  ///< table of the row that was written
  std::string key;      ///< its primary key, parts joined by '/'
  std::string row_digest;  ///< SHA-256 of the row as it was then
  std::string hash;        ///< SHA-256 over the previous entry's hash and all of the above
};

/// What recomputing the log found.
struct AuditReport {
  std::int64_t entries = 0;
  std::int64_t rows = 0;              ///< rows of the store that were compared with the log
  std::string head;                   ///< hash of the newest entry; empty for an empty log
  std::int64_t problems = 0;          ///< all that were found
  std::vector<std::string> findings;  ///< the first 50, each naming the row
};

/// A hash chain over every row the store ever wrote. It shows any change, removal or addition of
/// single rows; a chain that was recomputed from end to end, or cut off together with its newest
/// rows, shows only against a head that was noted elsewhere.
class AuditLog {
 public:
  virtual ~AuditLog() = default;

  /// Hash of the newest entry; empty for an empty log.
  virtual std::string Head() = 0;
  virtual std::vector<AuditEntry> Entries(std::int64_t limit) = 0;  ///< newest first
  /// Recomputes the chain and every row it speaks of. With `known_head`, that hash must be in the
  /// chain. Reads only. O(size of the store).
  virtual AuditReport Verify(const std::string& known_head = {}) = 0;
};

}  // namespace kedge::store
