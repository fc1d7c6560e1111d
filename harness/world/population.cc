#include "harness/world/population.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/db/calculator.h"
#include "harness/db/population_functions.h"
#include "harness/world/definition.h"

namespace kedge::world {
namespace {

void RunScript(db::Database& database, const SqlFile& file) {
  try {
    database.Execute(file.text);
  } catch (const Error& error) {
    throw BadData(error.message()).At(file.path, error.line());
  }
}

void CheckForeignKeys(db::Database& database, const SqlFile& file) {
  db::Statement check = database.Prepare(
      "SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check "
      "GROUP BY 1, 2");
  if (!check.Step()) return;
  throw BadData(std::to_string(check.Int(2)) + " rows of table " + std::string(check.Text(0)) +
                " refer to rows of " + std::string(check.Text(1)) + " that do not exist")
      .At(file.path);
}

void CheckKeysAreKnown(db::Database& database, const db::TrackedTable& table) {
  for (const int column : table.key) {
    const std::string& name = table.columns[static_cast<std::size_t>(column)];
    db::Statement check = database.Prepare("SELECT 1 FROM \"" + table.name + "\" WHERE typeof(\"" +
                                           name + "\") IN ('null', 'blob')");
    if (check.Step()) {
      throw BadData("table " + table.name + ": column " + name +
                    " of the primary key holds NULL or a blob");
    }
  }
}

}  // namespace

void AddWorldFunctions(db::Database& database, const WorldOptions& options) {
  db::AddDrawFunctions(database, "", options.population_seed);
  db::AddDrawFunctions(database, "variant_", options.variant);
  db::AddMoneyFunction(database);
  database.AddFunction("variant", 0, [variant = options.variant](auto) -> Json {
    return static_cast<std::int64_t>(variant);
  });
  db::AddCalculator(database);
}

db::Image BuildPopulation(const SqlFile& schema, const SqlFile& seed_script,
                          const WorldOptions& options, const ExternalData& data) {
  db::Database database = db::Database::OpenMemory();
  AddWorldFunctions(database, options);
  AddDataFunction(database, data);
  database.Execute(
      "BEGIN; CREATE TABLE kedge_call (seq INTEGER PRIMARY KEY, tool TEXT NOT NULL, "
      "ok INTEGER NOT NULL, arguments TEXT NOT NULL, error TEXT NOT NULL)");
  db::Statement commit = database.Prepare("COMMIT");
  database.Restrict(db::Access::kDefinition, {kCallTable});
  RunScript(database, schema);
  RunScript(database, seed_script);
  database.Restrict(db::Access::kUnrestricted);
  CheckForeignKeys(database, seed_script);
  commit.Run();
  return database.Serialize();
}

std::vector<db::TrackedTable> ScoredTables(db::Database& database,
                                           const std::vector<std::string>& unscored) {
  std::vector<std::string> names = db::TableNames(database);
  std::erase(names, kCallTable);
  for (const std::string& name : unscored) std::erase(names, name);
  std::vector<db::TrackedTable> tables;
  for (const std::string& name : names) {
    tables.push_back(db::DescribeTable(database, name));
    CheckKeysAreKnown(database, tables.back());
  }
  return tables;
}

}  // namespace kedge::world
