#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace kedge::trace {

/// Strict, cheap reader of one JSON object's members, for records that come in their thousands
/// (core's Document is for configuration). Every complaint is an Error(kBadData) whose field is
/// the path of the value, e.g. `steps[3].decision.options`; file and line are the caller's to add.
///
/// The getters leave `out` alone and return false when the member is absent. Objects and arrays
/// that are read must outlive this reader. Not thread-safe.
class Fields {
 public:
  /// Throws unless `value` is an object. `path` names it; empty for the record itself.
  Fields(const Json& value, std::string_view path);
  /// A member or element of another object, named on demand: `parent` must outlive this.
  Fields(const Json& value, const Fields& parent, const char* member, std::int64_t index = -1);

  /// The member, or nullptr when it is absent. Marks it as known.
  const Json* Find(const char* key);
  /// The member; throws when it is absent.
  const Json& Need(const char* key);

  bool String(const char* key, std::string& out);
  bool Bool(const char* key, bool& out);
  bool Int(const char* key, std::int64_t& out);
  /// A finite number.
  bool Number(const char* key, double& out);
  bool Strings(const char* key, std::vector<std::string>& out);
  /// An array, or nullptr when absent.
  const Json* Array(const char* key);

  /// Throws when the object has a member that was never asked for: a misspelt or unknown name
  /// must not be dropped unseen.
  void RefuseUnknown() const;

  /// The error for a member that is well-formed but wrong; `key` empty for the object itself.
  [[nodiscard]] Error Bad(std::string_view key, std::string message) const;

 private:
  std::string Path() const;

  const Json& object_;
  const Fields* parent_ = nullptr;
  std::string_view name_;
  std::int64_t index_ = -1;
  std::vector<const char*> known_;
};

}  // namespace kedge::trace
