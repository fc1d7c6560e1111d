#include "agent_ref/exact_test.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kedge::agent_ref {
namespace {

// log n!, summed once: exact to the last digits where lgamma's error would show in small p-values.
double LogFactorial(std::int64_t n) {
  static const std::vector<double> kTable = [] {
    std::vector<double> table(4096);
    long double sum = 0;
    for (std::size_t i = 1; i < table.size(); ++i) {
      sum += std::log(static_cast<long double>(i));
      table[i] = static_cast<double>(sum);
    }
    return table;
  }();
  const auto index = static_cast<std::size_t>(n);
  if (index < kTable.size()) return kTable[index];
  const double x = static_cast<double>(n) + 1;  // Stirling's series; its next term is below 1e-17
  return (x - 0.5) * std::log(x) - x + 0.9189385332046727 + 1 / (12 * x) - 1 / (360 * x * x * x);
}

double LogChoose(std::int64_t n, std::int64_t k) {
  return LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);
}

// P(X = low + i), X the number of the `good` that fall among `with` of `all`.
std::vector<double> Hypergeometric(std::int64_t all, std::int64_t good, std::int64_t with,
                                   std::int64_t low, std::int64_t high) {
  std::vector<double> law;
  const double total = LogChoose(all, with);
  for (std::int64_t x = low; x <= high; ++x) {
    law.push_back(std::exp(LogChoose(good, x) + LogChoose(all - good, with - x) - total));
  }
  return law;
}

std::vector<double> Convolve(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> sum(a.size() + b.size() - 1, 0.0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) sum[i + j] += a[i] * b[j];
  }
  return sum;
}

}  // namespace

void Table::Add(bool with, bool good) {
  (with ? with_all : without_all) += 1;
  if (good) (with ? with_good : without_good) += 1;
}

Table& Table::operator+=(const Table& other) {
  with_good += other.with_good;
  with_all += other.with_all;
  without_good += other.without_good;
  without_all += other.without_all;
  return *this;
}

namespace {

// The law of the successes with, counted from their smallest possible number.
struct ConditionalLaw {
  std::vector<double> law = {1.0};
  std::int64_t observed = 0;
};

ConditionalLaw LawOf(std::span<const Table> strata) {
  ConditionalLaw result;
  for (const Table& table : strata) {
    const std::int64_t all = table.with_all + table.without_all;
    const std::int64_t good = table.with_good + table.without_good;
    const std::int64_t low = std::max<std::int64_t>(0, good - table.without_all);
    const std::int64_t high = std::min(good, table.with_all);
    if (low == high) continue;
    result.law = Convolve(result.law, Hypergeometric(all, good, table.with_all, low, high));
    result.observed += table.with_good - low;
  }
  return result;
}

}  // namespace

double StratifiedExactP(std::span<const Table> strata) {
  const ConditionalLaw conditional = LawOf(strata);
  double p = 0;
  for (std::size_t i = conditional.law.size();
       i-- > static_cast<std::size_t>(conditional.observed);) {
    p += conditional.law[i];
  }
  return std::min(p, 1.0);
}

double LeastExactP(std::span<const Table> strata) {
  return std::min(LawOf(strata).law.back(), 1.0);
}

double BinomialTail(std::int64_t k, std::int64_t n, double chance) {
  if (k <= 0) return 1;
  if (chance <= 0) return 0;
  if (chance >= 1) return 1;
  double p = 0;
  for (std::int64_t i = n; i >= k; --i) {  // the smallest terms first
    p += std::exp(LogChoose(n, i) + static_cast<double>(i) * std::log(chance) +
                  static_cast<double>(n - i) * std::log1p(-chance));
  }
  return std::min(p, 1.0);
}

}  // namespace kedge::agent_ref
