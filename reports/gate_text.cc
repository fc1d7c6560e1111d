#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/core/utf8.h"
#include "reports/drift_section.h"
#include "reports/effect_text.h"
#include "reports/probe_section.h"
#include "reports/report.h"
#include "reports/suspect_section.h"

namespace kedge::reports {
namespace {

struct EffectLine {
  std::string name, effect, state;
};

std::string Table(const std::vector<EffectLine>& lines) {
  std::size_t name_width = 0, effect_width = 0;
  for (const EffectLine& line : lines) {
    name_width = std::max(name_width, line.name.size());
    effect_width = std::max(effect_width, line.effect.size());
  }
  std::string text;
  for (const EffectLine& line : lines) {
    text += fmt::format("  {:<{}}  {:<{}}  {}", line.name, name_width, line.effect, effect_width,
                        line.state);
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string Effects(const gate::Verdict& v) {
  std::vector<EffectLine> lines = {{"overall", EffectText(v.delta), ""}};
  for (const gate::Component& component : v.components) {
    const std::string state = EscapeControls(component.state);
    if (component.name == "overall") {
      lines[0].state = state;
    } else {
      lines.push_back({EscapeControls(component.name), EffectText(component), state});
    }
  }
  return Table(lines);
}

std::string PairsLine(const gate::Verdict& v) {
  std::string line =
      fmt::format("pairs: {} (both {}, only champion {}, only candidate {}, neither {})", v.pairs.n,
                  v.pairs.both, v.pairs.only_champion, v.pairs.only_candidate, v.pairs.neither);
  if (v.pairs.dropped > 0) line += fmt::format(", dropped {}", v.pairs.dropped);
  if (v.pairs.unpaired_champion + v.pairs.unpaired_candidate > 0) {
    line += fmt::format(", unpaired {} champion, {} candidate", v.pairs.unpaired_champion,
                        v.pairs.unpaired_candidate);
  }
  return line + "\n";
}

std::string BudgetLines(const gate::Verdict& v) {
  std::string text;
  if (v.published) {
    text += fmt::format("published score of the best: {:.3f}{}\n", v.published->score,
                        v.published->raised ? ", raised by this candidate" : "");
  }
  if (v.vault) {
    text += fmt::format("vault: {}, {} questions and {} failures left\n",
                        v.vault->passed ? "passed" : "failed", v.vault->queries_left,
                        v.vault->fails_left);
  }
  return text;
}

}  // namespace

std::string GateText(const gate::Verdict& v) {
  std::string text =
      fmt::format("{}  {} -> {} on {}\n", ToString(v.kind), EscapeControls(v.champion.name),
                  EscapeControls(v.candidate.name), EscapeControls(v.suite));
  for (const gate::Reason& reason : v.reasons) {
    text += fmt::format("  {}: {}\n", EscapeControls(reason.code), EscapeControls(reason.text));
  }
  for (const std::string& step : v.what_would_settle) {
    text += "  to settle it: " + EscapeControls(step) + "\n";
  }
  if (v.pairs.n == 0) return text + ProbesText(v) + DriftLines(v);
  text += fmt::format("effect in points ({:.0f} % interval{}):\n", 100 * v.delta.level,
                      v.delta_label.empty() ? "" : "; " + EscapeControls(v.delta_label));
  text += Effects(v);
  text += PairsLine(v);
  text += ProbesText(v);
  text += SuspectsText(v);
  text += BudgetLines(v);
  text += DriftLines(v);
  if (v.seconds > 0) {
    text += fmt::format("episodes: {} in {:.1f} s\n", v.episodes, v.seconds);
  }
  return text;
}

}  // namespace kedge::reports
