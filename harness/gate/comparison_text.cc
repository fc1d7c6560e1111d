#include "harness/gate/comparison_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/utf8.h"

namespace kedge::gate {
namespace {

constexpr std::size_t kNameWidth = 34;
constexpr std::size_t kNamedTasksShown = 6;

std::string Number(const Json& value, const char* format = "{:.3f}") {
  if (!value.is_number()) return "-";
  return fmt::format(fmt::runtime(format), value.get<double>());
}

std::string IntervalText(const Json& interval) {
  if (!interval.is_object()) return "-";
  return fmt::format("[{:+.1f}, {:+.1f}]", 100 * interval["low"].get<double>(),
                     100 * interval["high"].get<double>());
}

std::string ShortName(const std::string& name) { return Elide(EscapeControls(name), kNameWidth); }

std::string SubjectLine(const char* role, const Subject& subject, const Json& arm) {
  return fmt::format("{:<10} {}  ({} of {} runs passed, {} tasks)  {}\n", role,
                     EscapeControls(subject.name), arm["passed"].get<std::int64_t>(),
                     arm["runs"].get<std::int64_t>(), arm["tasks"].get<std::int64_t>(),
                     EscapeControls(subject.source));
}

std::string EffectTable(const Verdict& v) {
  std::string text =
      fmt::format("\n{:<34} {:>6} {:>8}  {:>7}  {:<17} {:>9} {:>9}  state\n", "effect in points",
                  "tasks", "clusters", "points",
                  fmt::format("{:.0f} % interval", 100 * v.delta.level), "p better", "p worse");
  for (const Component& c : v.components) {
    if (c.name == "stratum:all") continue;  // the overall effect once more
    text += fmt::format("{:<34} {:>6} {:>8}  {:>+7.1f}  {:<17} {:>9.3g} {:>9.3g}  {}\n",
                        ShortName(c.name), c.n, c.clusters, 100 * c.delta.estimate,
                        fmt::format("[{:+.1f}, {:+.1f}]", 100 * c.delta.low, 100 * c.delta.high),
                        c.p_up.value_or(1), c.p_down.value_or(1), c.state);
  }
  return text;
}

std::string PairLines(const Verdict& v) {
  const PairTable& p = v.pairs;
  const Json& table = v.details["table"];
  std::string text =
      fmt::format("\n{} ({}): both {}, only champion {}, only candidate {}, neither {}\n", p.n,
                  v.details["table_unit"].get<std::string>(), p.both, p.only_champion,
                  p.only_candidate, p.neither);
  if (!table.contains("mcnemar")) return text;
  text += fmt::format("McNemar two-sided: exact p {:.4g}, mid-p {:.4g}; sign flips p {}\n",
                      table["mcnemar"]["exact_p"].get<double>(),
                      table["mcnemar"]["mid_p"].get<double>(),
                      Number(v.details["permutation"]["p_two_sided"], "{:.4g}"));
  if (!table.contains("intervals")) {
    return text + fmt::format("95 % interval of the mean: CR1 t {}\n",
                              IntervalText(v.details["summary"]["cr1_t"]));
  }
  const Json& intervals = table["intervals"];
  text += fmt::format("95 % intervals: Newcombe {}, Wald {}, Agresti-Min {}\n",
                      IntervalText(intervals["newcombe10"]), IntervalText(intervals["wald"]),
                      IntervalText(intervals["agresti_min"]));
  return text;
}

std::string SummaryLine(const Verdict& v) {
  const Json& s = v.details["summary"];
  return fmt::format(
      "psi {}, rho {}, ICC {}, design effect {}; smallest effect shown at this size {} points\n",
      Number(s["psi"]), Number(s["rho"]), Number(s["icc"]), Number(s["design_effect"], "{:.2f}"),
      fmt::format("{:.1f}", 100 * s["mde"].get<double>()));
}

std::string PassLines(const Verdict& v) {
  const Json& champion = v.details["arms"]["champion"]["pass"];
  const Json& candidate = v.details["arms"]["candidate"]["pass"];
  std::string text;
  for (std::size_t i = 0; i < std::min(champion.size(), candidate.size()); ++i) {
    if (std::max(champion.size(), candidate.size()) < 2) break;
    text += fmt::format("k = {}: pass@k {} -> {}, pass^k {} -> {}\n", i + 1,
                        Number(champion[i]["at"]), Number(candidate[i]["at"]),
                        Number(champion[i]["hat"]), Number(candidate[i]["hat"]));
  }
  return text;
}

std::string GuardLines(const Verdict& v) {
  std::string text;
  for (const GuardCount& g : v.guards) {
    text += fmt::format(
        "guard {}: violations {} -> {} in {} watched runs; the candidate's rate is below {:.1f} "
        "%\n",
        ShortName(g.id), g.champion_violations, g.candidate_violations, g.exposure,
        100 * g.candidate_rate_upper);
  }
  for (const ResourceUse& r : v.resources) {
    text += fmt::format("{} per task: {:.4g} -> {:.4g}", r.name, r.champion, r.candidate);
    if (r.ratio) text += fmt::format(" (x {:.2f}", *r.ratio);
    if (r.ratio_low) text += fmt::format(", 95 % [{:.2f}, {:.2f}]", *r.ratio_low, *r.ratio_high);
    text += r.ratio ? ")\n" : "\n";
  }
  return text;
}

std::string NameList(const Json& names, std::int64_t count) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamedTasksShown); ++i) {
    text += (i == 0 ? "" : ", ") + ShortName(names[i].get<std::string>());
  }
  return count > static_cast<std::int64_t>(kNamedTasksShown) ? text + ", ..." : text;
}

std::string LeftOutLines(const Verdict& v) {
  std::string text;
  const Json& unpaired = v.details["unpaired"];
  const auto tasks = [&](const char* who, std::int64_t count, const char* names) {
    if (count == 0) return;
    text += fmt::format("unpaired: {} tasks of the {} only: {}\n", count, who,
                        NameList(unpaired[names], count));
  };
  tasks("champion", v.pairs.unpaired_champion, "champion_tasks");
  tasks("candidate", v.pairs.unpaired_candidate, "candidate_tasks");
  if (const auto n = unpaired["version_mismatches"].get<std::int64_t>(); n > 0) {
    text += fmt::format("unpaired: {} tasks that differ in version\n", n);
  }
  if (v.pairs.dropped > 0) {
    const Json& missing = v.details["missing"];
    text += fmt::format("missing: {} pairs left out (champion {}, candidate {})\n", v.pairs.dropped,
                        missing["champion"].get<std::int64_t>(),
                        missing["candidate"].get<std::int64_t>());
  }
  for (const Json& note : v.details["notes"]) text += "note: " + note.get<std::string>() + "\n";
  return text;
}

}  // namespace

std::string ComparisonText(const Verdict& v) {
  const Json& arms = v.details["arms"];
  std::string text = SubjectLine("champion", v.champion, arms["champion"]) +
                     SubjectLine("candidate", v.candidate, arms["candidate"]);
  text += EffectTable(v) + PairLines(v) + SummaryLine(v) + PassLines(v) + GuardLines(v) +
          LeftOutLines(v);
  text += fmt::format("\n{}\n", ToString(v.kind));
  for (const Reason& reason : v.reasons) {
    text += fmt::format("  {}: {}\n", EscapeControls(reason.code), EscapeControls(reason.text));
  }
  for (const std::string& step : v.what_would_settle) {
    text += "  to settle it: " + EscapeControls(step) + "\n";
  }
  return text;
}

}  // namespace kedge::gate
