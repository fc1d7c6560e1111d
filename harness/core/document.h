#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace kedge {

class Node;

/// A configuration file (YAML or JSON) held with the line of every value, so that each complaint
/// names file, line and field. Immutable and shareable between threads.
///
/// YAML is read strictly: no anchors, aliases, tags, merge keys, directives or multiple documents;
/// duplicate keys and empty entries in [] or {} are errors; plain scalars follow the YAML 1.2 JSON
/// schema (true/false/null, integers and floats as JSON writes them; everything else, `no`, `on`,
/// `~` and `012` included, is text); quoted scalars are text. `key:` without a value is null.
/// The line of a member is that of its key.
/// Limits: 16 MiB, depth 64, 1,000,000 nodes.
class Document {
 public:
  /// Reads a file; `.json` is parsed as JSON, all else as YAML. Throws kMissingInput / kBadData.
  static Document Load(const std::string& path);
  static Document FromYaml(std::string_view text, std::string source_name);
  static Document FromJson(std::string_view text, std::string source_name);
  /// Wraps a value that has no lines, e.g. one line of a JSONL file; `line` is reported for all.
  static Document FromValue(Json value, std::string source_name, std::int64_t line = 0);

  Node root() const;
  const std::string& source_name() const;

  struct Data;

 private:
  explicit Document(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

/// A value inside a Document. Cheap to copy; keeps the Document alive. Every getter throws
/// Error(kBadData) that names file, line and field path when the value has another type.
class Node {
 public:
  const Json& json() const { return *value_; }
  bool is_null() const { return value_->is_null(); }
  bool is_object() const { return value_->is_object(); }
  bool is_array() const { return value_->is_array(); }
  bool is_string() const { return value_->is_string(); }

  /// Fails unless this is an object whose keys are all in `allowed`; the message suggests the
  /// nearest allowed key. Call it in every loader: a misspelt key must never be ignored.
  const Node& AllowKeys(std::initializer_list<std::string_view> allowed) const;

  bool Has(std::string_view key) const;
  Node operator[](std::string_view key) const;                ///< required member
  std::optional<Node> Find(std::string_view key) const;       ///< optional member
  std::vector<Node> Items() const;                            ///< elements of an array
  std::vector<std::pair<std::string, Node>> Members() const;  ///< members of an object, sorted

  std::string String() const;
  std::string NonEmptyString() const;
  bool Bool() const;
  std::int64_t Int(std::int64_t min = INT64_MIN, std::int64_t max = INT64_MAX) const;
  double Number(double min = -1e308, double max = 1e308) const;  ///< finite, min <= x <= max
  std::vector<std::string> Strings() const;                      ///< an array of strings
  /// One of `allowed`; the message lists them.
  std::string OneOf(std::initializer_list<std::string_view> allowed) const;

  std::string StringOr(std::string_view key, std::string fallback) const;
  bool BoolOr(std::string_view key, bool fallback) const;
  std::int64_t IntOr(std::string_view key, std::int64_t fallback, std::int64_t min = INT64_MIN,
                     std::int64_t max = INT64_MAX) const;
  double NumberOr(std::string_view key, double fallback, double min = -1e308,
                  double max = 1e308) const;
  std::vector<std::string> StringsOr(std::string_view key) const;

  /// The error to throw for a value that is well-typed but wrong.
  [[nodiscard]] Error Fail(std::string message) const;

  std::int64_t line() const;
  const std::string& path() const { return path_; }
  const std::string& source_name() const;

 private:
  friend class Document;
  Node(std::shared_ptr<const Document::Data> data, const Json* value, std::string path)
      : data_(std::move(data)), value_(value), path_(std::move(path)) {}

  std::shared_ptr<const Document::Data> data_;
  const Json* value_;
  std::string path_;  // `strata[0].weight`; empty for the root
};

/// The entry of `known` closest to `word` by edit distance (at most 2, or a third of its length),
/// or empty. For "did you mean" hints.
std::string NearestWord(std::string_view word, const std::vector<std::string>& known);

}  // namespace kedge
