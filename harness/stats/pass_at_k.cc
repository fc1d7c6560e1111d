#include "harness/stats/pass_at_k.h"

#include <cmath>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

void CheckTrials(const Trials& t, std::int64_t k) {
  Require(t.successes >= 0 && t.successes <= t.n, "trials need 0 <= successes <= n");
  Require(k >= 1 && k <= t.n, "pass@k needs 1 <= k <= the number of trials");
}

}  // namespace

double PassAtK(const Trials& trials, std::int64_t k) {
  CheckTrials(trials, k);
  if (trials.n - trials.successes < k) return 1;
  double log_all_fail = 0;
  for (std::int64_t i = 0; i < k; ++i) {
    log_all_fail +=
        std::log1p(-static_cast<double>(trials.successes) / static_cast<double>(trials.n - i));
  }
  return -std::expm1(log_all_fail);
}

double PassHatK(const Trials& trials, std::int64_t k) {
  CheckTrials(trials, k);
  double product = 1;
  for (std::int64_t i = 0; i < k && product > 0; ++i) {
    product *= static_cast<double>(trials.successes - i) / static_cast<double>(trials.n - i);
  }
  return product > 0 ? product : 0;
}

double MeanPassAtK(std::span<const Trials> tasks, std::int64_t k) {
  Require(!tasks.empty(), "pass@k needs at least one task");
  double sum = 0;
  for (const Trials& t : tasks) sum += PassAtK(t, k);
  return sum / static_cast<double>(tasks.size());
}

double MeanPassHatK(std::span<const Trials> tasks, std::int64_t k) {
  Require(!tasks.empty(), "pass^k needs at least one task");
  double sum = 0;
  for (const Trials& t : tasks) sum += PassHatK(t, k);
  return sum / static_cast<double>(tasks.size());
}

}  // namespace kedge::stats
