#include "harness/trace/trace_diff.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kMaxPairs = 25'000'000;

std::vector<std::string> ContentsOf(const Trace& trace) {
  std::vector<std::string> contents;
  contents.reserve(trace.steps.size());
  for (const Step& step : trace.steps) contents.push_back(ComparedContent(step));
  return contents;
}

// Rows for a[from, a_end) and b[from, b_end), which begin and end differently.
void AlignMiddle(const std::vector<std::string>& a, const std::vector<std::string>& b,
                 std::size_t from, std::size_t a_end, std::size_t b_end,
                 std::vector<DiffRow>& rows) {
  const std::size_t n = a_end - from;
  const std::size_t m = b_end - from;
  std::size_t i = 0;
  std::size_t j = 0;
  if (n > 0 && m > 0 && n <= kMaxPairs / m) {
    // longest[i][j]: common steps of a's rest from i and b's rest from j.
    std::vector<std::uint32_t> longest((n + 1) * (m + 1), 0);
    const auto at = [m](std::size_t row, std::size_t column) { return row * (m + 1) + column; };
    for (std::size_t row = n; row-- > 0;) {
      for (std::size_t column = m; column-- > 0;) {
        longest[at(row, column)] =
            a[from + row] == b[from + column]
                ? longest[at(row + 1, column + 1)] + 1
                : std::max(longest[at(row + 1, column)], longest[at(row, column + 1)]);
      }
    }
    while (i < n && j < m) {
      if (a[from + i] == b[from + j]) {
        rows.push_back({from + i++, from + j++});
      } else if (longest[at(i + 1, j)] >= longest[at(i, j + 1)]) {
        rows.push_back({from + i++, std::nullopt});
      } else {
        rows.push_back({std::nullopt, from + j++});
      }
    }
  }
  for (; i < n; ++i) rows.push_back({from + i, std::nullopt});
  for (; j < m; ++j) rows.push_back({std::nullopt, from + j});
}

}  // namespace

std::string ComparedContent(const Step& step) {
  Step bare = step;
  bare.call.id.clear();
  bare.observation.call_id.clear();
  bare.unix_nanos = 0;
  bare.input_tokens = 0;
  bare.output_tokens = 0;
  bare.cost.reset();
  bare.extra = nullptr;
  return DumpJson(ToJson(bare));
}

TraceDiff Diff(const Trace& a, const Trace& b) {
  const std::vector<std::string> in_a = ContentsOf(a);
  const std::vector<std::string> in_b = ContentsOf(b);
  const std::size_t shorter = std::min(in_a.size(), in_b.size());
  std::size_t from = 0;
  while (from < shorter && in_a[from] == in_b[from]) ++from;
  std::size_t tail = 0;
  while (tail < shorter - from && in_a[in_a.size() - 1 - tail] == in_b[in_b.size() - 1 - tail]) {
    ++tail;
  }
  TraceDiff diff;
  for (std::size_t i = 0; i < from; ++i) diff.rows.push_back({i, i});
  AlignMiddle(in_a, in_b, from, in_a.size() - tail, in_b.size() - tail, diff.rows);
  for (std::size_t i = tail; i-- > 0;) {
    diff.rows.push_back({in_a.size() - 1 - i, in_b.size() - 1 - i});
  }
  if (from < diff.rows.size() && !diff.rows[from].is_same()) diff.first_divergence = from;
  return diff;
}

}  // namespace kedge::trace
