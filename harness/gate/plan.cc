#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/gate/gate.h"
#include "harness/gate/sequential_design.h"
#include "harness/stats/sample_size.h"

namespace kedge::gate {
namespace {

// Expected cost of the sequential rule in units of the fixed-size test, by simulation of the
// design (harness/stats/README.md).
constexpr double kShareNoGain = 0.8;
constexpr double kShareSmallestGain = 0.62;
constexpr double kShareTwiceTheGain = 0.25;
constexpr double kLeastShare = 0.5;

}  // namespace

GatePlan PlanGate(const GateInputs& inputs) {
  const stats::GateDesign design = MakeDesign(inputs);
  design.Validate();
  const stats::PairedDesign fixed{design.psi0, design.delta_star, 0, design.alpha, design.beta};
  GatePlan plan;
  plan.fixed_pairs = stats::RequiredPairs(fixed);
  const double n = static_cast<double>(plan.fixed_pairs);
  plan.expected_pairs_no_gain = kShareNoGain * n;
  plan.expected_pairs_smallest_gain = kShareSmallestGain * n;
  plan.expected_pairs_twice_the_gain = kShareTwiceTheGain * n;
  plan.max_pairs = design.max_pairs;
  if (static_cast<double>(design.max_pairs) < kLeastShare * n) {
    throw BadData(fmt::format(
        "this gate can hardly ever promote: max_pairs is {}, but showing a gain of {} at alpha {} "
        "takes about {} pairs; set max_pairs to at least {}, or smallest_gain to at least {:.3f}",
        design.max_pairs, design.delta_star, design.alpha, plan.fixed_pairs,
        static_cast<std::int64_t>(kLeastShare * n) + 1,
        stats::MinimumDetectableEffect(design.psi0, 2.0 * static_cast<double>(design.max_pairs),
                                       design.alpha, design.beta)));
  }
  return plan;
}

}  // namespace kedge::gate
