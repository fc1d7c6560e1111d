#include "harness/gate/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/core/error.h"
#include "harness/gate/refusals.h"
#include "harness/gate/sequential_design.h"
#include "harness/gate/task_counts.h"
#include "harness/stats/sample_size.h"

namespace kedge::gate {
namespace {

// Without repeats, the share of psi that is chance: its usual ratio to A/A discordance is 1.5.
constexpr double kChanceShare = 1 / 1.5;
constexpr double kSmallestPsi = 0.01;
// A prior that is off by less costs next to nothing.
constexpr double kPriorTolerance = 1.25;

double ChancePart(double psi, double within) { return std::min(psi, within); }

/// psi of the mean of `trials` runs per arm: chance averages out, differences of tasks stay.
double PsiOfMeans(double psi, double within, std::int64_t trials) {
  return psi - ChancePart(psi, within) * (1 - 1 / static_cast<double>(trials));
}

std::string PointsWord(double effect) { return fmt::format("{:.1f} points", 100 * effect); }

/// Plans one suite step by step.
class Planner {
 public:
  Planner(const suite::Suite& suite, const GatePolicy& policy, const PlanRequest& request)
      : suite_(suite), policy_(policy), request_(request), tasks_(TasksByStratum(suite)) {}

  SuitePlan Make() {
    Describe();
    ChoosePsi();
    design_ = MakeDesign(policy_, suite_, plan_.alpha);
    design_.delta_star = plan_.effect;
    design_.beta = 1 - plan_.power;
    pairs_ = stats::PlanGate(design_, plan_.psi);
    CountPairs();
    PlanTrials();
    PlanQuestions();
    plan_.overall = OverallSight();
    FindRefusal();
    Advise();
    return std::move(plan_);
  }

 private:
  void Describe() {
    plan_.suite = suite_.name();
    plan_.suite_digest = suite_.digest();
    plan_.policy = policy_.file;
    plan_.claim = policy_.claim == Claim::kPopulation ? "population" : "suite";
    plan_.tasks = static_cast<std::int64_t>(suite_.tasks().size());
    plan_.effect = request_.effect.value_or(policy_.smallest_gain);
    plan_.power = request_.power.value_or(1 - policy_.beta);
    plan_.alpha = FirstAlpha(policy_);
    plan_.max_pairs = policy_.max_pairs;
    plan_.pilot = request_.pilot;
    plan_.probe_episodes = request_.probe_episodes;
    plan_.price = request_.price;
    if (!plan_.price && request_.pilot) plan_.price = request_.pilot->episode_cost;
    if (!(plan_.effect >= 0.001 && plan_.effect <= 0.9)) {
      throw UsageError("--effect: expected a share between 0.001 and 0.9, e.g. 0.05 for 5 points");
    }
    if (!(plan_.power >= 0.5 && plan_.power <= 0.999)) {
      throw UsageError("--power: expected a share between 0.5 and 0.999, e.g. 0.9");
    }
    if (plan_.price && !(*plan_.price >= 0 && std::isfinite(*plan_.price))) {
      throw UsageError("--price: expected 0 or more");
    }
  }

  void ChoosePsi() {
    const bool measured = request_.pilot && request_.pilot->psi;
    plan_.psi = measured ? *request_.pilot->psi : policy_.prior_discordance;
    plan_.psi_basis = measured ? request_.pilot->psi_basis : "prior_discordance of the policy";
    // A difference of `effect` alone has this second moment; a pilot in which nothing differed
    // must not plan for less.
    const double least = std::max(kSmallestPsi, plan_.effect);
    if (plan_.psi < least) {
      plan_.psi = least;
      plan_.psi_basis += fmt::format(", raised to {:.3g}: a gain of {} differs that often", least,
                                     PointsWord(plan_.effect));
    }
    plan_.psi = std::min(plan_.psi, 1.0);
    const bool repeated = request_.pilot && request_.pilot->aa_discordance;
    plan_.within = ChancePart(
        plan_.psi, repeated ? *request_.pilot->aa_discordance : kChanceShare * plan_.psi);
    plan_.within_basis =
        repeated ? "measured on the champion's repeats" : "two thirds of psi, the usual share";
  }

  double PsiOf(const std::string& stratum) const {
    if (!request_.pilot) return plan_.psi;
    const auto found = request_.pilot->stratum_psi.find(stratum);
    if (found == request_.pilot->stratum_psi.end()) return plan_.psi;
    return std::clamp(found->second, kSmallestPsi, 1.0);
  }

  void CountPairs() {
    plan_.fixed_pairs = pairs_.fixed_pairs;
    plan_.smallest_max_pairs = pairs_.smallest_max_pairs;
    plan_.expected = {{0, pairs_.expected_no_change},
                      {plan_.effect, pairs_.expected_at_design},
                      {2 * plan_.effect, pairs_.expected_at_twice}};
  }

  void PlanTrials() {
    for (const std::int64_t trials : kPlannedTrials) {
      TrialsPlan row;
      row.trials = trials;
      row.psi = PsiOfMeans(plan_.psi, plan_.within, trials);
      row.tasks = stats::PlanGate(design_, std::max(row.psi, 1e-6)).fixed_pairs;
      row.episodes = 2 * row.tasks * trials;
      row.passes = static_cast<double>(row.tasks) / static_cast<double>(plan_.tasks);
      row.possible = policy_.claim == Claim::kSuite || row.passes <= 1;
      plan_.trials.push_back(row);
    }
  }

  // Runs of listed tasks are evidence about the listed tasks one by one; about a population only
  // the mean of a task's runs is.
  double VarianceAfter(double psi, std::int64_t trials, std::int64_t tasks) const {
    const double n = static_cast<double>(std::max<std::int64_t>(tasks, 1));
    return policy_.claim == Claim::kPopulation ? PsiOfMeans(psi, plan_.within, trials) / n
                                               : psi / (n * static_cast<double>(trials));
  }

  double LimitVariance(double psi, std::int64_t tasks) const {
    if (policy_.claim == Claim::kSuite) return 0;
    return (psi - ChancePart(psi, plan_.within)) /
           static_cast<double>(std::max<std::int64_t>(tasks, 1));
  }

  double Seen(double variance) const {
    return std::min(1.0, stats::MinimumDetectableEffect(std::min(1.0, variance), 1, plan_.alpha,
                                                        1 - plan_.power));
  }

  Sight SightOf(double psi, std::int64_t tasks) const {
    Sight sight;
    for (const std::int64_t trials : kPlannedTrials) {
      sight.effects.push_back(Seen(VarianceAfter(psi, trials, tasks)));
    }
    sight.limit = Seen(LimitVariance(psi, tasks));
    return sight;
  }

  Sight OverallSight() const {
    Sight sight;
    const auto sum = [this](const auto& variance) {
      double total = 0;
      for (std::size_t i = 0; i < tasks_.size(); ++i) {
        const suite::Stratum& s = suite_.strata()[i];
        total += s.weight * s.weight * variance(PsiOf(s.name), tasks_[i]);
      }
      return total;
    };
    for (const std::int64_t trials : kPlannedTrials) {
      sight.effects.push_back(Seen(
          sum([&](double psi, std::int64_t tasks) { return VarianceAfter(psi, trials, tasks); })));
    }
    sight.limit =
        Seen(sum([&](double psi, std::int64_t tasks) { return LimitVariance(psi, tasks); }));
    return sight;
  }

  void PlanQuestions() {
    for (std::size_t i = 0; i < pairs_.components.size(); ++i) {
      const bool stratum = i < tasks_.size();
      QuestionPlan question;
      question.name = (stratum ? "stratum:" : "guard:") + pairs_.components[i].name;
      question.margin = pairs_.components[i].margin;
      question.psi = stratum ? PsiOf(pairs_.components[i].name) : design_.guard_psi0;
      question.tasks = stratum ? tasks_[i] : plan_.tasks;
      question.weight = stratum ? suite_.strata()[i].weight : 0;
      // A stratum has a psi of its own; the plan for it is the one of a design with that psi.
      const stats::ComponentPlan own =
          stats::PlanGate(design_, stratum ? question.psi : 0).components[i];
      question.fixed_pairs = own.fixed_pairs;
      question.expected_pairs = own.expected_pairs;
      question.sight = SightOf(question.psi, question.tasks);
      plan_.questions.push_back(std::move(question));
    }
  }

  // What `kedge gate` itself would say to this policy.
  void FindRefusal() {
    const stats::GateDesign design = MakeDesign(policy_, suite_, plan_.alpha);
    try {
      RequireReachable(policy_, design, stats::PlanGate(design));
      RequireFreshTasks(policy_, suite_);
    } catch (const Error& error) {
      plan_.refusal = error.what();
    }
  }

  void Advise() {
    AdviseOverall();
    AdviseQuestions();
    AdvisePsi();
  }

  void AdviseOverall() {
    if (plan_.overall.effects[0] <= plan_.effect) {
      Say(fmt::format("One pass over the {} tasks sees a gain of {}.", plan_.tasks,
                      PointsWord(plan_.overall.effects[0])));
      return;
    }
    std::string text = fmt::format("One pass over the {} tasks sees no gain below {}; ",
                                   plan_.tasks, PointsWord(plan_.overall.effects[0]));
    const std::int64_t more = plan_.fixed_pairs - plan_.tasks;
    if (policy_.claim == Claim::kSuite) {
      text +=
          fmt::format("{} take {} pairs: {:.1f} passes, or {} more tasks.",
                      PointsWord(plan_.effect), plan_.fixed_pairs, plan_.trials[0].passes, more);
    } else if (plan_.overall.limit <= plan_.effect) {
      text += fmt::format("{} take {} more tasks, or repeats: these reach {} at most.",
                          PointsWord(plan_.effect), more, PointsWord(plan_.overall.limit));
    } else {
      text += fmt::format("repeats reach {} at most, so that {} take {} more tasks.",
                          PointsWord(plan_.overall.limit), PointsWord(plan_.effect), more);
    }
    Say(std::move(text));
  }

  // What is so far out of sight, in one sentence for all questions of the same numbers.
  std::string OutOfSight(const QuestionPlan& question) const {
    std::string text = fmt::format(
        "one pass over {} tasks excludes no {} below {}; the margin of {} takes {} pairs",
        question.tasks, question.name.starts_with("guard:") ? "rise" : "loss",
        PointsWord(question.sight.effects[0]), PointsWord(question.margin), question.fixed_pairs);
    const std::int64_t more = question.fixed_pairs - question.tasks;
    if (policy_.claim == Claim::kPopulation) return text + fmt::format(": {} more tasks.", more);
    return text + fmt::format(": {:.1f} passes, or {} more tasks.",
                              static_cast<double>(question.fixed_pairs) /
                                  static_cast<double>(std::max<std::int64_t>(question.tasks, 1)),
                              more);
  }

  void AdviseQuestions() {
    std::vector<std::pair<std::string, std::string>> sentences;  // and who they are about
    for (const QuestionPlan& question : plan_.questions) {
      if (question.sight.effects[0] <= question.margin) continue;
      const std::string text = OutOfSight(question);
      const auto same = std::find_if(sentences.begin(), sentences.end(),
                                     [&](const auto& entry) { return entry.first == text; });
      if (same == sentences.end()) {
        sentences.emplace_back(text, question.name);
      } else {
        same->second += ", " + question.name;
      }
    }
    for (const auto& [text, names] : sentences) Say(names + ": " + text);
  }

  void AdvisePsi() {
    if (!request_.pilot || !request_.pilot->psi) {
      Say("psi is a guess; pilot runs measure it: `kedge run --suite ... --strategy CHAMPION "
          "--trials 2`, then `kedge plan ... --pilot traces.jsonl`.");
      return;
    }
    const double prior = policy_.prior_discordance;
    const bool too_small = plan_.psi > prior * kPriorTolerance;
    if (!too_small && plan_.psi * kPriorTolerance > prior) return;
    Say(fmt::format("prior_discordance is {}, the pilot says {:.2f}: {}", prior, plan_.psi,
                    too_small ? "too small a prior costs power; raise it."
                              : "a smaller prior would save some pairs."));
  }

  void Say(std::string text) { plan_.advice.push_back(std::move(text)); }

  const suite::Suite& suite_;
  const GatePolicy& policy_;
  const PlanRequest& request_;
  std::vector<std::int64_t> tasks_;
  stats::GateDesign design_;
  stats::GatePlan pairs_;
  SuitePlan plan_;
};

}  // namespace

SuitePlan PlanSuite(const suite::Suite& suite, const GatePolicy& policy,
                    const PlanRequest& request) {
  return Planner(suite, policy, request).Make();
}

}  // namespace kedge::gate
