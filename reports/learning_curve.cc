#include "reports/learning_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace kedge::reports {
namespace {

// Units of the drawing; it scales with the page.
constexpr double kWidth = 900, kHeight = 320, kLeft = 52, kRight = 16, kTop = 12, kBottom = 40;

std::string Place(double value) { return fmt::format("{:.1f}", value); }

class Curve {
 public:
  Curve(HtmlWriter& html, const std::vector<CurvePoint>& points, const std::string& axis)
      : html_(html),
        points_(points),
        axis_(axis),
        most_(std::max<std::int64_t>(points.back().episodes, 1)) {}

  void Write() {
    const auto svg = html_.Open("svg", {{"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
                                        {"role", "img"},
                                        {"aria-label", "Held-out success by episodes"}});
    Axes();
    Steps();
    for (const CurvePoint& point : points_) Mark(point);
  }

 private:
  std::string X(std::int64_t episodes) const {
    return Place(kLeft + (kWidth - kLeft - kRight) * static_cast<double>(episodes) /
                             static_cast<double>(most_));
  }
  static std::string Y(double rate) {
    return Place(kTop + (kHeight - kTop - kBottom) * (1 - std::clamp(rate, 0.0, 1.0)));
  }

  void Line(const std::string& x1, const std::string& y1, const std::string& x2,
            const std::string& y2, const char* style) {
    html_.Empty("line", {{"x1", x1}, {"y1", y1}, {"x2", x2}, {"y2", y2}, {"class", style}});
  }

  void Label(const std::string& text, const std::string& x, const std::string& y,
             const char* anchor) {
    html_.Leaf("text", text, {{"x", x}, {"y", y}, {"text-anchor", anchor}});
  }

  void Axes() {
    for (const int percent : {0, 25, 50, 75, 100}) {
      const std::string y = Y(percent / 100.0);
      Line(X(0), y, X(most_), y, percent == 0 ? "zero" : "tick");
      Label(fmt::format("{} %", percent), Place(kLeft - 8), y, "end");
    }
    for (const CurvePoint& point : points_) {
      Label(std::to_string(point.episodes), X(point.episodes), Place(kHeight - 20), "middle");
    }
    Label(axis_, X(most_ / 2), Place(kHeight - 3), "middle");
  }

  void Steps() {
    for (std::size_t i = 1; i < points_.size(); ++i) {
      Line(X(points_[i - 1].episodes), Y(points_[i - 1].rate.estimate), X(points_[i].episodes),
           Y(points_[i].rate.estimate), "zero");
    }
  }

  void Mark(const CurvePoint& point) {
    const std::string x = X(point.episodes);
    const char* style = point.changed ? "up" : "flat";
    Line(x, Y(point.rate.low), x, Y(point.rate.high), style);
    html_.Empty("circle", {{"cx", x},
                           {"cy", Y(point.rate.estimate)},
                           {"r", point.changed ? "6" : "3"},
                           {"class", style}});
  }

  HtmlWriter& html_;
  const std::vector<CurvePoint>& points_;
  const std::string& axis_;
  std::int64_t most_;
};

}  // namespace

void WriteLearningCurve(HtmlWriter& html, const std::vector<CurvePoint>& points,
                        const CurveText& text) {
  const auto figure = html.Open("figure");
  Curve(html, points, text.axis).Write();
  html.Leaf("figcaption", text.caption);
}

}  // namespace kedge::reports
