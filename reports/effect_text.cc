#include "reports/effect_text.h"

#include <fmt/format.h>

namespace kedge::reports {
namespace {

// Without "-0.0".
double Points(double share) {
  const double points = 100 * share;
  return points > -0.05 && points < 0.05 ? 0 : points;
}

}  // namespace

std::string EffectText(const gate::Interval& delta) {
  if (delta.low <= -1 && delta.high >= 1) return fmt::format("{:+.1f}", Points(delta.estimate));
  return fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", Points(delta.estimate), Points(delta.low),
                     Points(delta.high));
}

std::string EffectText(const gate::Component& component) {
  return component.name.starts_with("resource:") ? "" : EffectText(component.delta);
}

}  // namespace kedge::reports
