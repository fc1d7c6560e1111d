#include "reports/planted_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/atomic_file.h"
#include "harness/stats/proportion_intervals.h"
#include "reports/effect_text.h"
#include "reports/markdown_cell.h"
#include "reports/page.h"

namespace kedge::reports {
namespace {

constexpr double kShareLevel = 0.95;

std::string ShareText(std::int64_t count, std::int64_t of) {
  if (of == 0) return "none";
  const gate::Interval share = ExactShare(count, of);
  return fmt::format("{} of {} [{:.1f}, {:.1f}] %", count, of, 100 * share.low, 100 * share.high);
}

std::string CountsText(const std::map<std::string, std::int64_t>& counts) {
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text;
}

std::string AlarmText(const PlantedAlarm& alarm) {
  return fmt::format(
      "success {:.1f} % to {:.1f} % (in control from {:.1f} %); delay {:.0f} traces on average, {} "
      "at most; the best alarm for these means takes {:.0f}; {} false alarms",
      100 * alarm.before, 100 * alarm.after, 100 * alarm.in_control, alarm.mean_delay,
      alarm.longest_delay, alarm.best_delay, alarm.false_alarms);
}

// What became of the class, in the words of its kind.
std::string OutcomeText(const PlantedRow& row) {
  if (!row.not_planted.empty()) return "not planted: " + row.not_planted;
  if (row.alarm) return "alarm in " + ShareText(row.alarm->alarms, row.gates);
  if (row.kind == "witness") return "named in " + ShareText(row.named, row.gates);
  return "promoted in " + ShareText(row.promoted, row.gates);
}

std::string ReasonText(const PlantedRow& row) {
  if (row.alarm) return AlarmText(*row.alarm);
  return CountsText(row.reasons);
}

std::string EffectCell(const PlantedRow& row) {
  if (!row.effect) return "";
  return fmt::format("{} on {} tasks", EffectText(*row.effect), row.effect_tasks);
}

std::string Headline(const PlantedTable& table) {
  return table.holds ? "Every bar is met" : "A bar is not met";
}

std::string PooledText(const char* what, const PlantedRate& rate, const char* bar) {
  if (rate.gates == 0) return "";
  return fmt::format("{} promoted in {}, {} {:.1f} %. ", what, ShareText(rate.promoted, rate.gates),
                     bar, 100 * rate.bar);
}

std::string Sentence(const PlantedTable& table) {
  std::int64_t witnesses = 0, named = 0;
  for (const PlantedRow& row : table.rows) {
    if (row.kind != "witness") continue;
    witnesses += row.gates;
    named += row.named;
  }
  std::string text = fmt::format("{} classes, {} gates each. ", table.rows.size(), table.seeds);
  if (witnesses > 0) {
    text +=
        fmt::format("Faults that can be pointed at: named in {}. ", ShareText(named, witnesses));
  }
  return text + PooledText("Bad by chance or effect:", table.bad, "allowed") +
         PooledText("Good:", table.good, "wanted");
}

Json ToJson(const PlantedRate& rate) {
  return {{"gates", rate.gates},
          {"promoted", rate.promoted},
          {"bar", rate.bar},
          {"interval", {rate.promote.low, rate.promote.high}}};
}

Json ToJson(const PlantedAlarm& alarm) {
  return {{"alarms", alarm.alarms},         {"false_alarms", alarm.false_alarms},
          {"mean_delay", alarm.mean_delay}, {"longest_delay", alarm.longest_delay},
          {"best_delay", alarm.best_delay}, {"in_control", alarm.in_control},
          {"success_before", alarm.before}, {"success_after", alarm.after}};
}

Json ToJson(const PlantedRow& row) {
  Json json = {{"class", row.name},     {"kind", row.kind},         {"fault", row.fault},
               {"gates", row.gates},    {"promoted", row.promoted}, {"verdicts", row.verdicts},
               {"reasons", row.reasons}};
  if (!row.not_planted.empty()) json["not_planted"] = row.not_planted;
  const gate::Interval promoted = ExactShare(row.promoted, row.gates);
  json["promoted_interval"] = {promoted.low, promoted.high};
  if (!row.reason.empty()) {
    const gate::Interval named = ExactShare(row.named, row.gates);
    json["reason"] = row.reason;
    json["named"] = row.named;
    json["named_interval"] = {named.low, named.high};
  }
  if (row.effect) {
    json["effect"] = {{"estimate", row.effect->estimate},
                      {"interval", {row.effect->low, row.effect->high}},
                      {"tasks", row.effect_tasks}};
  }
  if (row.alarm) json["alarm"] = ToJson(*row.alarm);
  return json;
}

void WriteRows(HtmlWriter& html, const PlantedTable& table) {
  for (const PlantedRow& row : table.rows) {
    const auto line = html.Open("tr");
    {
      const auto cell = html.Open("td");
      html.Leaf("strong", row.name);
      html.Leaf("div", row.fault);
    }
    html.Leaf("td", row.kind);
    {
      const auto cell = html.Open("td");
      html.Text(OutcomeText(row));
      if (!row.reason.empty()) {
        const auto code = html.Open("div");
        html.Leaf("code", row.reason);
      }
    }
    html.Leaf("td", CountsText(row.verdicts));
    html.Leaf("td", ReasonText(row));
    html.Leaf("td", EffectCell(row), {{"class", "n"}});
  }
}

std::string PoisonText(const PoisonRow& row) {
  return fmt::format("{} from {}{}", row.count, row.principal,
                     row.principal == "one" ? " stranger" : " strangers");
}

std::string PoisonFate(const PoisonRow& row) {
  return fmt::format("{} refused, {} set apart; {} rules learned, {} denied, {} promoted",
                     row.refused, row.set_apart, row.learned, row.denied, row.promoted);
}

Json ToJson(const PoisonRow& row) {
  return {{"channel", row.channel},   {"principal", row.principal},
          {"count", row.count},       {"witnessed", row.witnessed},
          {"refused", row.refused},   {"set_apart", row.set_apart},
          {"learned", row.learned},   {"denied", row.denied},
          {"promoted", row.promoted}, {"honest", row.honest},
          {"reasons", row.reasons},   {"honest_promoted", row.honest_kept}};
}

void WritePoison(HtmlWriter& html, const PlantedTable& table) {
  for (const PoisonRow& row : table.poison) {
    const bool held = row.promoted == 0 && row.honest_kept == row.honest;
    const auto line = html.Open("tr");
    html.Leaf("td", row.channel);
    html.Leaf("td", PoisonText(row));
    html.Leaf("td", row.witnessed ? "yes" : "no");
    html.Leaf("td", PoisonFate(row), {{"class", held ? "state-good" : "state-bad"}});
    html.Leaf("td", fmt::format("{} of {}", row.honest_kept, row.honest), {{"class", "n"}});
    html.Leaf("td", CountsText(row.reasons));
  }
}

}  // namespace

gate::Interval ExactShare(std::int64_t count, std::int64_t of) {
  if (of == 0) return {0, 0, 1, kShareLevel};
  const stats::Interval interval = stats::ClopperPearsonInterval(count, of, kShareLevel);
  return {static_cast<double>(count) / static_cast<double>(of), interval.low, interval.high,
          kShareLevel};
}

Json ToJson(const PlantedTable& table) {
  Json rows = Json::array();
  for (const PlantedRow& row : table.rows) rows.push_back(ToJson(row));
  Json poison = Json::array();
  for (const PoisonRow& row : table.poison) poison.push_back(ToJson(row));
  return {
      {"format", "kedge-planted/1"}, {"suite", table.suite},       {"champion", table.champion},
      {"seeds", table.seeds},        {"holds", table.holds},       {"bad", ToJson(table.bad)},
      {"good", ToJson(table.good)},  {"classes", std::move(rows)}, {"poison", std::move(poison)}};
}

void WritePlantedHtml(const std::string& path, const PlantedTable& table,
                      const std::string& footer) {
  AtomicFile file(path);
  HtmlWriter html([&](std::string_view piece) { file.Write(piece); });
  WritePage(html, "Planted candidates on " + table.suite, footer, [&] {
    html.Leaf("h1", "Planted candidates on " + table.suite);
    {
      const auto banner =
          html.Open("section", {{"class", table.holds ? "verdict good" : "verdict bad"}});
      html.Leaf("div", Headline(table), {{"class", "word"}});
      html.Leaf("div", Sentence(table), {{"class", "sentence"}});
    }
    html.Leaf("h2", "Classes");
    WriteTable(
        html,
        "Every class with what became of its candidates; intervals are exact, 95 %. The true "
        "effect was measured on other tasks than those of the gates",
        {"Class", "Kind", "Outcome", "Verdicts", "Stopped by", "#True effect, points"},
        [&] { WriteRows(html, table); });
    if (table.poison.empty()) return;
    html.Leaf("h2", "Poison");
    WriteTable(html,
               "Poisoned traces and memory items in a batch of honest ones. A witness tries every "
               "trace on the world before anything is learned from it",
               {"Channel", "How many", "Witness", "The poison", "#Honest rules promoted", "Why"},
               [&] { WritePoison(html, table); });
  });
  html.Finish();
  file.Commit();
}

std::string PlantedMarkdown(const PlantedTable& table) {
  std::string text = fmt::format(
      "## {}\n\nSuite {}. {}\n\n| Class | Fault | Kind | Outcome | Verdicts | Stopped by | True "
      "effect, points |\n| --- | --- | --- | --- | --- | --- | ---: |\n",
      Headline(table), MarkdownCell(table.suite), Sentence(table));
  for (const PlantedRow& row : table.rows) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", MarkdownCell(row.name),
                        MarkdownCell(row.fault), row.kind, MarkdownCell(OutcomeText(row)),
                        CountsText(row.verdicts), MarkdownCell(ReasonText(row)), EffectCell(row));
  }
  if (table.poison.empty()) return text;
  text +=
      "\n| Channel | How many | Witness | The poison | Honest rules promoted | Why |\n"
      "| --- | --- | --- | --- | ---: | --- |\n";
  for (const PoisonRow& row : table.poison) {
    text += fmt::format("| {} | {} | {} | {} | {} of {} | {} |\n", MarkdownCell(row.channel),
                        PoisonText(row), row.witnessed ? "yes" : "no", PoisonFate(row),
                        row.honest_kept, row.honest, MarkdownCell(CountsText(row.reasons)));
  }
  return text;
}

std::string PlantedText(const PlantedTable& table) {
  std::string text;
  for (const PlantedRow& row : table.rows) {
    text += fmt::format("{:<24} {:<12} {}", row.name, row.kind, OutcomeText(row));
    if (!row.reason.empty()) text += " (" + row.reason + ")";
    if (row.verdicts.size() > 1 || (row.gates > 0 && row.kind != "witness")) {
      text += row.alarm ? "; " + AlarmText(*row.alarm) : "; " + CountsText(row.verdicts);
    }
    if (row.effect) text += "; true effect " + EffectCell(row);
    text += "\n";
  }
  for (const PoisonRow& row : table.poison) {
    text += fmt::format("poison {:<20} {:<22} {:<10} {}; honest {} of {}\n", row.channel,
                        PoisonText(row), row.witnessed ? "witnessed" : "", PoisonFate(row),
                        row.honest_kept, row.honest);
  }
  return text + Headline(table) + ". " + Sentence(table) + "\n";
}

}  // namespace kedge::reports
