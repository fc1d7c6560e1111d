#include "harness/world/world.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/text/pattern.h"
#include "harness/world/definition.h"
#include "harness/world/external_data.h"
#include "harness/world/population.h"
#include "harness/world/rule_reader.h"
#include "harness/world/statement_set.h"
#include "harness/world/tools_file.h"

namespace kedge::world {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;

/// Reads the files that world.yaml names, and remembers what they were for the digest.
class WorldFiles {
 public:
  WorldFiles(std::string folder, const Node& root) : folder_(std::move(folder)), root_(root) {}

  std::string PathOf(std::string_view role, const std::string& fallback) const {
    const std::string name = root_.StringOr(role, fallback);
    const std::filesystem::path path(name);
    const bool outside = std::any_of(path.begin(), path.end(), [](auto& p) { return p == ".."; });
    if (name.empty() || path.is_absolute() || outside) {
      throw root_[role].Fail("expected the name of a file in the world's folder");
    }
    return folder_ + "/" + name;
  }

  SqlFile Read(std::string_view role, const std::string& fallback) {
    SqlFile file{PathOf(role, fallback), ""};
    file.text = ReadFile(file.path, kMaxTextBytes);
    Remember(role, file.text);
    return file;
  }

  void Remember(std::string_view role, std::string_view bytes) {
    digests_[std::string(role)] = Sha256Hex(bytes);
  }

  const std::map<std::string, std::string>& digests() const { return digests_; }

 private:
  std::string folder_;
  Node root_;
  std::map<std::string, std::string> digests_;
};

std::vector<SemanticType> ReadSemanticTypes(const std::optional<Node>& node) {
  std::vector<SemanticType> types;
  if (!node) return types;
  for (const auto& [name, entry] : node->Members()) {
    entry.AllowKeys({"pattern", "ask"});
    SemanticType type{name, entry["pattern"].NonEmptyString(), entry.StringOr("ask", "")};
    try {
      text::Pattern::Compile(type.pattern);
    } catch (const Error& error) {
      throw entry["pattern"].Fail(error.message());
    }
    types.push_back(std::move(type));
  }
  return types;
}

TransientErrors ReadTransient(const std::optional<Node>& node) {
  TransientErrors transient;
  if (!node) return transient;
  node->AllowKeys({"rate", "error", "message"});
  transient.rate = (*node)["rate"].Number(0, 0.5);
  if (const auto error = node->Find("error")) transient.error = ReadIdentifier(*error);
  transient.message = (*node)["message"].NonEmptyString();
  return transient;
}

std::vector<std::string> ReadUnscored(const std::optional<Node>& node, db::Database& database) {
  std::vector<std::string> unscored;
  if (!node) return unscored;
  const std::vector<std::string> tables = db::TableNames(database);
  for (const Node& item : node->Items()) {
    unscored.push_back(item.String());
    if (std::find(tables.begin(), tables.end(), unscored.back()) != tables.end()) continue;
    const std::string nearest = NearestWord(unscored.back(), tables);
    throw item.Fail("there is no table '" + unscored.back() + "'" +
                    (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }
  return unscored;
}

void CheckChosenQuirks(const World::Definition& definition) {
  for (const std::string& id : definition.options.quirks) {
    const auto& known = definition.quirk_ids;
    if (id == "all" || std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string nearest = NearestWord(id, known);
    throw BadData("world " + definition.name + " has no quirk '" + id + "'" +
                  (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }
}

std::string DigestOf(const World::Definition& definition, const WorldFiles& files) {
  std::vector<std::string> quirks;
  const auto& chosen = definition.options.quirks;
  for (const std::string& id : definition.quirk_ids) {
    if (std::find(chosen.begin(), chosen.end(), id) != chosen.end() ||
        std::find(chosen.begin(), chosen.end(), "all") != chosen.end()) {
      quirks.push_back(id);
    }
  }
  std::sort(quirks.begin(), quirks.end());
  // As text: a 64-bit seed does not fit the numbers of canonical JSON.
  Json identity{{"files", files.digests()},
                {"population_seed", std::to_string(definition.options.population_seed)},
                {"quirks", quirks}};
  if (definition.options.variant != 0) identity["variant"] = definition.options.variant;
  return JsonDigest(identity);
}

// The rules of a benchmark may be the user's data as well: `policy: {data: NAME}`.
std::string ReadPolicy(const Node& root, WorldFiles& files, const ExternalData& data) {
  const auto policy = root.Find("policy");
  if (!policy || !policy->is_object()) return files.Read("policy", "policy.md").text;
  policy->AllowKeys({"data"});
  const auto found = data.texts.find((*policy)["data"].String());
  if (found == data.texts.end()) throw(*policy)["data"].Fail("`data` lists no file of this name");
  return found->second;
}

void ReadDatabase(const Node& root, const ExternalData& data, WorldFiles& files,
                  World::Definition& definition) {
  const SqlFile schema = files.Read("schema", "schema.sql");
  const SqlFile seed = files.Read("seed", "seed.sql");
  definition.image = BuildPopulation(schema, seed, definition.options, data);
  // What a session will have: the population's tables without data().
  db::Database database = db::Database::FromImage(*definition.image);
  AddWorldFunctions(database, definition.options);
  const std::vector<std::string> unscored = ReadUnscored(root.Find("unscored"), database);
  try {
    definition.scored = ScoredTables(database, unscored);
  } catch (const Error& error) {
    throw BadData(error.message()).At(schema.path);
  }
  database.Restrict(db::Access::kData, {kCallTable});
  StatementSet statements(database, definition.statements);
  const SqlFile tools = files.Read("tools", "tools.yaml");
  ReadTools(Document::FromYaml(tools.text, tools.path), statements, definition);
  if (root.Has("quirks")) {
    const SqlFile quirks = files.Read("quirks", "quirks.yaml");
    ReadQuirks(Document::FromYaml(quirks.text, quirks.path), statements, definition);
  }
  CheckChosenQuirks(definition);
}

// The engine's own table is all that is kept here of a world whose state is a server's.
void ReadMcpWorld(const Node& root, const std::string& folder, WorldFiles& files,
                  World::Definition& definition) {
  root.AllowKeys({"format", "kind", "world", "policy", "types", "command", "url", "environment",
                  "headers", "workspace", "start_seconds", "call_seconds"});
  definition.mcp = ReadMcpServer(root, folder);
  definition.image = BuildPopulation({"", ""}, {"", ""}, definition.options, {});
  McpEpisode server(*definition.mcp, /*seed=*/0, definition.options.population_seed);
  definition.policy =
      root.Has("policy") ? files.Read("policy", "policy.md").text : server.instructions();
  Json shown = Json::array();
  for (ToolSpec& spec : server.ListTools()) {
    shown.push_back({{"name", spec.name},
                     {"description", spec.description},
                     {"arguments", spec.arguments},
                     {"writes", spec.writes}});
    definition.specs.push_back(spec);
    // The server checks its arguments itself, by whatever dialect it speaks.
    definition.tools.push_back(
        {std::move(spec), text::JsonSchema::Compile(true), {}, {}, std::nullopt, {}});
  }
  files.Remember("tools", DumpJson(shown));
  CheckChosenQuirks(definition);
}

}  // namespace

World::World() : definition_(std::make_unique<Definition>()) {}
World::~World() = default;

std::shared_ptr<const World> World::Load(const std::string& folder, const WorldOptions& options) {
  const std::string path = folder + "/world.yaml";
  const std::string text = ReadFile(path, kMaxTextBytes);
  const Document document = Document::FromYaml(text, path);
  const Node root = document.root();
  const bool is_mcp = root.Has("kind") && root["kind"].OneOf({"sql", "mcp"}) == "mcp";
  if (!is_mcp) {
    root.AllowKeys({"format", "kind", "world", "schema", "seed", "tools", "quirks", "policy",
                    "unscored", "types", "transient", "data"});
  }
  root["format"].OneOf({"kedge-world/1"});
  std::shared_ptr<World> world(new World);
  Definition& definition = *world->definition_;
  definition.name = root["world"].NonEmptyString();
  definition.options = options;
  if (options.variant > (std::uint64_t{1} << 53)) {
    throw BadData("a variant is at most 2^53, got " + std::to_string(options.variant)).At(path);
  }
  definition.types = ReadSemanticTypes(root.Find("types"));
  WorldFiles files(folder, root);
  files.Remember("world", text);
  if (is_mcp) {
    ReadMcpWorld(root, folder, files, definition);
    definition.digest = DigestOf(definition, files);
    return world;
  }
  definition.transient = ReadTransient(root.Find("transient"));
  const ExternalData data = ReadExternalData(root.Find("data"), options.data);
  for (const auto& [name, bytes] : data.texts) files.Remember("data/" + name, bytes);
  definition.policy = ReadPolicy(root, files, data);
  ReadDatabase(root, data, files, definition);
  definition.digest = DigestOf(definition, files);
  return world;
}

const std::string& World::name() const { return definition_->name; }
const std::string& World::policy() const { return definition_->policy; }
const std::vector<ToolSpec>& World::tools() const { return definition_->specs; }
const std::vector<SemanticType>& World::types() const { return definition_->types; }
const std::string& World::transient_error_class() const { return definition_->transient.error; }
std::vector<std::string> World::quirk_ids() const { return definition_->quirk_ids; }
const std::string& World::digest() const { return definition_->digest; }

}  // namespace kedge::world
