#pragma once

#include <cstdint>

#include "harness/stats/conditional_exact.h"

namespace kedge::agent_ref {

/// Bits of `all` outcomes of which `good` are good, by the code of Krichevsky and Trofimov (1981):
/// what they cost when nothing is known of their rate beforehand. 0 for none.
double OutcomeBits(std::int64_t good, std::int64_t all);

/// The same for a table, both columns by one code (the remedy makes no difference) or each by its
/// own (it does).
double PooledBits(const stats::TwoByTwo& table);
double SplitBits(const stats::TwoByTwo& table);

/// Bits to name one of `count` things; 0 for one.
double ChoiceBits(std::int64_t count);
/// Bits to name `size` of `count` things: the size, then which.
double SubsetBits(std::int64_t size, std::int64_t count);

}  // namespace kedge::agent_ref
