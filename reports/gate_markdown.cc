#include <fmt/format.h>

#include "reports/drift_section.h"
#include "reports/effect_text.h"
#include "reports/markdown_cell.h"
#include "reports/probe_section.h"
#include "reports/report.h"
#include "reports/suspect_section.h"

namespace kedge::reports {
namespace {

std::string Guards(const gate::Verdict& v) {
  if (v.guards.empty()) return {};
  std::string text =
      "\n| Guard | Champion | Candidate | Episodes watched | Rate proven below |\n"
      "| --- | ---: | ---: | ---: | ---: |\n";
  for (const gate::GuardCount& guard : v.guards) {
    text += fmt::format("| {}{} | {} | {} | {} | {:.1f} % |\n", MarkdownCell(guard.id),
                        guard.hard     ? " (hard)"
                        : guard.shadow ? " (shadow)"
                                       : "",
                        guard.champion_violations, guard.candidate_violations, guard.exposure,
                        100 * guard.candidate_rate_upper);
  }
  return text;
}

}  // namespace

std::string GateMarkdown(const gate::Verdict& v) {
  std::string text = fmt::format("## {}: {} → {}\n\nSuite {}, seed {}.\n\n", ToString(v.kind),
                                 MarkdownCell(v.champion.name), MarkdownCell(v.candidate.name),
                                 MarkdownCell(v.suite), v.suite_seed);
  for (const gate::Reason& reason : v.reasons) {
    text += fmt::format("- **{}**: {}\n", MarkdownCell(reason.code), MarkdownCell(reason.text));
  }
  for (const std::string& step : v.what_would_settle) {
    text += fmt::format("- To settle it: {}\n", MarkdownCell(step));
  }
  if (v.pairs.n == 0) return text + ProbesMarkdown(v) + DriftMarkdown(v);
  text += fmt::format(
      "\n| Effect in points ({:.0f} % interval) | Candidate minus champion | Pairs | State |\n"
      "| --- | ---: | ---: | --- |\n| overall | {} | {} | {} |\n",
      100 * v.delta.level, EffectText(v.delta), v.pairs.n, MarkdownCell(v.delta_label));
  for (const gate::Component& c : v.components) {
    if (c.name == "overall") continue;
    text += fmt::format("| {} | {} | {} | {} |\n", MarkdownCell(c.name), EffectText(c), c.n,
                        MarkdownCell(c.state));
  }
  text += Guards(v);
  text += SuspectsMarkdown(v);
  text += ProbesMarkdown(v);
  text += DriftMarkdown(v);
  text += fmt::format("\nVerdict digest `{}`.\n", gate::Digest(v));
  return text;
}

}  // namespace kedge::reports
