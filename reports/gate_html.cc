#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/effect_text.h"
#include "reports/forest_plot.h"
#include "reports/page.h"
#include "reports/report.h"
#include "reports/trace_view.h"

namespace kedge::reports {
namespace {

std::string Percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string EValue(const std::optional<double>& log_e) {
  if (!log_e) return "";
  return *log_e > 20 ? fmt::format("e^{:.0f}", *log_e) : fmt::format("{:.3g}", std::exp(*log_e));
}

const char* BannerStyle(gate::VerdictKind kind) {
  switch (kind) {
    case gate::VerdictKind::kPromote:
      return "verdict good";
    case gate::VerdictKind::kBlock:
      return "verdict bad";
    default:
      return "verdict hold";
  }
}

const char* BannerSentence(gate::VerdictKind kind) {
  switch (kind) {
    case gate::VerdictKind::kPromote:
      return "▲ The candidate may replace the champion.";
    case gate::VerdictKind::kBlock:
      return "■ The candidate must not replace the champion.";
    case gate::VerdictKind::kHoldNoDifference:
      return "● The champion stays: the candidate is no worthwhile gain.";
    case gate::VerdictKind::kHoldInconclusive:
      return "◆ The champion stays: the evidence does not settle it.";
  }
  return "";
}

std::string StateStyle(const std::string& state) {
  if (state == "harm shown") return "state-bad";
  return state == "open" ? "state-open" : "state-good";
}

/// The gate page, section by section.
class GatePage {
 public:
  GatePage(HtmlWriter& html, const gate::Verdict& verdict, const ReportContext& context)
      : html_(html), v_(verdict), context_(context) {}

  void Write() {
    html_.Leaf("h1", context_.title);
    Banner();
    if (v_.pairs.n > 0) {
      Effects();
      Components();
    }
    Guards();
    Resources();
    Flips();
    Design();
  }

 private:
  void Banner() {
    const auto banner = html_.Open("section", {{"class", BannerStyle(v_.kind)}});
    html_.Leaf("strong", ToString(v_.kind), {{"class", "word"}});
    html_.Leaf("div", BannerSentence(v_.kind));
    const auto list = html_.Open("ul");
    for (const gate::Reason& reason : v_.reasons) {
      const auto item = html_.Open("li");
      html_.Leaf("code", reason.code);
      html_.Text(" " + reason.text);
    }
    for (const std::string& step : v_.what_would_settle) {
      html_.Leaf("li", "To settle it: " + step);
    }
  }

  void Effects() {
    html_.Leaf("h2", "Effect");
    std::vector<ForestRow> rows = {{"overall", v_.delta.estimate, v_.delta.low, v_.delta.high, 0, 0,
                                    "overall " + EffectText(v_.delta)}};
    for (const gate::Component& c : v_.components) {
      if (!c.name.starts_with("stratum:")) continue;
      const std::string stratum = c.name.substr(c.name.find(':') + 1);
      rows.push_back({stratum, c.delta.estimate, c.delta.low, c.delta.high, c.margin, 0,
                      fmt::format("stratum {}: {}, {}", stratum, EffectText(c.delta), c.state)});
      for (const gate::FamilyEffect& f : v_.families) {
        if (f.stratum == stratum) rows.push_back(FamilyRow(f));
      }
    }
    WriteForestPlot(html_, "Effect overall, by stratum and by family", rows);
    html_.Leaf("p",
               fmt::format(
                   "Intervals at {:.0f} %. The overall estimate is taken when the run stopped"
                   "{}. Families are description: no decision rests on one.",
                   100 * v_.delta.level, v_.delta_label.empty() ? "" : " (" + v_.delta_label + ")"),
               {{"class", "soft"}});
    WriteTable(html_, "Success by family",
               {"Family", "Stratum", "#Pairs", "#Champion", "#Candidate"}, [&] {
                 for (const gate::FamilyEffect& f : v_.families) FamilyTableRow(f);
               });
  }

  static ForestRow FamilyRow(const gate::FamilyEffect& f) {
    return {f.family,
            f.delta.estimate,
            f.delta.low,
            f.delta.high,
            0,
            1,
            fmt::format("family {}: {} over {} pairs", f.family, EffectText(f.delta), f.n)};
  }

  void FamilyTableRow(const gate::FamilyEffect& f) {
    const auto row = html_.Open("tr");
    html_.Leaf("td", f.family);
    html_.Leaf("td", f.stratum);
    Number(std::to_string(f.n));
    Number(Percent(f.champion_rate));
    Number(Percent(f.candidate_rate));
  }

  void Components() {
    html_.Leaf("h2", "What the verdict rests on");
    WriteTable(
        html_, "Questions, in evidence (e-values; a question is settled at its threshold)",
        {"Question", "#Effect in points", "#Margin", "#Pairs", "#Not worse", "#Worse", "State"},
        [&] {
          for (const gate::Component& c : v_.components) ComponentRow(c);
        });
  }

  void ComponentRow(const gate::Component& c) {
    const auto row = html_.Open("tr");
    html_.Leaf("td", c.name);
    Number(c.name.starts_with("resource:") ? "" : EffectText(c.delta));
    Number(c.margin > 0 ? Percent(c.margin) : "");
    Number(std::to_string(c.n));
    Number(EValue(c.log_e_noninferior));
    Number(EValue(c.log_e_harm));
    html_.Leaf("td", c.state, {{"class", StateStyle(c.state)}});
  }

  void Guards() {
    if (v_.guards.empty()) return;
    html_.Leaf("h2", "Guards");
    WriteTable(
        html_,
        "Episodes with at least one attempt that broke a guard. The last column is the rate that "
        "the episodes seen exclude (95 %, exact): none of 100 proves 3 %, not 0 %.",
        {"Guard", "Kind", "#Champion", "#Candidate", "#Watched", "#Rate proven below"}, [&] {
          for (const gate::GuardCount& g : v_.guards) GuardRow(g);
        });
  }

  void GuardRow(const gate::GuardCount& g) {
    const auto row = html_.Open("tr");
    html_.Leaf("td", g.id);
    html_.Leaf("td", g.hard ? "hard limit" : "counted");
    Number(std::to_string(g.champion_violations));
    Number(std::to_string(g.candidate_violations));
    Number(std::to_string(g.exposure));
    Number(Percent(g.candidate_rate_upper));
  }

  void Resources() {
    if (v_.resources.empty()) return;
    html_.Leaf("h2", "What an episode costs");
    WriteTable(html_, "Means per episode; ratio of the means with its 95 % interval (Fieller)",
               {"Resource", "#Champion", "#Candidate", "#Ratio"}, [&] {
                 for (const gate::ResourceUse& r : v_.resources) ResourceRow(r);
               });
  }

  void ResourceRow(const gate::ResourceUse& r) {
    const auto row = html_.Open("tr");
    html_.Leaf("td", r.name);
    Number(fmt::format("{:.4g}", r.champion));
    Number(fmt::format("{:.4g}", r.candidate));
    std::string ratio = r.ratio ? fmt::format("{:.2f}", *r.ratio) : "";
    if (r.ratio_low) ratio += fmt::format(" [{:.2f}, {:.2f}]", *r.ratio_low, *r.ratio_high);
    Number(ratio);
  }

  void Flips() {
    if (v_.flips.empty()) return;
    const auto lost = static_cast<std::size_t>(std::count_if(
        v_.flips.begin(), v_.flips.end(), [](const gate::Flip& f) { return !f.gained; }));
    html_.Leaf("h2", "Tasks that flipped");
    html_.Leaf("p",
               fmt::format("{} lost, {} gained. The first step where the traces part is marked.",
                           lost, v_.flips.size() - lost),
               {{"class", "soft"}});
    std::vector<gate::Flip> flips = v_.flips;
    std::stable_partition(flips.begin(), flips.end(),
                          [](const gate::Flip& f) { return !f.gained; });
    for (std::size_t i = 0; i < flips.size(); ++i) Flip(flips[i], i < context_.max_flips);
  }

  void Flip(const gate::Flip& flip, bool with_traces) {
    const std::string title = fmt::format(
        "{} {}{} ({}, {})", flip.gained ? "▲ gained" : "▼ lost", flip.task_id,
        flip.trial > 0 ? fmt::format(", pass {}", flip.trial + 1) : "", flip.family, flip.stratum);
    if (!with_traces || !context_.traces) {
      html_.Leaf("div", title);
      return;
    }
    const auto details = html_.Open("details");
    html_.Leaf("summary", title);
    const auto champion = context_.traces("champion", flip.task_id, flip.trial);
    const auto candidate = context_.traces("candidate", flip.task_id, flip.trial);
    WriteTracePair(html_, champion ? &*champion : nullptr, candidate ? &*candidate : nullptr);
  }

  void Design() {
    html_.Leaf("h2", "Design and digests");
    WriteTable(html_, "What was fixed before the first episode, and what identifies the inputs",
               {"Name", "Value"}, [&] {
                 Fact("estimand", v_.estimand);
                 Fact("method", v_.mode + ": " + v_.decision_method);
                 Fact("wrongful PROMOTE at most", fmt::format("{}", v_.alpha));
                 Fact("wrongful BLOCK at most", fmt::format("{}", v_.alpha_block));
                 Fact("wrongful HOLD_NO_DIFFERENCE at most", fmt::format("{}", v_.beta));
                 if (v_.error_budget_left) {
                   Fact("error budget left this season", Percent(*v_.error_budget_left));
                 }
                 Fact("pairs", Pairs());
                 Fact("episodes", fmt::format("{}, {} missing", v_.episodes, v_.missing_episodes));
                 Fact("suite",
                      fmt::format("{} (seed {}) {}", v_.suite, v_.suite_seed, v_.suite_digest));
                 Fact("champion", v_.champion.name + " " + v_.champion.hash);
                 Fact("candidate", v_.candidate.name + " " + v_.candidate.hash);
                 Fact("policy", v_.policy_digest);
                 Fact("guard policy", v_.guard_policy_digest);
                 Fact("verdict digest", gate::Digest(v_));
               });
  }

  std::string Pairs() const {
    const gate::PairTable& p = v_.pairs;
    return fmt::format("{}: both {}, only champion {}, only candidate {}, neither {}, dropped {}",
                       p.n, p.both, p.only_champion, p.only_candidate, p.neither, p.dropped);
  }

  void Fact(const std::string& name, const std::string& value) {
    if (value.empty()) return;
    const auto row = html_.Open("tr");
    html_.Leaf("th", name, {{"scope", "row"}});
    const auto cell = html_.Open("td");
    html_.Leaf("code", value);
  }

  void Number(const std::string& text) { html_.Leaf("td", text, {{"class", "n"}}); }

  HtmlWriter& html_;
  const gate::Verdict& v_;
  const ReportContext& context_;
};

}  // namespace

void WriteGateHtml(const std::string& path, const gate::Verdict& verdict,
                   const ReportContext& context) {
  AtomicFile file(path);
  HtmlWriter html(file);
  const std::string footer =
      fmt::format("kedge {}, {}{}", context.version, context.generated_at,
                  verdict.seconds > 0 ? fmt::format(", {:.1f} s", verdict.seconds) : "");
  WritePage(html, context.title, footer, [&] { GatePage(html, verdict, context).Write(); });
  file.Commit();
}

}  // namespace kedge::reports
