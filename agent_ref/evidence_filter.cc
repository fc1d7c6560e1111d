#include "agent_ref/evidence_filter.h"

#include <algorithm>
#include <map>

#include "harness/stats/distributions.h"
#include "harness/stats/multiplicity.h"

namespace kedge::agent_ref {

std::vector<double> AdjustDiscrete(std::span<const Finding> findings, double alpha) {
  const auto testable = [&](std::size_t k) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < findings.size(); ++i) {
      if (findings[i].least_p * static_cast<double>(k) <= alpha) indices.push_back(i);
    }
    return indices;
  };
  std::vector<std::size_t> kept;
  for (std::size_t k = 1; k <= findings.size(); ++k) {
    kept = testable(k);
    if (kept.size() <= k) break;
  }
  std::vector<double> p;
  for (const std::size_t i : kept) p.push_back(findings[i].p);
  const std::vector<double> adjusted = stats::BenjaminiHochbergAdjust(p);
  std::vector<double> all(findings.size(), 1.0);
  for (std::size_t i = 0; i < kept.size(); ++i) all[kept[i]] = adjusted[i];
  return all;
}

double ChangePaysP(const Hypothesis& change, const std::vector<Trial>& trials) {
  std::map<std::string, bool> success;  // by episode
  for (const Trial& trial : trials) {
    if (!trial.good || !Concerns(trial, change) || !HasRemedy(trial, change)) continue;
    if (trial.view->success) success[trial.view->id] = *trial.view->success;
  }
  const auto good = std::count_if(success.begin(), success.end(),
                                  [](const auto& episode) { return episode.second; });
  if (success.empty()) return 1;
  return stats::BinomialAtLeast(good, static_cast<std::int64_t>(success.size()), 0.5);
}

}  // namespace kedge::agent_ref
