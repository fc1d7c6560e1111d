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
  return fmt::format("{} of {}{}", suspect.regained, suspect.again,
                     suspect.confirmed() ? "" : ", cleared");
}

const char* AgainStyle(const gate::Suspect& suspect) {
  if (suspect.again == 0) return "n state-open";
  return suspect.confirmed() ? "n state-bad" : "n state-good";
}

std::string Summary(const gate::SuspectSection& section) {
  return fmt::format(
      "{} pairs lost, {} others; {} changed rules spoke, {} in lost ones beyond chance",
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
    lines.push_back(fmt::format("{} ({}): lost {}, {} of {} regained {}", suspect.rule,
                                suspect.change, suspect.lost, suspect.regained, suspect.again,
                                suspect.change == "added"     ? "without it"
                                : suspect.change == "retired" ? "with it back"
                                                              : "with the champion's back"));
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
  WriteTable(
      html,
      fmt::format("Rules that the two have differently and that spoke, for either of them, in lost "
                  "pairs more often than in the others (Fisher's exact test, one-sided, adjusted "
                  "by Holm, {}). The last column: lost tasks run again with the same seed and that "
                  "one change undone, and how many of them were solved; of a rule that is cleared, "
                  "not most.",
                  section.level),
      {"Rule", "#Lost pairs it spoke in", "#Other pairs", "#p", "#Solved again when undone"}, [&] {
        for (const gate::Suspect& suspect : section.suspects) {
          const auto row = html.Open("tr");
          {
            const auto cell = html.Open("td");
            html.Leaf("code", suspect.rule);
            html.Text(" (" + suspect.change + ")");
            html.Leaf("div", suspect.text, {{"class", "soft"}});
          }
          number(std::to_string(suspect.lost));
          number(std::to_string(suspect.others));
          number(PText(suspect.p));
          html.Leaf("td", AgainText(suspect), {{"class", AgainStyle(suspect)}});
        }
      });
}

std::string SuspectsMarkdown(const gate::Verdict& verdict) {
  if (!StandsOut(verdict)) return {};
  std::string text = "\nBehind the lost pairs: " + Summary(*verdict.suspects) +
                     ".\n\n| Rule | Lost pairs it spoke in | Other pairs | p | Solved again when "
                     "undone |\n| --- | ---: | ---: | ---: | ---: |\n";
  for (const gate::Suspect& suspect : verdict.suspects->suspects) {
    text += fmt::format("| {} ({}) | {} | {} | {} | {} |\n", MarkdownCell(suspect.rule),
                        MarkdownCell(suspect.change), suspect.lost, suspect.others,
                        PText(suspect.p), AgainText(suspect));
  }
  return text;
}

std::string SuspectsText(const gate::Verdict& verdict) {
  if (!StandsOut(verdict)) return {};
  std::string text = "behind the lost pairs: " + Summary(*verdict.suspects) + "\n";
  for (const gate::Suspect& suspect : verdict.suspects->suspects) {
    text += fmt::format(
        "  {} ({}): spoke in {} of the lost and {} of the others (p {}{}); solved again when "
        "undone: {}\n",
        EscapeControls(suspect.rule), EscapeControls(suspect.change), suspect.lost, suspect.others,
        suspect.p < 0.0001 ? "" : "= ", PText(suspect.p), AgainText(suspect));
  }
  return text;
}

}  // namespace kedge::reports
