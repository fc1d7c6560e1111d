#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"

namespace kedge::guards {

/// A set of labels, one bit each.
using LabelMask = std::uint64_t;

/// The labels of a policy, numbered. "user" (what the user wrote) and "untrusted" are always there.
class LabelNames {
 public:
  static constexpr std::size_t kMaxLabels = 64;
  static constexpr LabelMask kUser = 1;
  static constexpr LabelMask kUntrusted = 2;

  /// The bit of a name, a new one if need be; fails at `node` when there are 64 already.
  LabelMask Add(const Node& node, const std::string& name);
  std::optional<LabelMask> Find(std::string_view name) const;
  /// The bits of the names that `node` lists (one or a list); fails at an unknown one.
  LabelMask ReadKnown(const Node& node) const;
  /// "user and history".
  std::string Describe(LabelMask labels, std::string_view conjunction) const;

 private:
  std::vector<std::string> names_{"user", "untrusted"};
};

}  // namespace kedge::guards
