#include "harness/gate/comparison_decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "harness/core/error.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/stats/sample_size.h"

namespace kedge::gate {
namespace {

constexpr const char* kWholeName = "all";

std::string PointsText(double value) { return fmt::format("{:+.1f}", 100 * value); }

std::string EffectText(const stats::FixedComponent& c) {
  return fmt::format("{} points, {:.0f} % interval [{}, {}]", PointsText(c.mean), 100 * c.level,
                     PointsText(c.low), PointsText(c.high));
}

std::string StratumLabel(const std::string& stratum) {
  return stratum.empty() ? std::string(kWholeName) : stratum;
}

// Everything that one comparison's decision is made from, and the verdict it fills.
class Decider {
 public:
  Decider(const Pairing& pairing, const agent::RecordedOutcomes& candidate,
          const ComparisonOptions& options, bool same_source, Verdict& verdict)
      : pairing_(pairing),
        candidate_(candidate),
        policy_(options.policy),
        options_(options),
        same_source_(same_source),
        verdict_(verdict) {}

  void Run() {
    FindHardViolations();
    FindQualityProblems();
    const stats::FixedGateInput input = MakeInput();
    decision_ = stats::DecideFixed(input, FixedDesignOf(options_));
    verdict_.kind = KindOf(decision_.verdict);
    ApplyUnpaired();
    ApplyResources();
    FillComponents();
    FillGuards();
    Explain();
  }

 private:
  void FindHardViolations() {
    for (const std::string& guard : policy_.hard_guards) {
      std::int64_t broken = 0;
      for (const agent::RecordedRun& run : candidate_.runs) {
        const auto it = run.record.outcome.violations.find(guard);
        broken += it != run.record.outcome.violations.end() && it->second > 0 ? 1 : 0;
      }
      if (broken > 0) hard_violations_[guard] = broken;
    }
  }

  // What no verdict may rest on: pairs lost to infrastructure.
  void FindQualityProblems() {
    if (auto problem = FindDataQualityProblem(pairing_.drops, policy_.max_dropped_share)) {
      quality_.push_back(std::move(*problem));
    }
    const auto tried =
        static_cast<double>(pairing_.tasks_lost) + static_cast<double>(pairing_.tasks.size());
    if (static_cast<double>(pairing_.tasks_lost) > policy_.max_dropped_share * tried &&
        quality_.empty()) {
      quality_.push_back({"data_quality", fmt::format("{} of {} common tasks have no outcome left.",
                                                      pairing_.tasks_lost, tried)});
    }
  }

  stats::FixedGateInput MakeInput() const {
    stats::FixedGateInput input;
    // One stratum is the whole: under one name both get the same sign flips, hence the same
    // figures.
    const bool whole = pairing_.strata.size() == 1;
    input.overall = {whole ? StratumLabel(pairing_.strata[0]) : "overall", policy_.overall_margin,
                     ScoresOf(pairing_)};
    for (const std::string& stratum : pairing_.strata) {
      input.strata.push_back(
          {StratumLabel(stratum), policy_.stratum_margin, ScoresOfStratum(pairing_, stratum)});
    }
    for (const auto& [name, guard] : pairing_.guards) {
      stats::PairedScores scores = guard.scores;
      if (!pairing_.clustered) scores.clusters.clear();
      input.guards.push_back({name, policy_.guard_margin, std::move(scores)});
    }
    input.hard_limit_broken = !hard_violations_.empty();
    input.data_quality_failed = !quality_.empty();
    return input;
  }

  // Harm that was shown stays shown; but nothing good follows from tasks that the candidate, or
  // whoever edited its results, could choose.
  void ApplyUnpaired() {
    if (options_.allow_unpaired) return;
    const UnpairedRuns& u = pairing_.unpaired;
    if (!u.champion_strata.empty()) {
      unpaired_.push_back({"data_quality", fmt::format("the candidate has no outcomes in {} of the "
                                                       "champion's strata: {}.",
                                                       u.champion_strata.size(),
                                                       fmt::join(u.champion_strata, ", "))});
    }
    if (u.share() > policy_.max_dropped_share) {
      unpaired_.push_back(
          {"data_quality",
           fmt::format("{} of the champion's {} runs have no partner among the candidate's "
                       "({:.1f} %, allowed are {:.1f} %); a candidate may not choose its tasks.",
                       u.champion_without_pair, u.champion_runs, 100 * u.share(),
                       100 * policy_.max_dropped_share)});
    }
    for (const auto& [name, guard] : pairing_.guards) {
      const auto tasks =
          guard.unwatched_tasks + static_cast<std::int64_t>(guard.scores.champion.size());
      if (static_cast<double>(guard.unwatched_tasks) >
          policy_.max_dropped_share * static_cast<double>(tasks)) {
        unpaired_.push_back(
            {"data_quality",
             fmt::format("guard {} watched the champion in {} tasks in which it did "
                         "not watch the candidate.",
                         name, guard.unwatched_tasks)});
      }
    }
    if (!unpaired_.empty() && verdict_.kind != VerdictKind::kBlock) {
      verdict_.kind = VerdictKind::kHoldInconclusive;
    }
  }

  // A limit holds when the whole interval of the ratio lies below it, and is broken when the whole
  // interval lies above.
  void ApplyResources() {
    for (const ResourceLimit& limit : policy_.resource_limits) {
      const auto it = std::find_if(verdict_.resources.begin(), verdict_.resources.end(),
                                   [&limit](const ResourceUse& r) { return r.name == limit.name; });
      const bool known = it != verdict_.resources.end() && it->ratio_low && it->ratio_high;
      if (known && *it->ratio_low > limit.max_ratio && quality_.empty()) {
        budgets_.push_back({"budget:" + limit.name,
                            fmt::format("{} rose to {:.2f} times the champion's, 95 % interval "
                                        "[{:.2f}, {:.2f}]; the policy allows {:.2f}.",
                                        limit.name, *it->ratio, *it->ratio_low, *it->ratio_high,
                                        limit.max_ratio)});
        verdict_.kind = VerdictKind::kBlock;
      } else if (!known || *it->ratio_high >= limit.max_ratio) {
        open_limits_.push_back(limit.name + ": a ratio above " +
                               fmt::format("{:.2f}", limit.max_ratio) +
                               (known ? " is not excluded" : " cannot be judged without data"));
        if (verdict_.kind != VerdictKind::kBlock) verdict_.kind = VerdictKind::kHoldInconclusive;
      }
    }
  }

  void FillComponents() {
    const stats::FixedComponent& overall = decision_.overall;
    verdict_.delta = {overall.mean, overall.low, overall.high, overall.level};
    verdict_.decision_method = ToString(overall.method);
    verdict_.p_up = overall.p_up;
    verdict_.p_down = overall.p_down;
    AddComponent("overall", overall, 1);
    for (const stats::FixedComponent& c : decision_.strata) {
      AddComponent("stratum:" + c.name, c,
                   static_cast<double>(c.n) / static_cast<double>(overall.n));
    }
    for (const stats::FixedComponent& c : decision_.guards) AddComponent("guard:" + c.name, c, 0);
  }

  void AddComponent(const std::string& name, const stats::FixedComponent& c, double weight) {
    Component out;
    out.name = name;
    out.weight = weight;
    out.margin = c.margin;
    out.n = c.n;
    out.clusters = c.clusters;
    out.delta = {c.mean, c.low, c.high, c.level};
    out.p_up = c.p_up;
    out.p_down = c.p_down;
    const bool overall = name == "overall";
    out.state = c.regressed                          ? "harm shown"
                : overall && decision_.gain_shown    ? "gain shown"
                : overall && decision_.no_difference ? "no worthwhile difference"
                : c.noninferior                      ? "non-inferior"
                                                     : "open";
    verdict_.components.push_back(std::move(out));
    verdict_.details["components"][name] = {{"method", ToString(c.method)},
                                            {"p_down_adjusted", c.p_down_adjusted}};
  }

  void FillGuards() {
    for (const auto& [name, guard] : pairing_.guards) {
      GuardCount row;
      row.id = name;
      row.hard = hard_violations_.count(name) > 0 ||
                 std::find(policy_.hard_guards.begin(), policy_.hard_guards.end(), name) !=
                     policy_.hard_guards.end();
      row.exposure = guard.exposure;
      row.champion_violations = guard.champion_violations;
      row.candidate_violations = guard.candidate_violations;
      if (guard.exposure > 0) {
        // A one-sided 95 % limit is the upper end of the two-sided 90 % interval.
        row.candidate_rate_upper =
            stats::ClopperPearsonInterval(guard.candidate_violations, guard.exposure, 0.90).high;
      }
      verdict_.guards.push_back(std::move(row));
    }
  }

  void Explain() {
    ExplainSelf();
    switch (verdict_.kind) {
      case VerdictKind::kBlock:
        ExplainBlock();
        break;
      case VerdictKind::kPromote:
        ExplainPromote();
        break;
      case VerdictKind::kHoldNoDifference:
        Say("no_worthwhile_gain",
            fmt::format(
                "a gain of {} points or more is excluded, and so is a loss beyond the margin "
                "overall and in every stratum and guard: {}.",
                PointsText(policy_.smallest_gain), EffectText(decision_.overall)));
        break;
      case VerdictKind::kHoldInconclusive:
        ExplainInconclusive();
        break;
    }
    ExplainPossibleLosses();
  }

  // A loss that the correction for several questions does not call shown is named all the same: no
  // reader may take a verdict for an improvement without seeing what it costs.
  void ExplainPossibleLosses() {
    const auto name_loss = [this](const char* code, const char* what, double sign,
                                  const stats::FixedComponent& c) {
      if (c.regressed || c.p_down > policy_.alpha_block) return;
      Say(code + c.name,
          fmt::format("{} {}: {} points, p = {:.3g} by itself, {:.3g} corrected for {} questions.",
                      what, c.name, PointsText(sign * c.mean), c.p_down, c.p_down_adjusted,
                      decision_.strata.size() + decision_.guards.size()));
    };
    for (const stats::FixedComponent& c : decision_.strata) {
      name_loss("possible_regression:", "success seems to fall in stratum", 1, c);
    }
    for (const stats::FixedComponent& c : decision_.guards) {
      name_loss("possible_guard_rise:", "violations seem to rise of guard", -1, c);
    }
  }

  void ExplainSelf() {
    const bool same = pairing_.flips.empty() && pairing_.table.dropped == 0 &&
                      pairing_.table.unpaired_champion + pairing_.table.unpaired_candidate == 0;
    if (same_source_) {
      Say("compared_with_itself",
          "champion and candidate are the same outcomes of the same file; a subject is never "
          "better "
          "than itself.");
    } else if (same) {
      Say("identical_outcomes",
          fmt::format(
              "every one of the {} outcomes is the same; is it the same run under two names?",
              pairing_.table.n));
    }
  }

  void ExplainBlock() {
    for (const auto& [guard, count] : hard_violations_) {
      Say("hard_guard:" + guard,
          fmt::format("the candidate broke {} in {} runs; none is allowed.", guard, count));
    }
    for (const stats::FixedComponent& c : decision_.strata) {
      if (c.regressed) ExplainRegression(c);
    }
    for (const stats::FixedComponent& c : decision_.guards) {
      if (!c.regressed) continue;
      Say("guard_rate:" + c.name,
          fmt::format("violations of {} rose: {} points, adjusted p = {:.3g}.", c.name,
                      PointsText(-c.mean), c.p_down_adjusted));
    }
    for (Reason& reason : budgets_) verdict_.reasons.push_back(std::move(reason));
  }

  void ExplainRegression(const stats::FixedComponent& c) {
    Say("regression:" + c.name,
        fmt::format("success {} fell: {}, adjusted p = {:.3g} ({} tasks, {}).",
                    c.name == kWholeName ? std::string("overall") : "in " + c.name, EffectText(c),
                    c.p_down_adjusted, c.n, ToString(c.method)));
  }

  void ExplainPromote() {
    Say("improvement", fmt::format("success rose: {}, p = {:.3g} ({} tasks, {}).",
                                   EffectText(decision_.overall), decision_.overall.p_up,
                                   decision_.overall.n, ToString(decision_.overall.method)));
    std::string guards;
    for (const stats::FixedComponent& c : decision_.guards)
      guards += (guards.empty() ? "" : ", ") + c.name;
    Say("non_inferior", "a loss beyond the margin is excluded in every stratum" +
                            (guards.empty() ? std::string(".") : " and a rise of " + guards + "."));
  }

  void ExplainInconclusive() {
    for (Reason& reason : quality_) verdict_.reasons.push_back(std::move(reason));
    const bool only_unpaired = quality_.empty() && !unpaired_.empty();
    for (Reason& reason : unpaired_) verdict_.reasons.push_back(std::move(reason));
    if (only_unpaired) {
      Settle(
          "run the candidate on the missing tasks, or judge the common ones with "
          "--allow-unpaired.");
    }
    ExplainTooFewClusters();
    ExplainOpenQuestions();
    if (!open_limits_.empty()) {
      for (const std::string& limit : open_limits_) Say("underpowered", limit + ".");
    }
  }

  void ExplainTooFewClusters() {
    if (!decision_.too_few_clusters) return;
    std::string names;
    ForEachComponent([&names](const std::string& name, const stats::FixedComponent& c) {
      if (c.method == stats::FixedMethod::kTooFewClusters) {
        names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", name, c.clusters);
      }
    });
    Say("too_few_clusters", "fewer than 6 independent tasks or clusters: " + names + ".");
    Settle("outcomes on at least 6 independent tasks or clusters, better 30.");
  }

  void ExplainOpenQuestions() {
    std::string open;
    ForEachComponent([&](const std::string& name, const stats::FixedComponent& c) {
      if (c.noninferior) return;
      open += fmt::format("{}{}: a loss of {:.0f} points is not excluded", open.empty() ? "" : "; ",
                          name, 100 * c.margin);
      open += c.n == 0 ? " (no pairs)" : fmt::format(" ({})", EffectText(c));
    });
    const bool undecided = !decision_.gain_shown && !decision_.no_difference;
    if (undecided) {
      open += fmt::format(
          "{}overall: neither a gain is shown nor one of {:.0f} points excluded ({})",
          open.empty() ? "" : "; ", 100 * policy_.smallest_gain, EffectText(decision_.overall));
      SettleByMorePairs();
    }
    if (!open.empty()) Say("underpowered", open + ".");
  }

  void SettleByMorePairs() {
    stats::PairedDesign design;
    design.psi = 0;
    for (const PairedTask& task : pairing_.tasks) {
      const double d = task.candidate - task.champion;
      design.psi += d * d / static_cast<double>(pairing_.tasks.size());
    }
    design.psi = std::max(design.psi, policy_.smallest_gain);
    design.delta = policy_.smallest_gain;
    design.alpha = policy_.alpha;
    design.beta = policy_.beta;
    Settle(
        fmt::format("about {} tasks in all would show a gain of {:.0f} points with a chance of "
                    "{:.0f} %; here are {}.",
                    stats::RequiredPairs(design), 100 * design.delta, 100 * (1 - design.beta),
                    pairing_.tasks.size()));
  }

  template <typename Visit>
  void ForEachComponent(const Visit& visit) const {
    for (const stats::FixedComponent& c : decision_.strata) visit("stratum " + c.name, c);
    for (const stats::FixedComponent& c : decision_.guards) visit("guard " + c.name, c);
  }

  void Say(std::string code, std::string text) {
    verdict_.reasons.push_back({std::move(code), std::move(text)});
  }
  void Settle(std::string text) { verdict_.what_would_settle.push_back(std::move(text)); }

  const Pairing& pairing_;
  const agent::RecordedOutcomes& candidate_;
  const GatePolicy& policy_;
  const ComparisonOptions& options_;
  bool same_source_;
  Verdict& verdict_;
  stats::FixedVerdict decision_;
  std::map<std::string, std::int64_t> hard_violations_;
  std::vector<Reason> quality_, unpaired_, budgets_;
  std::vector<std::string> open_limits_;
};

}  // namespace

stats::FixedGateDesign FixedDesignOf(const ComparisonOptions& options) {
  stats::FixedGateDesign design;
  design.alpha = options.policy.alpha;
  design.alpha_block = options.policy.alpha_block;
  design.beta = options.policy.beta;
  design.delta_star = options.policy.smallest_gain;
  design.seed = options.seed;
  return design;
}

void DecideComparison(const Pairing& pairing, const agent::RecordedOutcomes& candidate,
                      const ComparisonOptions& options, bool same_source, Verdict& verdict) {
  Decider(pairing, candidate, options, same_source, verdict).Run();
}

}  // namespace kedge::gate
