#pragma once

#include <string>
#include <vector>

#include "reports/html_writer.h"

namespace kedge::reports {

/// One line of a forest plot; numbers are shares (0.05 = 5 points), low <= estimate <= high.
struct ForestRow {
  enum class Level { kOverall, kStratum, kFamily };

  std::string label;
  double estimate = 0, low = 0, high = 0;
  double margin = 0;  ///< the loss that must be excluded, drawn at -margin; 0: none
  Level level = Level::kFamily;
  std::string note;  ///< for the tooltip
};

/// Estimates with intervals around a zero line. Labels and figures are text of the page, the plot
/// between them is inline SVG that takes what width there is, so that nothing shrinks on a narrow
/// screen. Direction is told by colour and by shape (triangle up, down, dot).
void WriteForestPlot(HtmlWriter& html, const std::string& description,
                     const std::vector<ForestRow>& rows);

}  // namespace kedge::reports
