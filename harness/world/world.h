#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/json.h"
#include "harness/world/tool.h"

namespace kedge::world {

/// How a world folder is brought to life.
struct WorldOptions {
  std::uint64_t population_seed = 1;  ///< which customers, orders, ... exist
  /// Ids of the quirks (extra rules) that hold; {"all"} means every one.
  std::vector<std::string> quirks = {"all"};
  /// Folders of the data that the world does not hold itself, by their key in world.yaml; a key
  /// that is not here is looked up in the environment (KEDGE_DATA_<KEY>).
  std::map<std::string, std::string> data = {};
  /// Which draw of its own parameters the world uses, as far as its seed script asks for
  /// `variant()` or draws from it (`variant_rnd`): thresholds of quirks, which tool helps against
  /// which. 0: as documented. At most 2^53, so that it is one number in SQL and in JSON.
  std::uint64_t variant = 0;
};

/// How values of one kind (an order number, an e-mail address) look in text and are asked for.
struct SemanticType {
  std::string name;
  std::string pattern;  ///< RE2
  std::string ask;      ///< question to the user; may be empty
};

/// One changed row of a scored table.
struct RowChange {
  std::string table;
  std::string operation;  ///< "insert", "update", "delete"
  Json key;               ///< primary key columns
  Json before;            ///< changed columns only for an update; null for an insert
  Json after;             ///< null for a delete
  bool operator==(const RowChange&) const = default;
};

/// What a session did to the scored tables, as a net difference in a canonical order: two sessions
/// from the same start reached equal states iff their differences are equal.
struct Difference {
  std::vector<RowChange> changes;
  bool empty() const { return changes.empty(); }
  bool operator==(const Difference&) const = default;
};
Json ToJson(const Difference& difference);
/// One line per row that differs between the two, for reports ("orders W000123: status is
/// 'pending', expected 'cancelled'"); empty iff equal.
std::vector<std::string> Compare(const Difference& expected, const Difference& actual);

/// An environment with state and tools: `world.yaml`, `schema.sql`, `seed.sql`, `tools.yaml`,
/// `quirks.yaml` (optional), `policy.md`; the formats are in README.md. Immutable after Load; the
/// seeded database is held once as an image and shared by all sessions. Thread-safe.
class World {
 public:
  /// Validates every file and every statement (prepared against the schema) and every active
  /// quirk; throws Error with file, line and field.
  static std::shared_ptr<const World> Load(const std::string& folder, const WorldOptions& options);
  ~World();

  const std::string& name() const;
  const std::string& policy() const;  ///< policy.md
  const std::vector<ToolSpec>& tools() const;
  const std::vector<SemanticType>& types() const;  ///< sorted by name
  /// The class of the seeded errors that go away when a call is tried again.
  const std::string& transient_error_class() const;
  std::vector<std::string> quirk_ids() const;  ///< all that the world defines
  /// SHA-256 over the files and the options.
  const std::string& digest() const;

  struct Definition;
  const Definition& definition() const { return *definition_; }

 private:
  World();
  std::unique_ptr<Definition> definition_;
};

/// One episode's view of a world: an in-memory database that starts as the seeded image. One
/// object serves one thread and many episodes: Begin ... calls ... End. Begin and End cost
/// O(changes of the episode), not O(database).
class Session {
 public:
  struct Options {
    bool quirks = true;            ///< false: the extra rules do not hold (expected end states)
    bool transient_errors = true;  ///< false: no seeded "unavailable" answers
  };

  explicit Session(std::shared_ptr<const World> world);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Starts from the seeded state. `seed` drives transient errors; their draw depends on
  /// (seed, tool, how many calls of that tool came before) and on nothing else.
  void Begin(std::uint64_t seed, const Options& options);
  void Begin(std::uint64_t seed) { Begin(seed, Options{}); }
  /// Never throws for wrong arguments, unknown tools or failing guards: they are error results
  /// (classes "unknown_tool", "invalid_arguments", "constraint", "tool_failed", the transient one
  /// and the world's own). A failed call changes nothing. Throws Error only when the world's own
  /// SQL destroyed the episode (README.md).
  ToolResult Call(const std::string& tool, const Json& arguments);
  /// Changes to scored tables since Begin.
  Difference difference();
  /// Back to the seeded state.
  void End();

  /// Rows of a read-only query as an array of objects; parameters bind by name (":order_id").
  Json Query(const std::string& sql, const Json& parameters = Json::object());

  const World& world() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::world
