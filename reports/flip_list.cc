#include "reports/flip_list.h"

#include <fmt/format.h>

#include "reports/trace_view.h"

namespace kedge::reports {
namespace {

void WriteTitle(HtmlWriter& html, const gate::Flip& flip) {
  html.Leaf("span", flip.gained ? "▲ gained" : "▼ lost",
            {{"class", flip.gained ? "gained" : "lost"}});
  html.Text(flip.task_id + (flip.trial > 0 ? fmt::format(", pass {}", flip.trial + 1) : "") + " ");
  html.Leaf("span", flip.family + ", " + flip.stratum, {{"class", "soft"}});
}

void WriteFlip(HtmlWriter& html, const gate::Flip& flip, const TraceLookup& traces) {
  const auto champion = traces("champion", flip.task_id, flip.trial);
  const auto candidate = traces("candidate", flip.task_id, flip.trial);
  const auto details = html.Open("details");
  {
    const auto summary = html.Open("summary");
    WriteTitle(html, flip);
  }
  WriteTracePair(html, champion ? &*champion : nullptr, candidate ? &*candidate : nullptr);
}

}  // namespace

void WriteFlips(HtmlWriter& html, const gate::Verdict& verdict, const ReportContext& context,
                std::size_t max_page_bytes) {
  if (verdict.flips.empty()) return;
  html.Leaf("h2", "Tasks that flipped");
  std::size_t gained = 0;
  for (const gate::Flip& flip : verdict.flips) gained += flip.gained ? 1 : 0;
  html.Leaf("p",
            fmt::format("{} lost, {} gained{}", verdict.flips.size() - gained, gained,
                        context.traces ? ". Open one to see where the two traces part." : "."),
            {{"class", "soft"}});
  std::size_t shown = 0;
  for (const bool of_gains : {false, true}) {
    for (const gate::Flip& flip : verdict.flips) {
      if (flip.gained != of_gains) continue;
      if (context.traces && shown < context.max_flips && html.size() < max_page_bytes) {
        WriteFlip(html, flip, context.traces);
        ++shown;
      } else {
        const auto line = html.Open("div");
        WriteTitle(html, flip);
      }
    }
  }
  if (context.traces && shown < verdict.flips.size()) {
    html.Leaf("p",
              fmt::format("Traces are shown for {} of {} flips; the journal has all of them.",
                          shown, verdict.flips.size()),
              {{"class", "soft"}});
  }
}

}  // namespace kedge::reports
