#pragma once

#include <optional>
#include <set>
#include <string>

#include "guards/place.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// Who may read what an episode has read so far: those who may read every result that names its
/// readers. Bounded by the size of the first such result.
class Readers {
 public:
  /// Narrows by a result. A result whose readers cannot be told may be read by nobody.
  void Narrow(const Place& readers, const Json& result);
  /// False before any result named its readers: then everybody may read.
  bool restricted() const { return allowed_.has_value(); }
  bool MayRead(const std::string& reader) const;
  void Reset() { allowed_.reset(); }

 private:
  std::optional<std::set<std::string>> allowed_;  // folded
};

}  // namespace kedge::guards
