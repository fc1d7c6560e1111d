#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/core/json.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// One row of two traces laid side by side: indices into their steps; nullopt where one has none.
struct DiffRow {
  std::optional<std::size_t> a;
  std::optional<std::size_t> b;

  bool is_same() const { return a.has_value() && b.has_value(); }
  bool operator==(const DiffRow&) const = default;
};

struct TraceDiff {
  std::vector<DiffRow> rows;                    ///< every step of both, in order
  std::optional<std::size_t> first_divergence;  ///< row; nullopt when all steps agree
};

/// Aligns the steps of two traces by their longest common subsequence. Steps are the same when
/// kind, actor and content are; call ids, times, tokens, cost and `extra` do not count. Above 25
/// million pairs of steps between the common beginning and end, these are laid one after the other
/// instead.
TraceDiff Diff(const Trace& a, const Trace& b);

/// What Diff compares of a step, as text.
std::string ComparedContent(const Step& step);

}  // namespace kedge::trace
