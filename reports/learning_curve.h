#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/gate/verdict.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// One point of a learning curve.
struct CurvePoint {
  std::int64_t episodes = 0;  ///< that were learned from so far; rises from point to point
  gate::Interval rate;        ///< success, in [0, 1]
  bool changed = false;       ///< a large mark
};

/// What the drawing says below.
struct CurveText {
  std::string axis;     ///< what the episodes are
  std::string caption;  ///< what is shown, and what a large mark means
};

/// Success against episodes as inline SVG, with intervals, from 0 to 100 %. Colour carries nothing
/// that shape and text do not say as well. At least one point.
void WriteLearningCurve(HtmlWriter& html, const std::vector<CurvePoint>& points,
                        const CurveText& text);

}  // namespace kedge::reports
