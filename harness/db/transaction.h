#pragma once

#include "harness/db/database.h"

namespace kedge::db {

/// BEGIN IMMEDIATE ... COMMIT around a scope; rolled back unless committed. Throws like Database.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Call once, last.
  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace kedge::db
