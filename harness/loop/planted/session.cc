#include "harness/loop/planted/session.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "harness/loop/evolve_episodes.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/lone_gate.h"
#include "harness/loop/planted/classes.h"
#include "harness/loop/planted/later_alarm.h"
#include "harness/loop/planted/learning_ground.h"
#include "harness/loop/planted/planting.h"
#include "harness/loop/planted/poison_sweep.h"
#include "harness/loop/session_context.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kMostSeeds = 1000;
constexpr double kPromotedWrongly = 0.05, kStandardErrors = 2.33, kPromotedRightly = 0.9;
// Of the delay of the best alarm there can be.
constexpr double kSlowestAlarm = 1.4;
// Populations on which a true effect is measured.
constexpr std::int64_t kEffectRounds = 8;

std::vector<PlantedClass> ChosenClasses(const std::vector<std::string>& names) {
  std::vector<PlantedClass> chosen;
  for (const PlantedClass& planted : PlantedClasses()) {
    const bool named = std::find(names.begin(), names.end(), planted.name) != names.end();
    if (names.empty() || named) chosen.push_back(planted);
  }
  if (!names.empty() && chosen.size() != names.size()) {
    std::string known;
    for (const PlantedClass& planted : PlantedClasses()) known += " " + planted.name;
    throw UsageError("--class: expected each of these at most once:" + known);
  }
  return chosen;
}

// A reason that ends with ':' is the beginning of one.
bool IsNamed(const gate::Verdict& verdict, const std::string& reason) {
  return std::any_of(
      verdict.reasons.begin(), verdict.reasons.end(), [&](const gate::Reason& given) {
        return reason.back() == ':' ? given.code.starts_with(reason) : given.code == reason;
      });
}

/// All gates of a session.
class Planter {
 public:
  Planter(const PlantedSessionOptions& options, const agent::AgentFactory& agents,
          const Clock& clock, Observer& observer)
      : options_(options),
        context_(agents, clock, observer, options.policy_file),
        episodes_{context_.rules.policy, nullptr, agents, clock, observer, options.threads},
        ground_(MakeLearningGround({options.suite_folder, options.champion_folder,
                                    options.exploring_file, Path("learned"), options.run_seed},
                                   episodes_)),
        probe_(options.suite_folder, context_.rules, agents, clock, observer, options.threads,
               options.run_seed) {}

  reports::PlantedRow Judge(const PlantedClass& planted) {
    reports::PlantedRow row;
    row.name = planted.name;
    row.kind = ToString(planted.kind);
    row.fault = planted.fault;
    row.reason = planted.reason;
    std::filesystem::remove_all(Path(planted.name));
    if (const auto reason = Unplantable(planted)) {
      row.not_planted = *reason;
    } else if (planted.kind == PlantedKind::kAlarm) {
      WatchAll(planted, row);
    } else {
      GateAll(planted, row);
    }
    return row;
  }

  std::vector<reports::PoisonRow> Poison() {
    return SweepPoison({ground_,
                        context_.rules,
                        options_.suite_folder,
                        options_.champion_folder,
                        options_.policy_file,
                        Path("poison"),
                        {1, 2, 3, 10},
                        options_.run_seed,
                        options_.threads,
                        options_.version},
                       probe_, context_.agents, context_.clock, context_.observer);
  }

  std::string champion() const { return ground_.champion.name(); }
  std::string suite() const { return ground_.tasks.front()->name(); }

 private:
  std::string Path(const std::string& name) const { return options_.output_folder + "/" + name; }

  std::uint64_t SuiteSeed(std::int64_t number) const {
    return DeriveSeed(DeriveSeed(options_.run_seed, "planted gate tasks"),
                      static_cast<std::uint64_t>(number));
  }

  std::shared_ptr<const suite::Suite> GateTasks(std::int64_t number) const {
    return suite::Suite::Load(options_.suite_folder, {.seed = SuiteSeed(number)});
  }

  PlantingGround GroundFor(const suite::Suite& suite, std::uint64_t seed) {
    return {ground_.champion,
            ground_.learned,
            suite,
            ground_.seen,
            ground_.poisoned,
            context_.rules.policy.hard_guards,
            context_.rules.policy.smallest_gain,
            context_.rules.policy.objective.promote_for != gate::PromoteFor::kGain,
            probe_,
            seed};
  }

  strategy::Strategy ChampionOf(const PlantedClass& planted) {
    if (planted.on_wasteful) return WastefulChampion(GroundFor(*GateTasks(1), 1));
    return planted.on_learned ? ground_.learned : ground_.champion;
  }

  // A champion that was made for the class is written when its first gate asks for it.
  std::string ChampionFolder(const PlantedClass& planted) {
    if (planted.on_learned) return ground_.learned_folder;
    if (!planted.on_wasteful) return options_.champion_folder;
    const std::string folder = Path(planted.name + "/champion");
    if (!std::filesystem::exists(folder)) ChampionOf(planted).Save(folder);
    return folder;
  }

  gate::Verdict RunOne(const PlantedClass& planted, const strategy::Strategy& candidate,
                       std::int64_t number) {
    GateSessionOptions gate;
    gate.suite_folder = options_.suite_folder;
    gate.champion_folder = ChampionFolder(planted);
    gate.policy_file = options_.policy_file;
    gate.output_folder = Path(planted.name + "/" + std::to_string(number));
    gate.suite_seed = SuiteSeed(number);
    gate.run_seed = DeriveSeed(gate.suite_seed, "episodes");
    gate.threads = options_.threads;
    gate.learned_from = ground_.archives;
    gate.version = options_.version;
    return RunLoneGate(std::move(gate), candidate, context_.agents, context_.clock,
                       context_.observer);
  }

  static void Count(const PlantedClass& planted, const gate::Verdict& verdict,
                    reports::PlantedRow& row) {
    ++row.gates;
    ++row.verdicts[std::string(gate::ToString(verdict.kind))];
    if (verdict.kind == gate::VerdictKind::kPromote) {
      ++row.promoted;
      return;
    }
    row.named += !planted.reason.empty() && IsNamed(verdict, planted.reason) ? 1 : 0;
    std::set<std::string> codes;
    for (const gate::Reason& reason : verdict.reasons) codes.insert(reason.code);
    for (const std::string& code : codes) ++row.reasons[code];
  }

  // Why the class has nothing to grow in here; nullopt when it has.
  std::optional<std::string> Unplantable(const PlantedClass& planted) {
    const auto suite = GateTasks(1);
    try {
      planted.make(GroundFor(*suite, 1));
      return std::nullopt;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadData) throw;
      return error.what();
    }
  }

  void GateAll(const PlantedClass& planted, reports::PlantedRow& row) {
    std::vector<strategy::Strategy> candidates;
    for (std::int64_t i = 1; i <= options_.seeds; ++i) {
      const auto suite = GateTasks(i);
      const bool again = planted.once && !candidates.empty();
      candidates.push_back(again ? candidates.front()
                                 : planted.make(GroundFor(*suite, static_cast<std::uint64_t>(i))));
      Count(planted, RunOne(planted, candidates.back(), i), row);
    }
    if (planted.kind != PlantedKind::kWitness) MeasureEffect(planted, candidates, row);
  }

  void MeasureEffect(const PlantedClass& planted, const std::vector<strategy::Strategy>& candidates,
                     reports::PlantedRow& row) {
    const strategy::Strategy champion = ChampionOf(planted);
    std::vector<Probe::Trial> trials;
    for (std::int64_t i = 0; i < std::min(options_.seeds, kEffectRounds); ++i) {
      trials.push_back({champion, candidates[static_cast<std::size_t>(i)], i + 1});
    }
    const ProbedEffect effect = probe_.Effect(trials);
    row.effect = effect.overall;
    row.effect_tasks = effect.tasks;
  }

  void WatchAll(const PlantedClass& planted, reports::PlantedRow& row) {
    const auto suite = GateTasks(1);
    const strategy::Strategy acting = planted.make(GroundFor(*suite, 1));
    reports::PlantedAlarm& alarm = row.alarm.emplace();
    for (std::int64_t i = 1; i <= options_.seeds; ++i) {
      const LaterAlarm one =
          WatchLaterChange({ground_.learned, acting, options_.suite_folder, planted.new_world,
                            SuiteSeed(i), Path(planted.name + "/" + std::to_string(i))},
                           episodes_);
      const double n = static_cast<double>(options_.seeds);
      ++row.gates;
      alarm.alarms += one.alarm ? 1 : 0;
      alarm.false_alarms += one.false_alarm ? 1 : 0;
      alarm.mean_delay += static_cast<double>(one.delay) / n;
      alarm.longest_delay = std::max(alarm.longest_delay, one.delay);
      alarm.in_control += one.in_control / n;
      alarm.before += one.before / n;
      alarm.after += one.after / n;
    }
    if (alarm.after < alarm.in_control) {
      alarm.best_delay = BestDelay(alarm.in_control, alarm.after, kAlarmRunLength);
    }
  }

  const PlantedSessionOptions& options_;
  const SessionContext context_;
  const EvolutionEpisodes episodes_;
  const LearningGround ground_;
  Probe probe_;
};

reports::PlantedRate Pooled(const std::vector<reports::PlantedRow>& rows, const char* kind) {
  reports::PlantedRate rate;
  for (const reports::PlantedRow& row : rows) {
    if (row.kind != kind) continue;
    rate.gates += row.gates;
    rate.promoted += row.promoted;
  }
  rate.promote = reports::ExactShare(rate.promoted, rate.gates);
  return rate;
}

bool HoldsAlone(const reports::PlantedRow& row) {
  if (row.kind == "witness") return row.named == row.gates;
  if (!row.alarm) return true;
  return row.alarm->alarms == row.gates && row.alarm->after < row.alarm->in_control &&
         row.alarm->mean_delay <= kSlowestAlarm * row.alarm->best_delay;
}

bool HoldsAgainstPoison(const reports::PoisonRow& row) {
  return !row.witnessed || (row.promoted == 0 && row.honest_kept == row.honest);
}

void JudgeTable(reports::PlantedTable& table) {
  table.bad = Pooled(table.rows, "statistical");
  table.good = Pooled(table.rows, "good");
  const double n = static_cast<double>(std::max<std::int64_t>(table.bad.gates, 1));
  table.bad.bar =
      kPromotedWrongly + kStandardErrors * std::sqrt(kPromotedWrongly * (1 - kPromotedWrongly) / n);
  table.good.bar = kPromotedRightly;
  table.holds = static_cast<double>(table.bad.promoted) <= table.bad.bar * n &&
                static_cast<double>(table.good.promoted) >=
                    table.good.bar * static_cast<double>(table.good.gates) &&
                std::all_of(table.rows.begin(), table.rows.end(), HoldsAlone) &&
                std::all_of(table.poison.begin(), table.poison.end(), HoldsAgainstPoison);
}

}  // namespace

PlantedSessionResult RunPlantedSession(const PlantedSessionOptions& options,
                                       const agent::AgentFactory& agents, const Clock& clock,
                                       Observer& observer) {
  if (options.seeds < 1 || options.seeds > kMostSeeds) {
    throw UsageError("--seeds: expected 1 to 1000");
  }
  const std::vector<PlantedClass> classes = ChosenClasses(options.classes);
  MakeFolders(options.output_folder);
  Planter planter(options, agents, clock, observer);
  PlantedSessionResult result;
  result.table.suite = planter.suite();
  result.table.champion = planter.champion();
  result.table.seeds = options.seeds;
  for (const PlantedClass& planted : classes) result.table.rows.push_back(planter.Judge(planted));
  if (options.poison) result.table.poison = planter.Poison();
  JudgeTable(result.table);
  result.json = options.output_folder + "/planted.json";
  result.html = options.output_folder + "/planted.html";
  result.markdown = options.output_folder + "/planted.md";
  reports::WritePlantedHtml(result.html, result.table, "kedge " + options.version);
  WriteFileAtomic(result.markdown, reports::PlantedMarkdown(result.table));
  WriteFileAtomic(result.json, PrettyJson(reports::ToJson(result.table)) + "\n");
  return result;
}

}  // namespace kedge::loop
