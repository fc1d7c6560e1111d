#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::text {

/// One place where a value breaks a schema.
struct SchemaProblem {
  std::string instance_pointer;  ///< JSON Pointer (RFC 6901) into the value; empty = all of it
  std::string keyword;           ///< the schema keyword that failed, e.g. "maxItems"
  std::string message;           ///< what was found and what is allowed

  bool operator==(const SchemaProblem&) const = default;
};

/// A compiled JSON Schema: the subset of draft 7 and 2020-12 that tool arguments need.
///
/// Checked: type, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
/// (exact in decimal), minLength, maxLength (code points), pattern (RE2), required, properties,
/// patternProperties, additionalProperties, propertyNames, minProperties, maxProperties, items,
/// prefixItems, contains, minContains, maxContains, minItems, maxItems, uniqueItems, allOf, anyOf,
/// oneOf, not, if/then/else, $ref inside the document (`#` and `#/...`); true and false.
/// Annotations are accepted and not checked: $schema, $id (at the root), $comment, title,
/// description, default, examples, format, deprecated, readOnly, writeOnly, contentEncoding,
/// contentMediaType; $defs and definitions hold schemas. Any other keyword is an error.
/// README.md lists how this differs from the standards.
///
/// Copying is cheap (shared, immutable); Validate may be called from many threads.
class JsonSchema {
 public:
  /// Throws Error(kBadData) with `source_name` as file and the schema's JSON Pointer as field:
  /// unknown keyword, wrong type of a keyword's value, bad pattern, dangling or endless $ref.
  static JsonSchema Compile(const Json& schema, const std::string& source_name = {});

  /// The problems, outermost keyword first, at most 64; empty iff the value is valid. Copies
  /// nothing of the value when it is valid. Work is bounded (1,000,000 checks, 1,024 nested ones):
  /// beyond that the value is invalid with the keyword "limit".
  std::vector<SchemaProblem> Validate(const Json& value) const;

  /// Same answer as Validate(value).empty(), stopping at the first problem.
  bool IsValid(const Json& value) const;

  /// The same, but nullopt when the bounds on work left the question open. For callers to whom
  /// "invalid" is not the safe answer.
  std::optional<bool> Decide(const Json& value) const;

  struct Program;

 private:
  explicit JsonSchema(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace kedge::text
