#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace kedge::suite {

/// Pairs rows with columns, each used once, as many as possible (augmenting paths): with several
/// columns that fit, a greedy choice could block a later row. O(rows^2 * columns) calls of `fits`.
class Matching {
 public:
  Matching(std::size_t rows, std::size_t columns,
           const std::function<bool(std::size_t row, std::size_t column)>& fits);

  std::size_t size() const { return size_; }
  const std::vector<std::size_t>& unmatched_rows() const { return unmatched_rows_; }
  std::optional<std::size_t> FirstUnmatchedColumn() const;

 private:
  bool Augment(std::size_t row, const std::function<bool(std::size_t, std::size_t)>& fits);

  std::vector<std::optional<std::size_t>> row_of_;  // by column
  std::vector<bool> visited_;
  std::vector<std::size_t> unmatched_rows_;
  std::size_t size_ = 0;
};

}  // namespace kedge::suite
