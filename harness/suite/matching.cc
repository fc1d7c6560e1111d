#include "harness/suite/matching.h"

namespace kedge::suite {

Matching::Matching(std::size_t rows, std::size_t columns,
                   const std::function<bool(std::size_t, std::size_t)>& fits)
    : row_of_(columns) {
  for (std::size_t row = 0; row < rows; ++row) {
    visited_.assign(columns, false);
    if (Augment(row, fits)) {
      ++size_;
    } else {
      unmatched_rows_.push_back(row);
    }
  }
}

bool Matching::Augment(std::size_t row, const std::function<bool(std::size_t, std::size_t)>& fits) {
  for (std::size_t column = 0; column < row_of_.size(); ++column) {
    if (visited_[column] || !fits(row, column)) continue;
    visited_[column] = true;
    if (!row_of_[column] || Augment(*row_of_[column], fits)) {
      row_of_[column] = row;
      return true;
    }
  }
  return false;
}

std::optional<std::size_t> Matching::FirstUnmatchedColumn() const {
  for (std::size_t column = 0; column < row_of_.size(); ++column) {
    if (!row_of_[column]) return column;
  }
  return std::nullopt;
}

}  // namespace kedge::suite
