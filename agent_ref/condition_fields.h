#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent_ref/condition.h"
#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// A value that situations have and a condition may ask about, with what it is in each of a list of
/// trials.
struct Field {
  bool of_call = false;  ///< an argument; else what tools have said
  std::string name;
  std::vector<Json> literals;  ///< of a word: what it may be, sorted; empty: a number
  /// Of a number: between two values that came next to each other, as the bound of those above and
  /// of those below.
  std::vector<std::pair<double, double>> cuts;
  std::vector<int> word;                      ///< by trial: index in `literals`, or -1
  std::vector<std::optional<double>> number;  ///< by trial

  bool IsWord() const { return !literals.empty(); }
  /// How many conditions can be made of it: subsets of the words, or cuts from either side.
  std::int64_t Tests() const;
  Condition Is(const std::vector<int>& words) const;  ///< one of these, by index
  Condition Above(std::size_t cut) const;
  Condition Below(std::size_t cut) const;
};

/// What is asked of a list of trials: which of them count, on which side each is, and what came.
struct Observed {
  std::vector<char> counts, with, good;
};

/// What of a table is not in a part of it.
stats::TwoByTwo Minus(const stats::TwoByTwo& all, const stats::TwoByTwo& part);

/// A condition on one field, with the trials where it holds.
struct FieldTest {
  Condition condition;
  stats::TwoByTwo within;
  double bits = 0;  ///< to name it among the tests of its field
};

/// The tests of a field that may be the best: each cut from either side; of all sets of words those
/// that are a beginning of the order by what `with` gains (no other set can be better, Breiman et
/// al. 1984), of words that were met with it. O(trials).
std::vector<FieldTest> TestsOf(const Field& field, const Observed& observed);

/// The fields of the trials' situations that a rule may ask about, by name; arguments first. What
/// came of the trials has no say in it.
///
/// Words are texts and booleans with at most 12 values, each at least in four tasks on average; one
/// that was seen in fewer than `min_support` tasks or `min_families` families is left out. Numbers
/// (and decimal texts) are cut at no more than 32 places. Whatever names a thing is no field: texts
/// with more values, and whole numbers that differ almost wherever the call's arguments do. A trace
/// whose task has no name stands for one.
std::vector<Field> FieldsOf(const std::vector<const Trial*>& trials, std::int64_t min_support,
                            std::int64_t min_families);

}  // namespace kedge::agent_ref
