#include "reports/suspect_section.h"

#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "reports/markdown_cell.h"
#include "reports/page.h"

namespace kedge::reports {
namespace {

std::string PText(double p) { return p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p); }

std::string AgainText(const gate::Suspect& suspect) {
  if (suspect.again == 0) return "not tried";
  return fmt::format("{} of {}", suspect.regained, suspect.again);
}

std::string Summary(const gate::SuspectSection& section) {
  return fmt::format(
      "{} pairs lost, {} others; {} new or revised rules spoke, {} in lost ones beyond chance",
      section.lost, section.others, section.rules, section.suspects.size());
}

bool StandsOut(const gate::Verdict& verdict) {
  return verdict.suspects && !verdict.suspects->suspects.empty();
}

}  // namespace

std::vector<std::string> ConfirmedSuspects(const gate::Verdict& verdict) {
  std::vector<std::string> lines;
  if (!verdict.suspects) return lines;
  for (const gate::Suspect& suspect : verdict.suspects->suspects) {
    if (!suspect.confirmed()) continue;
    lines.push_back(fmt::format("{}: lost {}, {} of {} regained without it", suspect.rule,
                                suspect.lost, suspect.regained, suspect.again));
  }
  return lines;
}

void WriteSuspectsHtml(HtmlWriter& html, const gate::Verdict& verdict) {
  if (!verdict.suspects) return;
  const gate::SuspectSection& section = *verdict.suspects;
  html.Leaf("h2", "Which rule is behind the lost pairs");
  html.Leaf("p", Summary(section) + ". This explains; no decision rests on it.");
  if (section.suspects.empty()) return;
  const auto number = [&](const std::string& text) { html.Leaf("td", text, {{"class", "n"}}); };
  WriteTable(html,
             fmt::format(
                 "Rules that the champion has not, or has otherwise, and that spoke in lost pairs "
                 "more often than in the others (Fisher's exact test, one-sided, adjusted by Holm, "
                 "{}). The last column: lost tasks run again with the same seed without the rule, "
                 "and how many of them were solved.",
                 section.level),
             {"Rule", "#Lost pairs it spoke in", "#Other pairs", "#p", "#Solved again without it"},
             [&] {
               for (const gate::Suspect& suspect : section.suspects) {
                 const auto row = html.Open("tr");
                 {
                   const auto cell = html.Open("td");
                   html.Leaf("code", suspect.rule);
                   if (suspect.revised) html.Text(" (revised)");
                   html.Leaf("div", suspect.text, {{"class", "soft"}});
                 }
                 number(std::to_string(suspect.lost));
                 number(std::to_string(suspect.others));
                 number(PText(suspect.p));
                 html.Leaf("td", AgainText(suspect),
                           {{"class", suspect.confirmed() ? "n state-bad" : "n state-open"}});
               }
             });
}

std::string SuspectsMarkdown(const gate::Verdict& verdict) {
  if (!StandsOut(verdict)) return {};
  std::string text =
      "\nBehind the lost pairs: " + Summary(*verdict.suspects) +
      ".\n\n| Rule | Lost pairs it spoke in | Other pairs | p | Solved again without "
      "it |\n| --- | ---: | ---: | ---: | ---: |\n";
  for (const gate::Suspect& suspect : verdict.suspects->suspects) {
    text += fmt::format("| {} | {} | {} | {} | {} |\n", MarkdownCell(suspect.rule), suspect.lost,
                        suspect.others, PText(suspect.p), AgainText(suspect));
  }
  return text;
}

std::string SuspectsText(const gate::Verdict& verdict) {
  if (!StandsOut(verdict)) return {};
  std::string text = "behind the lost pairs: " + Summary(*verdict.suspects) + "\n";
  for (const gate::Suspect& suspect : verdict.suspects->suspects) {
    text += fmt::format(
        "  {}: spoke in {} of the lost and {} of the others (p {}{}); solved again "
        "without it: {}\n",
        EscapeControls(suspect.rule), suspect.lost, suspect.others, suspect.p < 0.0001 ? "" : "= ",
        PText(suspect.p), AgainText(suspect));
  }
  return text;
}

}  // namespace kedge::reports
