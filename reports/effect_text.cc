#include "reports/effect_text.h"

#include <fmt/format.h>

namespace kedge::reports {

std::string EffectText(const gate::Interval& delta) {
  return fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", 100 * delta.estimate, 100 * delta.low,
                     100 * delta.high);
}

}  // namespace kedge::reports
