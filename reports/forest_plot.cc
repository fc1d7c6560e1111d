#include "reports/forest_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kedge::reports {
namespace {

constexpr double kRowHeight = 26;
constexpr double kLabelWidth = 230;
constexpr double kPlotWidth = 480;
constexpr double kFigureWidth = 190;
constexpr double kTop = 24;
constexpr double kSmallestRange = 0.1;

std::string Number(double value) { return fmt::format("{:.1f}", value); }

class Plot {
 public:
  Plot(HtmlWriter& html, const std::vector<ForestRow>& rows) : html_(html), rows_(rows) {
    for (const ForestRow& row : rows) {
      range_ = std::max({range_, std::fabs(row.low), std::fabs(row.high), row.margin});
    }
    range_ = std::min(1.0, std::ceil(range_ * 10) / 10);
  }

  void Write(const std::string& description) {
    const double height = kTop + kRowHeight * static_cast<double>(rows_.size()) + 6;
    const auto svg = html_.Open(
        "svg",
        {{"viewBox", fmt::format("0 0 {} {:.0f}", kLabelWidth + kPlotWidth + kFigureWidth, height)},
         {"role", "img"},
         {"aria-label", description}});
    Axis(height);
    double y = kTop + kRowHeight / 2;
    for (const ForestRow& row : rows_) {
      Row(row, y);
      y += kRowHeight;
    }
  }

 private:
  double X(double value) const {
    return kLabelWidth + kPlotWidth * (std::clamp(value, -range_, range_) + range_) / (2 * range_);
  }

  void Line(double x1, double y1, double x2, double y2, const char* style) {
    html_.Empty("line", {{"x1", Number(x1)},
                         {"y1", Number(y1)},
                         {"x2", Number(x2)},
                         {"y2", Number(y2)},
                         {"class", style}});
  }

  void Axis(double height) {
    for (const double share : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      const double value = share * range_;
      Line(X(value), kTop, X(value), height, share == 0 ? "zero" : "axis");
      html_.Leaf(
          "text", fmt::format("{:+.0f}", 100 * value),
          {{"x", Number(X(value))}, {"y", "14"}, {"text-anchor", "middle"}, {"class", "soft"}});
    }
  }

  void Row(const ForestRow& row, double y) {
    const char* style = row.low > 0 ? "up" : row.high < 0 ? "down" : "flat";
    const auto group = html_.Open("g");
    html_.Leaf("title", row.note);
    html_.Leaf("text", row.label, {{"x", Number(4 + 14.0 * row.indent)}, {"y", Number(y + 4)}});
    if (row.margin > 0) {
      Line(X(-row.margin), y - kRowHeight / 2, X(-row.margin), y + kRowHeight / 2, "margin");
    }
    Line(X(row.low), y, X(row.high), y, style);
    Line(X(row.low), y - 4, X(row.low), y + 4, style);
    Line(X(row.high), y - 4, X(row.high), y + 4, style);
    Marker(X(row.estimate), y, style);
    html_.Leaf("text",
               fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", 100 * row.estimate, 100 * row.low,
                           100 * row.high),
               {{"x", Number(kLabelWidth + kPlotWidth + 12)}, {"y", Number(y + 4)}});
  }

  void Marker(double x, double y, const char* style) {
    if (style[0] == 'f') {
      html_.Empty("circle", {{"cx", Number(x)}, {"cy", Number(y)}, {"r", "4"}, {"class", style}});
      return;
    }
    const double tip = style[0] == 'u' ? y - 6 : y + 6;
    const double base = style[0] == 'u' ? y + 4 : y - 4;
    html_.Empty("polygon", {{"points", fmt::format("{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", x,
                                                   tip, x - 6, base, x + 6, base)},
                            {"class", style}});
  }

  HtmlWriter& html_;
  const std::vector<ForestRow>& rows_;
  double range_ = kSmallestRange;
};

}  // namespace

void WriteForestPlot(HtmlWriter& html, const std::string& description,
                     const std::vector<ForestRow>& rows) {
  if (rows.empty()) return;
  const auto figure = html.Open("figure");
  Plot(html, rows).Write(description);
  html.Leaf(
      "figcaption",
      "Candidate minus champion in percentage points, with intervals. Triangles point the way "
      "of a clear change, dots are unclear; the dashed line is the loss that must be excluded.");
}

}  // namespace kedge::reports
