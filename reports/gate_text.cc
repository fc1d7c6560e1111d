#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "reports/effect_text.h"
#include "reports/report.h"

namespace kedge::reports {
namespace {

std::string EffectLine(std::string_view name, const std::string& effect, std::string_view state) {
  std::string line =
      fmt::format("  {:<24} {:<24} {}", EscapeControls(name), effect, EscapeControls(state));
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
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
  if (v.pairs.n == 0) return text;
  text += fmt::format("effect in points ({:.0f} % interval{}):\n", 100 * v.delta.level,
                      v.delta_label.empty() ? "" : "; " + EscapeControls(v.delta_label));
  text += EffectLine("overall", EffectText(v.delta), "");
  for (const gate::Component& component : v.components) {
    if (component.name == "overall") continue;
    text += EffectLine(component.name, EffectText(component), component.state);
  }
  text += PairsLine(v);
  if (v.seconds > 0) {
    text += fmt::format("episodes: {} in {:.1f} s\n", v.episodes, v.seconds);
  }
  return text;
}

}  // namespace kedge::reports
