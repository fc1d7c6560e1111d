#include "reports/appraisal_report.h"

#include <fmt/format.h>

#include <map>

#include "harness/core/atomic_file.h"
#include "harness/core/utf8.h"
#include "reports/effect_text.h"
#include "reports/markdown_cell.h"
#include "reports/page.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kShownBytes = 100;

std::string PlaceOf(const AppraisedItem& item) {
  return item.line == 0 ? item.file : fmt::format("{}:{}", item.file, item.line);
}

std::string Effect(const AppraisedItem& item) {
  return item.effect ? EffectText(*item.effect) : std::string();
}

std::string PairsText(const AppraisedItem& item) {
  if (item.pairs == 0) return {};
  return fmt::format("{} (+{} -{})", item.pairs, item.better, item.worse);
}

// "S14-leakage: repeats ...; never spoke"
std::string Why(const AppraisedItem& item) {
  std::string why;
  const auto add = [&why](const std::string& part) { why += (why.empty() ? "" : "; ") + part; };
  for (const gate::Reason& reason : item.reasons) add(reason.code + ": " + reason.text);
  for (const std::string& note : item.notes) add(note);
  return why;
}

std::string Counts(const Appraisal& appraisal) {
  std::map<ItemClass, int> counts;
  for (const AppraisedItem& item : appraisal.items) ++counts[item.kind];
  std::string text;
  for (const auto& [kind, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, ToString(kind));
  }
  return text.empty() ? "no item" : text;
}

std::int64_t EpisodesPaid(const Appraisal& appraisal) {
  std::int64_t episodes = appraisal.champion_episodes;
  for (const AppraisedItem& item : appraisal.items) episodes += item.episodes;
  return episodes;
}

std::string Sentence(const Appraisal& appraisal) {
  return fmt::format("{} items of {} ({}) for champion {}{}; {} episodes.", appraisal.items.size(),
                     appraisal.playbook, appraisal.format, appraisal.champion_hash.substr(0, 12),
                     appraisal.suite.empty() ? ", static checks only" : " on " + appraisal.suite,
                     EpisodesPaid(appraisal));
}

const char* StateOf(ItemClass kind) {
  if (kind == ItemClass::kHelps) return "state-good";
  const bool bad = kind == ItemClass::kHarms || kind == ItemClass::kLeaks ||
                   kind == ItemClass::kContradictsPolicy;
  return bad ? "state-bad" : "state-open";
}

Json ItemJson(const AppraisedItem& item) {
  Json reasons = Json::array();
  for (const gate::Reason& reason : item.reasons) {
    reasons.push_back({{"code", reason.code}, {"text", reason.text}});
  }
  Json json = {{"id", item.id},
               {"text", item.text},
               {"file", item.file},
               {"line", item.line},
               {"class", ToString(item.kind)},
               {"rule", item.rule},
               {"reasons", std::move(reasons)},
               {"notes", item.notes},
               {"episodes", item.episodes}};
  if (item.effect) {
    json["effect"] = {{"estimate", item.effect->estimate},
                      {"low", item.effect->low},
                      {"high", item.effect->high},
                      {"level", item.effect->level}};
    json["pairs"] = {{"all", item.pairs}, {"better", item.better}, {"worse", item.worse}};
    json["spoke"] = item.spoke;
    json["p"] = {{"better", item.p_better}, {"worse", item.p_worse}};
  }
  return json;
}

void WriteRow(HtmlWriter& html, const AppraisedItem& item) {
  const auto row = html.Open("tr");
  {
    const auto cell = html.Open("td");
    html.Leaf("code", item.id);
    html.Leaf("div", item.text);
    html.Leaf("div", PlaceOf(item));
  }
  html.Leaf("td", ToString(item.kind), {{"class", StateOf(item.kind)}});
  html.Leaf("td", Effect(item), {{"class", "n"}});
  html.Leaf("td", PairsText(item), {{"class", "n"}});
  {
    const auto cell = html.Open("td");
    if (item.rule.is_null()) {
      html.Text("only text");
    } else {
      html.Leaf("code", DumpJson(item.rule));
    }
  }
  html.Leaf("td", Why(item));
}

}  // namespace

std::string_view ToString(ItemClass kind) {
  switch (kind) {
    case ItemClass::kHelps:
      return "helps";
    case ItemClass::kNeutral:
      return "neutral";
    case ItemClass::kHarms:
      return "harms";
    case ItemClass::kUndecided:
      return "undecided";
    case ItemClass::kContradictsPolicy:
      return "contradicts_policy";
    case ItemClass::kLeaks:
      return "leaks_evaluation_data";
    case ItemClass::kNotTestable:
      return "not_testable";
  }
  return "";
}

Json ToJson(const Appraisal& appraisal) {
  Json items = Json::array();
  for (const AppraisedItem& item : appraisal.items) items.push_back(ItemJson(item));
  return {{"format", "kedge-appraisal/1"},
          {"playbook", {{"path", appraisal.playbook}, {"format", appraisal.format}}},
          {"champion",
           {{"hash", appraisal.champion_hash},
            {"episodes", appraisal.champion_episodes},
            {"successes", appraisal.champion_successes}}},
          {"suite", appraisal.suite},
          {"alpha", appraisal.alpha},
          {"items", std::move(items)},
          {"skipped", appraisal.skipped},
          {"episodes", EpisodesPaid(appraisal)}};
}

void WriteAppraisalHtml(const std::string& path, const Appraisal& appraisal,
                        const std::string& footer) {
  AtomicFile file(path);
  HtmlWriter html([&](std::string_view piece) { file.Write(piece); });
  WritePage(html, "Appraisal of " + appraisal.playbook, footer, [&] {
    html.Leaf("h1", "Appraisal of " + appraisal.playbook);
    {
      const auto banner = html.Open("section", {{"class", "verdict plain"}});
      html.Leaf("div", Counts(appraisal), {{"class", "word"}});
      html.Leaf("div", Sentence(appraisal), {{"class", "sentence"}});
    }
    WriteTable(html, "Each item against the champion on the same dev tasks",
               {"Item", "Class", "#Effect in points", "#Pairs", "Rule", "Why"}, [&] {
                 for (const AppraisedItem& item : appraisal.items) WriteRow(html, item);
               });
  });
  html.Finish();
  file.Commit();
}

std::string AppraisalMarkdown(const Appraisal& appraisal) {
  std::string text = fmt::format(
      "## {}\n\n{}\n\n| Item | Class | Effect in points | Pairs | Why | Text |\n"
      "| --- | --- | ---: | ---: | --- | --- |\n",
      Counts(appraisal), MarkdownCell(Sentence(appraisal)));
  for (const AppraisedItem& item : appraisal.items) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", MarkdownCell(item.id),
                        ToString(item.kind), Effect(item), PairsText(item), MarkdownCell(Why(item)),
                        MarkdownCell(item.text));
  }
  return text;
}

std::string AppraisalText(const Appraisal& appraisal) {
  std::string text = Counts(appraisal) + "\n" + EscapeControls(Sentence(appraisal)) + "\n";
  for (const AppraisedItem& item : appraisal.items) {
    text += fmt::format("{:<22}{:<18} {}\n", ToString(item.kind), EscapeControls(item.id),
                        EscapeControls(Elide(item.text, kShownBytes)));
    if (item.effect) {
      text += fmt::format("  {} points over {} pairs, spoke in {}\n", Effect(item), PairsText(item),
                          item.spoke);
    }
    const std::string why = Why(item);
    if (!why.empty()) text += "  " + EscapeControls(why) + "\n";
  }
  return text;
}

}  // namespace kedge::reports
