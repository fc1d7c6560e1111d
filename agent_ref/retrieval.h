#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/strategy/rule.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// The distinct words of a text as sorted hashes; letters and digits count, case does not.
using WordSet = std::vector<std::uint64_t>;
WordSet WordsIn(std::string_view text);

/// Cosine of the two sets as 0/1 vectors, in [0, 1]; 0 when either is empty.
double Similarity(const WordSet& a, const WordSet& b);

/// How closely a rule's condition describes one situation: higher is closer. A named tool counts
/// most, then an error class, then values, then an argument, then the goal, then the effect and
/// what was called.
int Closeness(const strategy::Rule& rule);

/// In the `extra` of a decision: ids of the guidelines that were looked at for it. Those that it
/// followed are its `fired_rules`.
inline constexpr char kRetrievedKey[] = "retrieved_rules";

/// In the `extra` of a decision at the point "explore": id of the guideline that was not followed,
/// to see whether it is needed.
inline constexpr char kLeftOutKey[] = "left_out_rule";
/// ... and what such a decision chooses.
inline constexpr char kLeaveOutChoice[] = "leave it out";

/// How many guidelines may be used at once, and how long they may be together.
struct RetrievalLimits {
  std::int64_t k = 100;
  std::optional<std::int64_t> token_budget;
  /// Learned guidelines with less support are not used; one that a person laid down has no sources
  /// and needs no support.
  std::int64_t min_support = 0;

  /// Of the retrieval layer of a strategy.
  static RetrievalLimits Of(const strategy::Strategy& strategy);
  /// True if an active guideline has the support that is asked for.
  bool Admits(const strategy::Guideline& guideline) const;
};

/// A prohibition that the gate has validated is used whatever the limits say.
bool IsAlwaysOn(const strategy::Guideline& guideline);

/// A guideline that applies, as far as its rank depends on it.
struct Retrievable {
  std::size_t position = 0;  ///< in the document
  bool always_on = false;
  std::int64_t tokens = 0;
  std::int64_t support = 0;
  int closeness = 0;
};

/// Positions, ascending, of those that are used: all when the limits allow it, else the best by
/// closeness, `similarity` of the text at a position to the situation's words, support and
/// position. One that no longer fits the token budget is passed over for a shorter one. Those that
/// are always on come first and count; they alone may exceed the limits. O(n log n).
std::vector<std::size_t> WithinLimits(const std::vector<Retrievable>& all,
                                      const RetrievalLimits& limits,
                                      const std::function<double(std::size_t)>& similarity);

}  // namespace kedge::agent_ref
