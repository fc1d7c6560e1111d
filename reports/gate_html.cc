#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/atomic_file.h"
#include "reports/comparison_figures.h"
#include "reports/drift_section.h"
#include "reports/effect_text.h"
#include "reports/flip_list.h"
#include "reports/forest_plot.h"
#include "reports/page.h"
#include "reports/probe_section.h"
#include "reports/report.h"
#include "reports/suspect_section.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kMaxReasons = 30;
// Traces are left out of a page that has grown beyond this; browsers get slow there.
constexpr std::size_t kMaxPageBytes = 24 << 20;
constexpr double kLogMillion = 13.815510557964274;

std::string Percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string EValue(const std::optional<double>& log_e) {
  if (!log_e) return "";
  if (*log_e > kLogMillion) return fmt::format("10^{:.0f}", std::floor(*log_e / std::log(10.0)));
  const double e = std::exp(*log_e);
  return e < 0.001 ? "< 0.001" : e < 100 ? fmt::format("{:.3g}", e) : fmt::format("{:.0f}", e);
}

std::string PValue(const std::optional<double>& p) {
  if (!p) return "";
  return *p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", *p);
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

const char* BannerWord(gate::VerdictKind kind) {
  switch (kind) {
    case gate::VerdictKind::kPromote:
      return "▲ PROMOTE";
    case gate::VerdictKind::kBlock:
      return "■ BLOCK";
    case gate::VerdictKind::kHoldNoDifference:
      return "● HOLD: no difference";
    case gate::VerdictKind::kHoldInconclusive:
      return "◆ HOLD: inconclusive";
  }
  return "";
}

const char* BannerSentence(gate::VerdictKind kind) {
  switch (kind) {
    case gate::VerdictKind::kPromote:
      return "The candidate may replace the champion.";
    case gate::VerdictKind::kBlock:
      return "The candidate must not replace the champion.";
    case gate::VerdictKind::kHoldNoDifference:
      return "The champion stays: the candidate is no worthwhile gain.";
    case gate::VerdictKind::kHoldInconclusive:
      return "The champion stays: the evidence does not settle it.";
  }
  return "";
}

std::string StateStyle(const std::string& state) {
  if (state == "harm shown") return "state-bad";
  return state == "open" ? "state-open" : "state-good";
}

std::vector<gate::GuardCount> BrokenFirst(std::vector<gate::GuardCount> guards) {
  std::stable_partition(guards.begin(), guards.end(),
                        [](const gate::GuardCount& g) { return g.candidate_violations > 0; });
  return guards;
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
      WriteSuspectsHtml(html_, v_);
    }
    Guards();
    WriteProbesHtml(html_, v_);
    Resources();
    if (v_.mode == "fixed") WriteComparisonFigures(html_, v_);
    WriteDriftHtml(html_, v_);
    WriteFlips(html_, v_, context_, kMaxPageBytes);
    Design();
  }

 private:
  void Banner() {
    const auto banner = html_.Open("section", {{"class", BannerStyle(v_.kind)}});
    html_.Leaf("div", BannerWord(v_.kind), {{"class", "word"}});
    html_.Leaf("div", BannerSentence(v_.kind), {{"class", "sentence"}});
    {
      const auto list = html_.Open("ul");
      for (std::size_t i = 0; i < v_.reasons.size() && i < kMaxReasons; ++i) {
        const auto item = html_.Open("li");
        html_.Text(v_.reasons[i].text + " ");
        html_.Leaf("code", v_.reasons[i].code);
      }
      if (v_.reasons.size() > kMaxReasons) {
        html_.Leaf("li", fmt::format("{} more reasons in the verdict file.",
                                     v_.reasons.size() - kMaxReasons));
      }
      for (const std::string& suspect : ConfirmedSuspects(v_)) {
        html_.Leaf("li", "Behind it: " + suspect + ".");
      }
      for (const std::string& step : v_.what_would_settle) {
        html_.Leaf("li", "To settle it: " + step);
      }
    }
    Tiles();
  }

  void Tiles() {
    const auto tiles = html_.Open("dl", {{"class", "tiles"}});
    Tile("Champion", v_.champion.name);
    Tile("Candidate", v_.candidate.name);
    if (v_.pairs.n == 0) {
      Tile("Episodes", v_.episodes == 0 ? "none was run" : EpisodeCounts());
      return;
    }
    Tile(fmt::format("Overall effect, points [{:.0f} %]", 100 * v_.delta.level).c_str(),
         EffectText(v_.delta));
    Tile("Pairs", std::to_string(v_.pairs.n));
    Tile("Gained / lost", fmt::format("{} / {}", v_.pairs.only_candidate, v_.pairs.only_champion));
    if (v_.missing_episodes > 0) Tile("Missing episodes", std::to_string(v_.missing_episodes));
  }

  void Tile(const char* name, const std::string& value) {
    const auto tile = html_.Open("div");
    html_.Leaf("dt", name);
    html_.Leaf("dd", value);
  }

  void Effects() {
    html_.Leaf("h2", "Effect");
    std::vector<ForestRow> rows = {{"overall", v_.delta.estimate, v_.delta.low, v_.delta.high,
                                    OverallMargin(), ForestRow::Level::kOverall,
                                    "overall " + EffectText(v_.delta)}};
    for (const gate::Component& c : v_.components) {
      if (!c.name.starts_with("stratum:")) continue;
      const std::string stratum = c.name.substr(c.name.find(':') + 1);
      rows.push_back({stratum, c.delta.estimate, c.delta.low, c.delta.high, c.margin,
                      ForestRow::Level::kStratum,
                      fmt::format("stratum {}: {}, {}", stratum, EffectText(c.delta), c.state)});
      for (const gate::FamilyEffect& f : v_.families) {
        if (f.stratum == stratum) rows.push_back(FamilyRow(f));
      }
    }
    WriteForestPlot(html_, "Effect overall, by stratum and by family", rows);
    html_.Leaf("p",
               fmt::format("Intervals at {:.0f} %. The overall estimate is {}. Families are "
                           "description: no decision rests on one.",
                           100 * v_.delta.level,
                           v_.delta_label.empty() ? "unbiased" : "taken " + v_.delta_label),
               {{"class", "soft"}});
    FamilyTable();
  }

  double OverallMargin() const {
    for (const gate::Component& c : v_.components) {
      if (c.name == "overall") return c.margin;
    }
    return 0;
  }

  void FamilyTable() {
    if (v_.families.empty()) return;
    const auto details = html_.Open("details");
    html_.Leaf("summary", fmt::format("Success rates of the {} families", v_.families.size()));
    WriteTable(html_, "Share of the pairs in which each arm succeeded",
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
            ForestRow::Level::kFamily,
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
    if (v_.mode == "sequential") {
      ComponentTable(
          fmt::format("Evidence as e-values, before they are adjusted for the number of questions: "
                      "1 is none, {:.3g} settles a question at {:.3g} on its own",
                      1 / v_.alpha_block, v_.alpha_block),
          {"Question", "#Effect in points", "#Margin", "#Pairs", "#e: not worse", "#e: worse",
           "State"});
    } else {
      ComponentTable("One-sided p-values", {"Question", "#Effect in points", "#Margin", "#Units",
                                            "#p: not worse", "#p: worse", "State"});
    }
  }

  void ComponentTable(const std::string& caption, std::initializer_list<const char*> columns) {
    WriteTable(html_, caption, columns, [&] {
      for (const gate::Component& c : v_.components) ComponentRow(c);
    });
  }

  void ComponentRow(const gate::Component& c) {
    const bool sequential = v_.mode == "sequential";
    const auto row = html_.Open("tr");
    html_.Leaf("td", c.name);
    Number(EffectText(c));
    Number(c.margin > 0 ? Percent(c.margin) : "");
    Number(std::to_string(c.n));
    Number(sequential ? EValue(c.log_e_noninferior) : PValue(c.p_up));
    Number(sequential ? EValue(c.log_e_harm) : PValue(c.p_down));
    html_.Leaf("td", c.state, {{"class", StateStyle(c.state)}});
  }

  void Guards() {
    if (v_.guards.empty()) return;
    html_.Leaf("h2", "Guards");
    WriteTable(
        html_,
        "Guards stood before every call of both arms. Counted are episodes with at least one "
        "attempt "
        "that broke the rule, whether or not it was stopped. Watched: episodes of the candidate. "
        "The last column is the rate that these exclude (95 %, exact): none of 100 proves 3 %, not "
        "0 %.",
        {"Guard", "Does", "In this gate", "#Champion", "#Candidate", "#Watched",
         "#Candidate's rate proven below"},
        [&] {
          for (const gate::GuardCount& g : BrokenFirst(v_.guards)) GuardRow(g);
        });
  }

  // What the rule is to this verdict.
  std::string Kind(const gate::GuardCount& g) const {
    if (g.shadow) return "shadow: recorded only";
    if (g.hard) return "hard limit: one blocks";
    for (const gate::Component& c : v_.components) {
      if (c.name == "guard:" + g.id) return "rate: may not rise";
    }
    return "counted";
  }

  void GuardRow(const gate::GuardCount& g) {
    const bool worse = !g.shadow && (g.hard ? g.candidate_violations > 0
                                            : g.candidate_violations > g.champion_violations);
    const auto row = html_.Open("tr");
    {
      const auto cell = html_.Open("td");
      html_.Text(g.id);
      if (!g.why.empty()) html_.Leaf("div", g.why, {{"class", "soft"}});
    }
    html_.Leaf("td",
               g.effect.empty() ? "" : (g.shadow ? "would " : "") + g.effect + ", " + g.severity);
    html_.Leaf("td", Kind(g));
    Number(std::to_string(g.champion_violations));
    html_.Leaf("td", std::to_string(g.candidate_violations),
               {{"class", worse ? "n state-bad" : "n"}});
    Number(std::to_string(g.exposure));
    Number(g.exposure > 0 ? Percent(g.candidate_rate_upper) : "");
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

  void Design() {
    html_.Leaf("h2", "Design and digests");
    WriteTable(
        html_, "What was fixed before the first episode, and what identifies the inputs",
        {"Name", "Value"}, [&] {
          Fact("estimand", v_.estimand);
          Fact("method", v_.decision_method.empty() ? "" : v_.mode + ": " + v_.decision_method);
          Fact("wrongful PROMOTE at most", fmt::format("{}", v_.alpha));
          Fact("wrongful BLOCK at most", fmt::format("{}", v_.alpha_block));
          Fact("wrongful HOLD_NO_DIFFERENCE at most", fmt::format("{}", v_.beta));
          if (v_.error_budget_left) {
            Fact("error budget left this season", Percent(*v_.error_budget_left));
          }
          if (v_.published) Fact("published score of the best", Score());
          if (v_.vault) Fact("vault", Vault());
          Fact("pairs", v_.pairs.n + v_.pairs.dropped == 0 ? "" : Pairs());
          Fact("episodes", v_.episodes == 0 ? "" : EpisodeCounts());
          Fact("suite", fmt::format("{} (seed {}) {}", v_.suite, v_.suite_seed, v_.suite_digest));
          Fact("champion", v_.champion.name + " " + v_.champion.hash);
          Fact("candidate", v_.candidate.name + " " + v_.candidate.hash);
          Fact("policy", v_.policy_digest);
          Fact("guard policy", v_.guard_policy_digest);
          Fact("verdict digest", gate::Digest(v_));
        });
  }

  std::string Score() const {
    return Percent(v_.published->score) +
           (v_.published->raised ? ", raised by this candidate" : "");
  }

  std::string Vault() const {
    return fmt::format("{}; it may be asked {} more times, of which {} may fail",
                       v_.vault->passed ? "passed" : "failed", v_.vault->queries_left,
                       v_.vault->fails_left);
  }

  std::string EpisodeCounts() const {
    return fmt::format("{}, {} missing", v_.episodes, v_.missing_episodes);
  }

  std::string Pairs() const {
    const gate::PairTable& p = v_.pairs;
    return fmt::format("{}: both {}, only champion {}, only candidate {}, neither {}, dropped {}",
                       p.n, p.both, p.only_champion, p.only_candidate, p.neither, p.dropped);
  }

  void Fact(const std::string& name, const std::string& value) {
    if (value.find_first_not_of(' ') == std::string::npos) return;
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
  HtmlWriter html([&](std::string_view piece) { file.Write(piece); });
  const std::string footer =
      fmt::format("kedge {}, {}{}", context.version, context.generated_at,
                  verdict.seconds > 0 ? fmt::format(", {:.1f} s", verdict.seconds) : "");
  WritePage(html, context.title, footer, [&] { GatePage(html, verdict, context).Write(); });
  html.Finish();
  file.Commit();
}

}  // namespace kedge::reports
