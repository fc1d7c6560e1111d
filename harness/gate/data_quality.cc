#include "harness/gate/data_quality.h"

#include <fmt/format.h>

#include "harness/stats/mcnemar.h"

namespace kedge::gate {
namespace {

constexpr double kUnequalDropsLevel = 0.01;

}  // namespace

std::optional<Reason> FindDataQualityProblem(const Drops& drops, double max_share) {
  if (drops.dropped == 0) return std::nullopt;
  const double tried = static_cast<double>(drops.complete + drops.dropped);
  const double share = static_cast<double>(drops.dropped) / tried;
  if (drops.complete < drops.dropped) {
    return Reason{
        "infrastructure",
        fmt::format("{} of {} pairs could not be completed; the traces name the failures.",
                    drops.dropped, drops.complete + drops.dropped)};
  }
  if (share > max_share) {
    return Reason{"data_quality",
                  fmt::format("{:.1f} % of the pairs were dropped, the policy allows {:.1f} %.",
                              100 * share, 100 * max_share)};
  }
  const double p =
      stats::McnemarTest(drops.champion_missing, drops.candidate_missing).exact_two_sided;
  if (p < kUnequalDropsLevel) {
    return Reason{"data_quality",
                  fmt::format("episodes are missing unequally: {} of the champion, {} of the "
                              "candidate (p = {:.2g}).",
                              drops.champion_missing, drops.candidate_missing, p)};
  }
  return std::nullopt;
}

}  // namespace kedge::gate
