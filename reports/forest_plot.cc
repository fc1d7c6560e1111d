#include "reports/forest_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/effect_text.h"

namespace kedge::reports {
namespace {

constexpr double kSmallestRange = 0.1;
// Left free at both ends of the axis for the outermost labels, in percent of the width.
constexpr double kEdge = 4;

const char* RowStyle(ForestRow::Level level) {
  switch (level) {
    case ForestRow::Level::kOverall:
      return "effect overall";
    case ForestRow::Level::kStratum:
      return "effect stratum";
    case ForestRow::Level::kFamily:
      return "effect family";
  }
  return "";
}

const char* Direction(const ForestRow& row) {
  return row.low > 0 ? "up" : row.high < 0 ? "down" : "flat";
}

class Plot {
 public:
  Plot(HtmlWriter& html, const std::vector<ForestRow>& rows) : html_(html), rows_(rows) {
    for (const ForestRow& row : rows) {
      range_ = std::max({range_, std::fabs(row.low), std::fabs(row.high), row.margin});
    }
    range_ = std::min(1.0, std::ceil(range_ * 10 - 1e-9) / 10);
  }

  void Write(const std::string& description) {
    const auto grid =
        html_.Open("div", {{"class", "forest"}, {"role", "group"}, {"aria-label", description}});
    Axis();
    for (const ForestRow& row : rows_) Row(row);
  }

 private:
  /// SVG lengths in percent keep text and markers at their size while the axis stretches.
  std::string X(double value) const {
    const double place = (std::clamp(value, -range_, range_) + range_) / (2 * range_);
    return fmt::format("{:.2f}%", kEdge + (100 - 2 * kEdge) * place);
  }

  void Line(double from, const char* top, double to, const char* bottom, const char* style) {
    html_.Empty("line",
                {{"x1", X(from)}, {"y1", top}, {"x2", X(to)}, {"y2", bottom}, {"class", style}});
  }

  template <typename Content>
  void Canvas(const Content& content) {
    const auto box = html_.Open("div", {{"class", "plot"}});
    const auto svg = html_.Open("svg", {{"aria-hidden", "true"}});
    content();
  }

  void Axis() {
    const auto row = html_.Open("div", {{"class", "effect axis"}});
    html_.Leaf("span", "worse ← points → better", {{"class", "label soft"}});
    Canvas([&] {
      for (const double share : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
        html_.Leaf(
            "text", share == 0 ? "0" : fmt::format("{:+.0f}", 100 * share * range_),
            {{"x", X(share * range_)}, {"y", "75%"}, {"text-anchor", "middle"}, {"class", "soft"}});
      }
    });
    html_.Leaf("span", "Effect [interval]", {{"class", "figures soft"}});
  }

  void GridLines() {
    for (const double share : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      Line(share * range_, "0", share * range_, "100%", share == 0 ? "zero" : "tick");
    }
  }

  void Row(const ForestRow& row) {
    const auto line = html_.Open("div", {{"class", RowStyle(row.level)}, {"title", row.note}});
    html_.Leaf("span", row.label, {{"class", "label"}});
    Canvas([&] {
      GridLines();
      if (row.margin > 0) Line(-row.margin, "0", -row.margin, "100%", "margin");
      Line(row.low, "50%", row.high, "50%", Direction(row));
      Marks(row);
    });
    html_.Leaf("span", EffectText({row.estimate, row.low, row.high, 0}), {{"class", "figures"}});
  }

  void Marks(const ForestRow& row) {
    const char* style = Direction(row);
    for (const double end : {row.low, row.high}) {
      const auto place = At(end);
      html_.Empty("line", {{"x1", "0"}, {"y1", "-4"}, {"x2", "0"}, {"y2", "4"}, {"class", style}});
    }
    const auto place = At(row.estimate);
    if (style[0] == 'f') {
      html_.Empty("circle", {{"cx", "0"}, {"cy", "0"}, {"r", "4"}, {"class", style}});
    } else {
      html_.Empty("polygon", {{"points", style[0] == 'u' ? "0,-7 -6,4 6,4" : "0,7 -6,-4 6,-4"},
                              {"class", style}});
    }
  }

  HtmlWriter::Element At(double value) {
    return html_.Open("svg", {{"x", X(value)}, {"y", "50%"}, {"width", "1"}, {"height", "1"}});
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
  const auto caption = html.Open("figcaption");
  html.Text(
      "Candidate minus champion in percentage points. ▲ ▼ a change whose interval excludes 0, "
      "● one that does not; ");
  html.Leaf("span", "┆", {{"class", "margin-key"}});
  html.Text("the loss that must be excluded.");
}

}  // namespace kedge::reports
