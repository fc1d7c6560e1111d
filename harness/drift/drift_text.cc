#include "harness/drift/drift_text.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/core/utf8.h"

namespace kedge::drift {
namespace {

std::string HeadLine(const DriftReport& r) {
  std::string text =
      fmt::format("{} champion runs, {} candidate runs, {}: {} {} exchanged, {} labellings{}\n",
                  r.champion_runs, r.candidate_runs,
                  r.paired ? fmt::format("paired by {} common tasks", r.tasks)
                           : "not paired (too few common tasks)",
                  r.units, r.paired ? "tasks or clusters" : "whole tasks between the archives",
                  r.labellings, r.exact ? " (all there are)" : "");
  if (r.left_out > 0) text += fmt::format("{} runs without a partner are left out\n", r.left_out);
  return text;
}

std::string ChangeLines(const FeatureDrift& f) {
  std::string text = fmt::format("changed: {}: {}\n", f.name, LevelText(f));
  for (std::size_t i = 1; i < f.moved.size(); ++i) {
    text += fmt::format("    {}: {:.1f} % -> {:.1f} %\n", EscapeControls(f.moved[i].name),
                        100 * f.moved[i].champion, 100 * f.moved[i].candidate);
  }
  for (const std::string& id : f.examples) text += "    see trace " + EscapeControls(id) + "\n";
  return text;
}

}  // namespace

std::string LevelText(const FeatureDrift& f) {
  if (!f.moved.empty()) {
    const MovedShare& m = f.moved.front();
    return fmt::format("{} {:.1f} % -> {:.1f} %", EscapeControls(m.name), 100 * m.champion,
                       100 * m.candidate);
  }
  if (f.name == "vector" || f.name == "tools" || f.name == "path") return "";
  std::string text = fmt::format("{:.4g} -> {:.4g}", f.champion, f.candidate);
  if (f.ratio) text += fmt::format(", ratio {:.3f}", *f.ratio);
  if (f.ratio_low) {
    text += fmt::format(" (of means {:.3f} [{:.3f}, {:.3f}])", *f.ratio_of_means, *f.ratio_low,
                        *f.ratio_high);
  }
  return text;
}

std::string DriftText(const DriftReport& r) {
  std::string text = HeadLine(r);
  text += fmt::format("{:<14} {:>9} {:>9} {:>8} {:>8} {:>8}  {}\n", "score", "excess", "threshold",
                      "z", "p", "p (Holm)", "champion -> candidate");
  for (const FeatureDrift& f : r.features) {
    text += fmt::format("{:<14} {:>9.4f} {:>9.4f} {:>8} {:>8.4f} {:>8.4f}  {}{}\n", f.name,
                        f.test.excess, f.threshold,
                        std::isfinite(f.test.z) ? fmt::format("{:.2f}", f.test.z) : "-", f.test.p,
                        f.p_holm, LevelText(f), f.counted ? "" : " (not counted)");
  }
  text += fmt::format("drift index {:.2f} ({}); behaviour {}\n", r.index, r.index_feature,
                      r.changed ? "changed" : "not shown to have changed");
  for (const FeatureDrift& f : r.features) {
    if (f.changed) text += ChangeLines(f);
  }
  for (const NewScope& n : r.new_scopes) {
    text +=
        fmt::format("new scope: {}{}, {} calls, see trace {}\n", EscapeControls(ToString(n.scope)),
                    n.privileged ? " (privileged)" : "", n.calls, EscapeControls(n.example));
  }
  return text;
}

}  // namespace kedge::drift
