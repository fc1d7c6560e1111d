#pragma once

#include <string>
#include <vector>

#include "reports/html_writer.h"

namespace kedge::reports {

/// One line of a forest plot; numbers are shares (0.05 = 5 points), low <= estimate <= high.
struct ForestRow {
  std::string label;
  double estimate = 0, low = 0, high = 0;
  double margin = 0;  ///< the loss that must be excluded, drawn at -margin; 0: none
  int indent = 0;
  std::string note;  ///< for the tooltip and screen readers
};

/// Estimates with intervals around a zero line as inline SVG. Direction is told by colour and by
/// shape (triangle up, down, dot), so that it reads without colour.
void WriteForestPlot(HtmlWriter& html, const std::string& description,
                     const std::vector<ForestRow>& rows);

}  // namespace kedge::reports
