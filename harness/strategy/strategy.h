#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::strategy {

/// The layers a strategy is made of; each can change, be hashed and be compared alone.
inline constexpr std::string_view kLayerNames[] = {"instructions", "guidelines", "tool_policy",
                                                   "planner",      "retrieval",  "model"};

/// Where a guideline comes from; enough for anyone to check it against the traces.
struct GuidelineSource {
  std::string trace;              ///< trace id
  std::vector<int> steps;         ///< indices into that trace
  std::string outcome;            ///< "success", "failure", "unknown"
  std::string trust = "trusted";  ///< "trusted", "untrusted"
  std::string principal;
  std::string family;

  auto operator<=>(const GuidelineSource&) const = default;
};

/// A rule that can be read by people (`text`) and applied by an engine (`when`/`then`/`unless`,
/// parsed by rule.h). What cannot be parsed into a rule is kept with status "quarantined" and never
/// applied; the rule of an active guideline always parses.
struct Guideline {
  std::string id;
  std::string status = "active";  ///< "active", "quarantined", "retired" (a tombstone)
  std::string text;
  Json when;  ///< object; see README.md for the words
  Json then;
  Json unless;
  std::vector<std::string> scope;  ///< families or tool names it is meant for; empty = everywhere
  std::vector<GuidelineSource> sources;
  std::int64_t support = 0;  ///< distinct traces it was seen in
  Json evidence;             ///< counts behind it, as the learner measured them
  Json validation;           ///< what a gate measured; only the harness writes it

  bool operator==(const Guideline&) const = default;
};

/// An immutable, validated strategy document. The hash is SHA-256 over the canonical JSON of the
/// layers' own hashes (a Merkle root), so one layer can change and be compared alone; name,
/// parents and provenance are not part of it.
/// Copyable, immutable, safe to share between threads.
class Strategy {
 public:
  /// Reads a folder with strategy.yaml and one YAML or JSON file per layer. Throws Error with
  /// file, line and field.
  static Strategy Load(const std::string& folder);
  /// From layers in memory; validates as Load does.
  static Strategy FromLayers(std::string name, std::vector<std::string> parents,
                             std::map<std::string, Json> layers, Json provenance = {});
  /// Writes the folder (atomically per file, strategy.yaml last). Load gives the same hash.
  void Save(const std::string& folder) const;

  const std::string& name() const { return name_; }
  const std::vector<std::string>& parents() const { return parents_; }  ///< hashes
  const Json& provenance() const { return provenance_; }
  const std::string& hash() const { return hash_; }  ///< 64 hex characters
  const std::map<std::string, std::string>& layer_hashes() const { return layer_hashes_; }
  /// The layer's JSON; an absent layer is an empty object. Throws Error(kInternal) on an unknown
  /// layer name.
  const Json& layer(std::string_view name) const;
  /// The same with the file's lines, for the agent that checks what is inside a layer.
  Node node(std::string_view name) const;
  /// Parsed from the guidelines layer, in document order (order is meaningful: first match wins).
  const std::vector<Guideline>& guidelines() const { return guidelines_; }

  /// {name, parents, hash, layer_hashes, layers}: what a foreign agent is given.
  Json ToJson() const;

 private:
  static Strategy FromDocuments(std::string name, std::vector<std::string> parents,
                                std::map<std::string, Document> layers, Json provenance);

  Strategy() = default;
  std::string name_;
  std::vector<std::string> parents_;
  Json provenance_;
  std::map<std::string, Document> layers_;  // all six
  std::map<std::string, std::string> layer_hashes_;
  std::string hash_;
  std::vector<Guideline> guidelines_;
};

Json ToJson(const Guideline& guideline);
/// One record as README.md describes it; unknown fields throw Error(kBadData). `source_name` names
/// the file in messages. A record that claims to be active although its rule cannot be understood
/// comes back quarantined.
Guideline GuidelineFromJson(const Json& json, const std::string& source_name);

/// One difference between two strategies.
struct Change {
  std::string layer;
  std::string
      kind;  ///< "add", "revise", "retire", "remove", "reorder", "set_param", "edit_section"
  std::string what;  ///< guideline id, `layer/parameter/path`, section name, or layer (reorder)
  Json before;       ///< null when absent
  Json after;

  bool operator==(const Change&) const = default;
};

/// Layer by layer, in a stable order; empty iff the hashes are equal.
std::vector<Change> Diff(const Strategy& base, const Strategy& candidate);

/// A delta operation. `op`: add, revise, retire, merge, set_param, edit_section, reorder; README.md
/// says what `value` is for each.
struct Operation {
  std::string op;
  std::string target;  ///< guideline id, `layer/param/path`, section name, or layer (reorder)
  Json value;

  bool operator==(const Operation&) const = default;
};
Json ToJson(const Operation& operation);
/// Reads a file of operations (README.md has the format). Throws Error with file, line and field;
/// whether they can be applied is for Apply to say.
std::vector<Operation> LoadOperations(const std::string& path);

/// The operations that turn `base` into `candidate`, from Diff(base, candidate). Throws
/// Error(kBadData) for a removed guideline: operations never delete.
std::vector<Operation> ToOperations(const std::vector<Change>& changes);

/// Applies operations to the parent whose hash must equal `expected_parent_hash` (compare and
/// swap, else Error(kTemporary)); throws Error(kBadData) naming the first operation that cannot be
/// applied. Retiring leaves a tombstone; a guideline whose rule cannot be understood is taken in
/// quarantine. The result's parents are {parent hash}.
Strategy Apply(const Strategy& parent, const std::string& expected_parent_hash,
               const std::vector<Operation>& operations, std::string name, Json provenance);

}  // namespace kedge::strategy
