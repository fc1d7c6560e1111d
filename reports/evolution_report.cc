#include "reports/evolution_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/atomic_file.h"
#include "reports/effect_text.h"
#include "reports/learning_curve.h"
#include "reports/markdown_cell.h"
#include "reports/page.h"
#include "reports/set_apart.h"

namespace kedge::reports {
namespace {

std::string RateText(const HeldOutScore& score) {
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * score.rate.estimate, 100 * score.rate.low,
                     100 * score.rate.high);
}

const HeldOutScore& Last(const Evolution& evolution) {
  return evolution.generations.empty() ? evolution.start : evolution.generations.back().held_out;
}

std::int64_t Promotions(const Evolution& evolution) {
  std::int64_t count = 0;
  for (const EvolutionGeneration& generation : evolution.generations) {
    for (const EvolutionProposal& proposal : generation.proposals) count += proposal.promoted;
  }
  return count;
}

std::int64_t Refusals(const Evolution& evolution) {
  std::int64_t count = 0;
  for (const EvolutionGeneration& generation : evolution.generations) {
    for (const EvolutionProposal& proposal : generation.proposals) {
      count += !proposal.promoted && proposal.verdict != "NOTHING_LEARNED";
    }
  }
  return count;
}

std::string Headline(const Evolution& evolution) {
  return fmt::format("{} → {} on {} held-out tasks", RateText(evolution.start),
                     RateText(Last(evolution)), evolution.start.tasks);
}

std::string Sentence(const Evolution& evolution) {
  const std::size_t count = evolution.generations.size();
  return fmt::format("{} generation{}, {} promoted, {} refused; gain in points {}.", count,
                     count == 1 ? "" : "s", Promotions(evolution), Refusals(evolution),
                     EffectText(Last(evolution).over_start));
}

std::map<std::string, std::int64_t> SetApart(const Evolution& evolution) {
  std::map<std::string, std::int64_t> all;
  for (const EvolutionGeneration& generation : evolution.generations) {
    for (const auto& [why, count] : generation.set_apart) all[why] += count;
  }
  return all;
}

// One line; empty when everything was learned from.
std::string SetApartLine(const Evolution& evolution) {
  std::string line;
  for (const auto& [why, count] : SetApart(evolution)) {
    line += fmt::format("{}{} ({})", line.empty() ? "" : ", ", count, SetApartText(why));
  }
  return line.empty() ? "" : "Episodes not learned from: " + line + ".";
}

// "regression:orders, guard_rate:budgets", each once.
std::string Codes(const EvolutionProposal& proposal) {
  std::vector<std::string> codes;
  for (const gate::Reason& reason : proposal.reasons) {
    if (std::find(codes.begin(), codes.end(), reason.code) == codes.end()) {
      codes.push_back(reason.code);
    }
  }
  return fmt::format("{}", fmt::join(codes, ", "));
}

std::vector<CurvePoint> Curve(const Evolution& evolution) {
  std::vector<CurvePoint> points = {{0, evolution.start.rate, true}};
  std::int64_t episodes = 0;
  for (const EvolutionGeneration& generation : evolution.generations) {
    episodes += generation.episodes;
    points.push_back({episodes, generation.held_out.rate,
                      generation.champion_after != generation.champion_before});
  }
  return points;
}

/// The page's parts that need the writer.
class EvolutionPage {
 public:
  EvolutionPage(HtmlWriter& html, const Evolution& evolution) : html_(html), e_(evolution) {}

  void Write() {
    html_.Leaf("h1", "Evolution on " + e_.suite);
    Banner();
    html_.Leaf("h2", "Learning curve");
    WriteLearningCurve(
        html_, Curve(e_),
        {"episodes the champions acted in",
         "Success on held-out tasks with 95 % intervals. A large mark is a new champion, a small "
         "one a generation that changed nothing."});
    html_.Leaf("h2", "Generations");
    WriteTable(html_, "Success on tasks that nothing was learned from or decided on",
               {"#Generation", "#Episodes so far", "#Rules added", "#Held-out success",
                "#Over the champion before", "#Over the first"},
               [&] { Rows(); });
    if (const std::string line = SetApartLine(e_); !line.empty()) html_.Leaf("p", line);
    html_.Leaf("h2", "Candidates");
    WriteTable(html_, "Every candidate with its verdict; the refused ones are kept",
               {"#Generation", "Learned", "Verdict", "#Pairs", "Why", "Folder"},
               [&] { Candidates(); });
  }

 private:
  void Banner() {
    const bool better = Last(e_).over_start.low > 0;
    const auto banner =
        html_.Open("section", {{"class", better ? "verdict good" : "verdict plain"}});
    html_.Leaf("div", Headline(e_), {{"class", "word"}});
    html_.Leaf("div", Sentence(e_), {{"class", "sentence"}});
  }

  void Rows() {
    std::int64_t episodes = 0;
    {
      const auto row = html_.Open("tr");
      for (const std::string& text : {std::string("0"), std::string("0"), std::string(),
                                      RateText(e_.start), std::string(), std::string()}) {
        Number(text);
      }
    }
    for (const EvolutionGeneration& generation : e_.generations) {
      episodes += generation.episodes;
      const auto row = html_.Open("tr");
      Number(std::to_string(generation.number));
      Number(std::to_string(episodes));
      std::size_t rules = 0;
      for (const EvolutionProposal& p : generation.proposals) rules += p.promoted * p.rules.size();
      Number(std::to_string(rules));
      Number(RateText(generation.held_out));
      Number(EffectText(generation.held_out.over_last));
      Number(EffectText(generation.held_out.over_start));
    }
  }

  void Candidates() {
    for (const EvolutionGeneration& generation : e_.generations) {
      for (const EvolutionProposal& proposal : generation.proposals) {
        const auto row = html_.Open("tr");
        Number(std::to_string(generation.number));
        html_.Leaf("td", fmt::format("by {}, {} rules", proposal.how, proposal.rules.size()));
        html_.Leaf("td", proposal.verdict,
                   {{"class", proposal.promoted ? "state-good" : "state-open"}});
        Number(std::to_string(proposal.pairs));
        Reasons(proposal);
        const auto cell = html_.Open("td");
        html_.Leaf("code", proposal.folder);
      }
    }
  }

  void Reasons(const EvolutionProposal& proposal) {
    const auto cell = html_.Open("td");
    for (const gate::Reason& reason : proposal.reasons) {
      const auto line = html_.Open("div");
      html_.Leaf("code", reason.code);
      html_.Text(" " + reason.text);
    }
  }

  void Number(const std::string& text) { html_.Leaf("td", text, {{"class", "n"}}); }

  HtmlWriter& html_;
  const Evolution& e_;
};

}  // namespace

void WriteEvolutionHtml(const std::string& path, const Evolution& evolution,
                        const std::string& footer) {
  AtomicFile file(path);
  HtmlWriter html([&](std::string_view piece) { file.Write(piece); });
  WritePage(html, "Evolution on " + evolution.suite, footer,
            [&] { EvolutionPage(html, evolution).Write(); });
  html.Finish();
  file.Commit();
}

std::string EvolutionMarkdown(const Evolution& evolution) {
  std::string text = fmt::format(
      "## {}\n\nSuite {}. {}\n\n| Generation | Episodes so far | Held-out success | Over the "
      "champion before | Over the first |\n| ---: | ---: | ---: | ---: | ---: |\n"
      "| 0 | 0 | {} | | |\n",
      Headline(evolution), MarkdownCell(evolution.suite), Sentence(evolution),
      RateText(evolution.start));
  std::int64_t episodes = 0;
  for (const EvolutionGeneration& generation : evolution.generations) {
    episodes += generation.episodes;
    text += fmt::format("| {} | {} | {} | {} | {} |\n", generation.number, episodes,
                        RateText(generation.held_out), EffectText(generation.held_out.over_last),
                        EffectText(generation.held_out.over_start));
  }
  if (const std::string line = SetApartLine(evolution); !line.empty()) text += "\n" + line + "\n";
  text +=
      "\n| Generation | Learned | Verdict | Pairs | Why | Folder |\n"
      "| ---: | --- | --- | ---: | --- | --- |\n";
  for (const EvolutionGeneration& generation : evolution.generations) {
    for (const EvolutionProposal& proposal : generation.proposals) {
      text += fmt::format("| {} | by {}, {} rules | {} | {} | {} | {} |\n", generation.number,
                          MarkdownCell(proposal.how), proposal.rules.size(),
                          MarkdownCell(proposal.verdict), proposal.pairs,
                          MarkdownCell(Codes(proposal)), MarkdownCell(proposal.folder));
    }
  }
  return text;
}

std::string EvolutionText(const Evolution& evolution) {
  std::string text = Headline(evolution) + "\n" + Sentence(evolution) + "\n";
  if (const std::string line = SetApartLine(evolution); !line.empty()) text += line + "\n";
  for (const EvolutionGeneration& generation : evolution.generations) {
    text += fmt::format("generation {:>2}: {}\n", generation.number, RateText(generation.held_out));
    for (const EvolutionProposal& proposal : generation.proposals) {
      text += fmt::format(
          "  by {}, {} rules: {}{}\n", proposal.how, proposal.rules.size(), proposal.verdict,
          proposal.promoted || proposal.reasons.empty() ? "" : " (" + Codes(proposal) + ")");
    }
  }
  return text;
}

}  // namespace kedge::reports
