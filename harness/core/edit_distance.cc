#include <algorithm>
#include <cstddef>
#include <numeric>

#include "harness/core/document.h"

namespace kedge {
namespace {

// Insertions, deletions, substitutions and swaps of neighbours, each byte at most once
// ("optimal string alignment").
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string NearestWord(std::string_view word, const std::vector<std::string>& known) {
  // Beyond this no typing mistake is being explained, and the work is quadratic.
  constexpr std::size_t kLongestWord = 200;
  if (word.size() > kLongestWord) return {};
  // A distance as large as the word itself would mean that nothing is alike.
  const std::size_t limit = std::min(std::max<std::size_t>(2, word.size() / 3), word.size() - 1);
  std::string best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : known) {
    if (word.empty() || candidate.size() > kLongestWord) continue;
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace kedge
