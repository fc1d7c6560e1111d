#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "reports/effect_text.h"
#include "reports/report.h"

namespace kedge::reports {
namespace {

/// Outside text inside a line or table cell of Markdown: no markup, no line breaks, no cell ends,
/// nobody mentioned.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : EscapeControls(text)) {
    switch (c) {
      case '\n':
      case '\t':
        cell += ' ';
        break;
      case '&':
        cell += "&amp;";
        break;
      case '<':
        cell += "&lt;";
        break;
      case '>':
        cell += "&gt;";
        break;
      case '@':
        // An empty comment keeps "@name" from notifying someone.
        cell += "@<!-- -->";
        break;
      default:
        if (std::string_view("|\\`*_[]#!~$").find(c) != std::string_view::npos) cell += '\\';
        cell += c;
    }
  }
  return cell;
}

std::string Guards(const gate::Verdict& v) {
  if (v.guards.empty()) return {};
  std::string text =
      "\n| Guard | Champion | Candidate | Episodes watched | Rate proven below |\n"
      "| --- | ---: | ---: | ---: | ---: |\n";
  for (const gate::GuardCount& guard : v.guards) {
    text +=
        fmt::format("| {}{} | {} | {} | {} | {:.1f} % |\n", Cell(guard.id),
                    guard.hard ? " (hard)" : "", guard.champion_violations,
                    guard.candidate_violations, guard.exposure, 100 * guard.candidate_rate_upper);
  }
  return text;
}

}  // namespace

std::string GateMarkdown(const gate::Verdict& v) {
  std::string text =
      fmt::format("## {}: {} → {}\n\nSuite {}, seed {}.\n\n", ToString(v.kind),
                  Cell(v.champion.name), Cell(v.candidate.name), Cell(v.suite), v.suite_seed);
  for (const gate::Reason& reason : v.reasons) {
    text += fmt::format("- **{}**: {}\n", Cell(reason.code), Cell(reason.text));
  }
  for (const std::string& step : v.what_would_settle) {
    text += fmt::format("- To settle it: {}\n", Cell(step));
  }
  if (v.pairs.n == 0) return text;
  text += fmt::format(
      "\n| Effect in points ({:.0f} % interval) | Candidate minus champion | Pairs | State |\n"
      "| --- | ---: | ---: | --- |\n| overall | {} | {} | {} |\n",
      100 * v.delta.level, EffectText(v.delta), v.pairs.n, Cell(v.delta_label));
  for (const gate::Component& c : v.components) {
    if (c.name == "overall") continue;
    text += fmt::format("| {} | {} | {} | {} |\n", Cell(c.name), EffectText(c), c.n, Cell(c.state));
  }
  text += Guards(v);
  text += fmt::format("\nVerdict digest `{}`.\n", gate::Digest(v));
  return text;
}

}  // namespace kedge::reports
