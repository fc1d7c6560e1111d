#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace kedge::trace {

/// One object of a foreign format, taken apart member by member; what nobody took is kept by
/// `Rest`, so that a reader cannot drop what it does not know. Errors are kBadData with the field's
/// path. A member that is null counts as absent: no format read here tells the two apart.
class ForeignRecord {
 public:
  /// Throws unless `object` is an object. `path` names it in errors; empty for the record itself.
  ForeignRecord(Json&& object, std::string path);

  bool Has(const char* key) const { return object_.contains(key); }
  /// The member, or null when it is absent.
  Json Take(const char* key);
  std::string TakeText(const char* key);        ///< text; "" when absent
  std::string NeedText(const char* key);        ///< text; throws when absent
  std::string NeedIdentifier(const char* key);  ///< text or whole number, as text
  std::optional<double> TakeNumber(const char* key);
  std::int64_t TakeInt(const char* key);  ///< 0 when absent
  std::optional<bool> TakeBool(const char* key);
  Json TakeArray(const char* key);  ///< an empty array when absent
  Json NeedArray(const char* key);  ///< throws when absent

  /// A message's `content`: null, text, or a list of blocks whose texts are joined by new lines.
  /// Blocks that are not text, and lists of several, stay in `Rest` as they were.
  std::string TakeContent(const char* key);

  /// What was not taken, without nulls; null when nothing is left.
  Json Rest() &&;

  [[nodiscard]] Error Bad(std::string_view key, std::string message) const;
  std::string PathOf(std::string_view key) const;

 private:
  Json object_;
  std::string path_;
};

/// Nanoseconds since 1970 of an ISO 8601 date and time ("2025-08-01T15:53:27.553803", optionally
/// with Z or an offset; without either it is taken as UTC), or 0 when `text` is not one.
std::int64_t ParseIsoTime(std::string_view text);

/// Replaces each text longer than `max_bytes` inside `value` by {"elided_bytes", "sha256"}:
/// run-level texts (policies, guidelines) that would be repeated with every trace.
void ElideLongTexts(Json& value, std::size_t max_bytes);

/// The first 12 hex digits of the digest over these members of an object: equal when a task is
/// scored by the same expectations.
std::string DefinitionDigest(const Json& object, std::initializer_list<const char*> members);

/// A short name for what an error text says: the identifier before the first colon, or "error".
std::string ErrorClassOf(std::string_view text);

}  // namespace kedge::trace
