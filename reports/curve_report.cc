#include "reports/curve_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/atomic_file.h"
#include "harness/core/utf8.h"
#include "reports/learning_curve.h"
#include "reports/page.h"

namespace kedge::reports {
namespace {

constexpr double kLevel = 0.95;

std::string Share(const CurveMean& mean) {
  return fmt::format("{:6.1f} [{:5.1f}, {:5.1f}]", 100 * mean.mean, 100 * mean.low,
                     100 * mean.high);
}

std::string Points(const CurveMean& mean) {
  return fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", 100 * mean.mean, 100 * mean.low,
                     100 * mean.high);
}

std::string Rate(const CurveMean& mean) {
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * mean.mean, 100 * mean.low, 100 * mean.high);
}

std::vector<CurvePoint> Marks(const LearningCurve& curve) {
  std::vector<CurvePoint> marks;
  for (const CurveCheckpoint& point : curve.points) {
    marks.push_back({point.episodes,
                     {point.success.mean, std::max(0.0, point.success.low),
                      std::min(1.0, point.success.high), kLevel},
                     marks.empty() || point.step.low > 0});
  }
  return marks;
}

/// The page's parts that need the writer.
class CurvePage {
 public:
  CurvePage(HtmlWriter& html, const LearningCurve& curve) : html_(html), c_(curve) {}

  void Write() {
    html_.Leaf("h1", "Learning on " + c_.suite);
    Banner();
    html_.Leaf("h2", "Learning curve");
    WriteLearningCurve(
        html_, Marks(c_),
        {"episodes that were learned from",
         "Success on held-out tasks, mean of the worlds with 95 % intervals. A large "
         "mark is the start or a step up that its interval shows."});
    html_.Leaf("h2", "Checkpoints");
    Checkpoints();
    html_.Leaf("h2", "Rules at the last checkpoint");
    WriteTable(html_, "In how many worlds the learner handed in each rule", {"Rule", "#Worlds"},
               [&] {
                 for (const auto& [rule, worlds] : c_.rules) {
                   const auto row = html_.Open("tr");
                   html_.Leaf("td", rule);
                   Number(fmt::format("{} of {}", worlds, c_.worlds));
                 }
               });
  }

 private:
  void Banner() {
    const CurveCheckpoint& last = c_.points.back();
    const auto banner =
        html_.Open("section", {{"class", last.gain.low > 0 ? "verdict good" : "verdict plain"}});
    html_.Leaf("div",
               fmt::format("{} → {} after {} episodes", Rate(c_.points.front().success),
                           Rate(last.success), last.episodes),
               {{"class", "word"}});
    html_.Leaf(
        "div",
        fmt::format("{} worlds, {}, {} held-out tasks in each; gain in points {}. The oracle "
                    "solves {:.1f} % of the solvable tasks; of those that nobody can solve "
                    "{:.1f} % were passed.",
                    c_.worlds,
                    c_.permuted ? "each with its quirks dealt out anew"
                                : "all with the quirks as documented",
                    c_.tasks, Points(last.gain), 100 * c_.oracle, 100 * c_.impossible.mean),
        {{"class", "sentence"}});
  }

  void Checkpoints() {
    const auto rows = [&] {
      for (const CurveCheckpoint& point : c_.points) {
        const auto row = html_.Open("tr");
        const bool first = point.episodes == 0;
        Number(std::to_string(point.episodes));
        Number(Rate(point.success));
        Number(first ? "" : Points(point.step));
        Number(first ? "" : Points(point.gain));
        Number(fmt::format("{:.1f}", point.rules));
        Number(fmt::format("{} of {}", point.candidates, c_.worlds));
        if (c_.gated) Number(fmt::format("{} of {}", point.promoted, point.candidates));
      }
    };
    const char* caption =
        "Paired differences in points to the checkpoint before and to the start; the worlds are "
        "the "
        "observations";
    if (c_.gated) {
      WriteTable(html_, caption,
                 {"#Episodes", "#Success", "#Step", "#Gain", "#Rules", "#Worlds with a candidate",
                  "#Promoted by the gate"},
                 rows);
    } else {
      WriteTable(html_, caption,
                 {"#Episodes", "#Success", "#Step", "#Gain", "#Rules", "#Worlds with a candidate"},
                 rows);
    }
  }

  void Number(const std::string& text) { html_.Leaf("td", text, {{"class", "n"}}); }

  HtmlWriter& html_;
  const LearningCurve& c_;
};

}  // namespace

Json ToJson(const CurveMean& mean) {
  return {{"mean", mean.mean}, {"low", mean.low}, {"high", mean.high}};
}

Json ToJson(const LearningCurve& curve) {
  Json points = Json::array();
  for (const CurveCheckpoint& point : curve.points) {
    Json json = {{"episodes", point.episodes}, {"success", ToJson(point.success)},
                 {"step", ToJson(point.step)}, {"gain", ToJson(point.gain)},
                 {"rules", point.rules},       {"candidates", point.candidates}};
    if (curve.gated) json["promoted"] = point.promoted;
    points.push_back(std::move(json));
  }
  return {{"format", "kedge-learning-curve/1"},
          {"suite", curve.suite},
          {"worlds", curve.worlds},
          {"tasks", curve.tasks},
          {"permuted", curve.permuted},
          {"points", std::move(points)},
          {"impossible", ToJson(curve.impossible)},
          {"oracle", curve.oracle},
          {"rules", curve.rules}};
}

std::string ToText(const LearningCurve& curve) {
  std::string text = fmt::format(
      "{}: {} worlds x {} held-out tasks, per cent, 95 % intervals over worlds\n"
      "episodes  success               step                  gain                  rules{}\n",
      EscapeControls(curve.suite), curve.worlds, curve.tasks, curve.gated ? "  promoted" : "");
  for (const CurveCheckpoint& point : curve.points) {
    text += fmt::format("{:8}  {}  {}  {}  {:5.1f}", point.episodes, Share(point.success),
                        Share(point.step), Share(point.gain), point.rules);
    if (curve.gated) text += fmt::format("  {} of {}", point.promoted, point.candidates);
    text += "\n";
  }
  text += fmt::format("oracle {:.1f} %, impossible tasks {:.1f} %\n", 100 * curve.oracle,
                      100 * curve.impossible.mean);
  for (const auto& [rule, worlds] : curve.rules) {
    text += fmt::format("  {} in {} of {} worlds\n", EscapeControls(rule), worlds, curve.worlds);
  }
  return text;
}

void WriteCurveHtml(const std::string& path, const LearningCurve& curve,
                    const std::string& footer) {
  AtomicFile file(path);
  HtmlWriter html([&](std::string_view piece) { file.Write(piece); });
  WritePage(html, "Learning on " + curve.suite, footer, [&] { CurvePage(html, curve).Write(); });
  html.Finish();
  file.Commit();
}

}  // namespace kedge::reports
