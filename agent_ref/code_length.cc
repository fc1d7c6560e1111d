#include "agent_ref/code_length.h"

#include <cmath>
#include <numbers>

namespace kedge::agent_ref {

double OutcomeBits(std::int64_t good, std::int64_t all) {
  const auto k = static_cast<double>(good);
  const auto n = static_cast<double>(all);
  const double log_p = std::lgamma(k + 0.5) + std::lgamma(n - k + 0.5) - std::lgamma(n + 1) -
                       std::log(std::numbers::pi);
  return all == 0 ? 0 : -log_p / std::numbers::ln2;
}

double PooledBits(const stats::TwoByTwo& table) {
  return OutcomeBits(table.exposed_successes + table.unexposed_successes,
                     table.exposed_trials + table.unexposed_trials);
}

double SplitBits(const stats::TwoByTwo& table) {
  return OutcomeBits(table.exposed_successes, table.exposed_trials) +
         OutcomeBits(table.unexposed_successes, table.unexposed_trials);
}

double ChoiceBits(std::int64_t count) { return std::log2(static_cast<double>(count)); }

double SubsetBits(std::int64_t size, std::int64_t count) {
  const auto log_factorial = [](std::int64_t n) { return std::lgamma(static_cast<double>(n) + 1); };
  const double ways = log_factorial(count) - log_factorial(size) - log_factorial(count - size);
  return ChoiceBits(count) + ways / std::numbers::ln2;
}

}  // namespace kedge::agent_ref
