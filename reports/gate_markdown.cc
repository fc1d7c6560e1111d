#include <fmt/format.h>

#include "reports/effect_text.h"
#include "reports/report.h"
#include "reports/xml_text.h"

namespace kedge::reports {
namespace {

/// Outside text inside a Markdown table cell: no markup, no line breaks, no cell ends.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : XmlEscape(text)) {
    if (c == '\n' || c == '\t') {
      cell += ' ';
      continue;
    }
    if (std::string_view("|\\`*_[]#!~").find(c) != std::string_view::npos) cell += '\\';
    cell += c;
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
    text +=
        fmt::format("| {} | {} | {} | {} |\n", Cell(c.name),
                    c.name.starts_with("resource:") ? "" : EffectText(c.delta), c.n, Cell(c.state));
  }
  text += Guards(v);
  text += fmt::format("\nVerdict digest `{}`.\n", gate::Digest(v));
  return text;
}

}  // namespace kedge::reports
