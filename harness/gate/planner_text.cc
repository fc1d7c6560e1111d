#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "harness/gate/planner.h"

namespace kedge::gate {
namespace {

constexpr std::size_t kQuestionWidth = 30;

std::string Percentage(double share) { return fmt::format("{:.1f}", 100 * share); }

Json SightJson(const Sight& sight) {
  Json effects = Json::array();
  for (std::size_t i = 0; i < sight.effects.size(); ++i) {
    effects.push_back({{"trials", kPlannedTrials[i]}, {"effect", sight.effects[i]}});
  }
  return {{"by_trials", std::move(effects)}, {"limit", sight.limit}};
}

Json Priced(Json json, const SuitePlan& plan, std::int64_t episodes) {
  json["episodes"] = episodes;
  json["price"] = plan.price ? Json(*plan.price * static_cast<double>(episodes)) : Json();
  return json;
}

Json QuestionsJson(const SuitePlan& plan) {
  Json questions = Json::array();
  for (const QuestionPlan& q : plan.questions) {
    questions.push_back(Priced({{"name", q.name},
                                {"weight", q.weight},
                                {"margin", q.margin},
                                {"psi", q.psi},
                                {"tasks", q.tasks},
                                {"fixed_pairs", q.fixed_pairs},
                                {"expected_pairs", q.expected_pairs},
                                {"sees", SightJson(q.sight)}},
                               plan, 2 * q.expected_pairs));
  }
  return questions;
}

Json PilotJson(const std::optional<Pilot>& pilot) {
  if (!pilot) return {};
  const auto optional = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json();
  };
  return {{"source", pilot->source},
          {"tasks", pilot->tasks},
          {"runs", pilot->runs},
          {"pairs", pilot->pairs},
          {"psi", optional(pilot->psi)},
          {"stratum_psi", pilot->stratum_psi},
          {"aa_discordance", optional(pilot->aa_discordance)},
          {"icc", optional(pilot->icc)},
          {"episode_cost", optional(pilot->episode_cost)},
          {"episode_seconds", optional(pilot->episode_seconds)}};
}

/// The tables, one after the other.
class PlanWriter {
 public:
  explicit PlanWriter(const SuitePlan& plan) : plan_(plan) {}

  std::string Write() {
    Head();
    Gate();
    Trials();
    Sees();
    Advice();
    return std::move(text_);
  }

 private:
  void Head() {
    Line("{}: {} tasks, claim about the {}; policy: {}", EscapeControls(plan_.suite), plan_.tasks,
         plan_.claim == "population" ? "population they are a sample of" : "listed tasks",
         plan_.policy.empty() ? "the defaults" : EscapeControls(plan_.policy));
    Line("to show a gain of {} points with power {:.0f} % at alpha {:.3g}; psi {:.3g} ({})",
         Percentage(plan_.effect), 100 * plan_.power, plan_.alpha, plan_.psi,
         EscapeControls(plan_.psi_basis));
    Line("chance between runs of one task: {:.3g} of psi ({})", plan_.within, plan_.within_basis);
    if (plan_.pilot) PilotLine(*plan_.pilot);
    if (plan_.price) Line("one episode costs {:.4g}", *plan_.price);
  }

  void PilotLine(const Pilot& pilot) {
    std::string line = fmt::format("pilot {}: {} runs of {} tasks", EscapeControls(pilot.source),
                                   pilot.runs, pilot.tasks);
    if (pilot.pairs > 0) line += fmt::format(", {} pairs", pilot.pairs);
    if (pilot.icc) line += fmt::format(", ICC {:.2f}", *pilot.icc);
    if (pilot.aa_discordance) {
      line += fmt::format(", discordance with itself {:.3f}", *pilot.aa_discordance);
    }
    if (pilot.episode_seconds) line += fmt::format(", {:.3g} s an episode", *pilot.episode_seconds);
    Line("{}", line);
  }

  void Gate() {
    Line("\nkedge gate, which stops as soon as it is settled (about):");
    Line("{:<30} {:>8} {:>10} {:>12}", "when the truth is", "pairs", "episodes", "price");
    for (const ExpectedPairs& row : plan_.expected) {
      PairsRow(row.effect == 0 ? "no change"
                               : fmt::format("a gain of {} points", Percentage(row.effect)),
               row.pairs);
    }
    PairsRow("at most (max_pairs)", plan_.max_pairs);
    PairsRow("a test of fixed size (n_fix)", plan_.fixed_pairs);
    if (plan_.probe_episodes == 0) return;
    Line("{:<30} {:>8} {:>10} {:>12}", "probes, before the pairs", "", plan_.probe_episodes,
         Price(plan_.probe_episodes));
  }

  void PairsRow(const std::string& name, std::int64_t pairs) {
    Line("{:<30} {:>8} {:>10} {:>12}", name, pairs, 2 * pairs, Price(2 * pairs));
  }

  void Trials() {
    Line("\na test of fixed size, tasks against trials:");
    Line("{:>6} {:>8} {:>8} {:>8} {:>10} {:>12}", "trials", "psi", "tasks", "passes", "episodes",
         "price");
    for (const TrialsPlan& row : plan_.trials) {
      Line("{:>6} {:>8.3f} {:>8} {:>8.1f} {:>10} {:>12}{}", row.trials, row.psi, row.tasks,
           row.passes, row.episodes, Price(row.episodes),
           row.possible ? "" : "  more tasks than there are");
    }
  }

  void Sees() {
    Line("\nwhat these tasks see: smallest effect in points after so many runs of each");
    Line("{:<30} {:>6} {:>7} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6}", "question", "tasks",
         "margin", "n_fix", "expected", "1", "2", "4", "8", "limit");
    SeesRow("overall gain", plan_.tasks, plan_.effect, plan_.fixed_pairs, plan_.expected[1].pairs,
            plan_.overall);
    for (const QuestionPlan& q : plan_.questions) {
      SeesRow(q.name, q.tasks, q.margin, q.fixed_pairs, q.expected_pairs, q.sight);
    }
  }

  void SeesRow(const std::string& name, std::int64_t tasks, double margin, std::int64_t fixed,
               std::int64_t expected, const Sight& sight) {
    std::string line =
        fmt::format("{:<30} {:>6} {:>7} {:>8} {:>8}", Elide(EscapeControls(name), kQuestionWidth),
                    tasks, Percentage(margin), fixed, expected);
    for (const double effect : sight.effects) line += fmt::format(" {:>6}", Percentage(effect));
    Line("{} {:>6}", line, Percentage(sight.limit));
  }

  void Advice() {
    Line("");
    for (const std::string& advice : plan_.advice) Line("- {}", EscapeControls(advice));
    if (!plan_.refusal.empty())
      Line("kedge gate refuses this policy: {}", EscapeControls(plan_.refusal));
  }

  std::string Price(std::int64_t episodes) const {
    return plan_.price ? fmt::format("{:.2f}", *plan_.price * static_cast<double>(episodes)) : "-";
  }

  template <typename... Parts>
  void Line(fmt::format_string<Parts...> format, Parts&&... parts) {
    text_ += fmt::format(format, std::forward<Parts>(parts)...) + "\n";
  }

  const SuitePlan& plan_;
  std::string text_;
};

}  // namespace

Json ToJson(const SuitePlan& plan) {
  Json expected = Json::array();
  for (const ExpectedPairs& row : plan.expected) {
    expected.push_back(Priced({{"effect", row.effect}, {"pairs", row.pairs}}, plan, 2 * row.pairs));
  }
  Json trials = Json::array();
  for (const TrialsPlan& row : plan.trials) {
    trials.push_back(Priced({{"trials", row.trials},
                             {"psi", row.psi},
                             {"tasks", row.tasks},
                             {"passes", row.passes},
                             {"possible", row.possible}},
                            plan, row.episodes));
  }
  return {{"format", "kedge-plan/1"},
          {"suite", {{"name", plan.suite}, {"digest", plan.suite_digest}, {"tasks", plan.tasks}}},
          {"policy", plan.policy},
          {"claim", plan.claim},
          {"effect", plan.effect},
          {"alpha", plan.alpha},
          {"power", plan.power},
          {"psi", plan.psi},
          {"psi_basis", plan.psi_basis},
          {"psi_within", plan.within},
          {"psi_within_basis", plan.within_basis},
          {"pilot", PilotJson(plan.pilot)},
          {"episode_price", plan.price ? Json(*plan.price) : Json()},
          {"fixed_pairs", plan.fixed_pairs},
          {"max_pairs", plan.max_pairs},
          {"smallest_max_pairs", plan.smallest_max_pairs},
          {"probes", Priced(Json::object(), plan, plan.probe_episodes)},
          {"expected", std::move(expected)},
          {"trials", std::move(trials)},
          {"sees", SightJson(plan.overall)},
          {"questions", QuestionsJson(plan)},
          {"advice", plan.advice},
          {"refusal", plan.refusal}};
}

std::string PlanText(const SuitePlan& plan) { return PlanWriter(plan).Write(); }

}  // namespace kedge::gate
