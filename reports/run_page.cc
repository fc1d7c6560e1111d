#include "reports/run_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/page.h"

namespace kedge::reports {
namespace {

using Row = FamilyRunCounts::value_type;

double Rate(const RunCounts& counts) {
  return counts.episodes == 0
             ? 0
             : static_cast<double>(counts.successes) / static_cast<double>(counts.episodes);
}

void WriteFamily(HtmlWriter& html, const Row& row) {
  const auto& [name, counts] = row;
  const auto element = html.Open("tr");
  html.Leaf("td", name);
  html.Leaf("td", counts.stratum);
  const auto number = [&](const std::string& text) { html.Leaf("td", text, {{"class", "n"}}); };
  number(std::to_string(counts.episodes));
  number(std::to_string(counts.successes));
  number(fmt::format("{:.1f} %", 100 * Rate(counts)));
  number(std::to_string(counts.missing));
}

void WriteBanner(HtmlWriter& html, const RunCounts& total) {
  const auto banner =
      html.Open("section", {{"class", total.missing > 0 ? "verdict hold" : "verdict plain"}});
  html.Leaf("div", fmt::format("{} of {} episodes succeeded", total.successes, total.episodes),
            {{"class", "word"}});
  html.Leaf("div", fmt::format("{:.1f} % success, {} failed.", 100 * Rate(total), total.Failures()),
            {{"class", "sentence"}});
  if (total.missing > 0) {
    html.Leaf("div", fmt::format("{} episodes are missing: the infrastructure failed, which says "
                                 "nothing about the agent.",
                                 total.missing));
  }
}

}  // namespace

void RunCounts::Add(const trace::Outcome& outcome) {
  ++episodes;
  successes += outcome.success ? 1 : 0;
  missing += outcome.status == trace::EpisodeStatus::kMissing ? 1 : 0;
}

void WriteRunSummary(HtmlWriter& html, const RunCounts& total, const FamilyRunCounts& families) {
  WriteBanner(html, total);
  html.Leaf("h2", "Families");
  std::vector<const Row*> rows;
  for (const Row& row : families) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row* a, const Row* b) { return Rate(a->second) < Rate(b->second); });
  WriteTable(html, "Success by family, the worst first",
             {"Family", "Stratum", "#Episodes", "#Successes", "#Rate", "#Missing"}, [&] {
               for (const Row* row : rows) WriteFamily(html, *row);
             });
}

}  // namespace kedge::reports
