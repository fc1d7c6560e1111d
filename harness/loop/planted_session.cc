#include "harness/loop/planted_session.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "harness/loop/evolve_episodes.h"
#include "harness/loop/gate_session.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/learn_session.h"
#include "harness/loop/planted.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kMostSeeds = 1000;
constexpr double kPromotedWrongly = 0.05, kStandardErrors = 2.33, kPromotedRightly = 0.9;
// Sets of dev tasks to learn from: the good rules need evidence enough.
constexpr std::uint64_t kDevRounds = 4;

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

std::shared_ptr<const suite::Suite> LoadSplit(const std::string& folder, const char* split,
                                              std::uint64_t seed) {
  suite::SuiteOptions options;
  options.split = split;
  options.seed = seed;
  return suite::Suite::Load(folder, options);
}

/// All gates of a session.
class Planter {
 public:
  Planter(const PlantedSessionOptions& options, const agent::AgentFactory& agents,
          const Clock& clock, Observer& observer)
      : options_(options),
        agents_(agents),
        clock_(clock),
        observer_(observer),
        champion_(strategy::Strategy::Load(options.champion_folder)),
        learned_(Learn()) {}

  PlantedResult Judge(const PlantedClass& planted) const {
    PlantedResult result{
        planted.name, std::string(ToString(planted.kind)), planted.reason, 0, 0, 0, {}};
    for (std::int64_t i = 0; i < options_.seeds; ++i) {
      const gate::Verdict verdict = RunOne(planted, static_cast<std::uint64_t>(i) + 1);
      ++result.gates;
      ++result.verdicts[std::string(gate::ToString(verdict.kind))];
      result.promoted += verdict.kind == gate::VerdictKind::kPromote ? 1 : 0;
      const bool named =
          std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                      [&](const gate::Reason& reason) { return reason.code == planted.reason; });
      result.named += named && verdict.kind != gate::VerdictKind::kPromote ? 1 : 0;
    }
    return result;
  }

 private:
  std::string Path(const std::string& name) const { return options_.output_folder + "/" + name; }

  // Unwatched, as a team would that keeps its guards for the gate: the rules are about tools.
  strategy::Strategy Learn() const {
    std::filesystem::remove_all(Path("learned"));
    const gate::GatePolicy policy = LoadGateRules(options_.policy_file).policy;
    const EvolutionEpisodes episodes{policy, nullptr, agents_, clock_, observer_, options_.threads};
    std::string exploring = options_.exploring_file;
    const std::string bundled = options_.suite_folder + "/operations/exploring.yaml";
    if (exploring.empty() && std::filesystem::exists(bundled)) exploring = bundled;
    const strategy::Strategy acting =
        exploring.empty()
            ? champion_
            : strategy::Apply(champion_, champion_.hash(), strategy::LoadOperations(exploring),
                              champion_.name() + "-exploring", Json::object());
    LearnSessionOptions learn;
    for (std::uint64_t round = 1; round <= kDevRounds; ++round) {
      const std::uint64_t seed =
          DeriveSeed(DeriveSeed(options_.run_seed, "planted dev tasks"), round);
      const std::string folder = Path("learned/act-" + std::to_string(round));
      ActOnTasks(episodes, LoadSplit(options_.suite_folder, "dev", seed), acting,
                 DeriveSeed(seed, "episodes"), folder, "r" + std::to_string(round) + "/");
      learn.trace_files.push_back(folder + "/traces.jsonl");
    }
    learn.parent_folder = options_.champion_folder;
    learn.output_folder = Path("learned/strategy");
    learn.suite_folder = options_.suite_folder;
    RunLearnSession(learn);
    return strategy::Strategy::Load(learn.output_folder);
  }

  gate::Verdict RunOne(const PlantedClass& planted, std::uint64_t number) const {
    const std::uint64_t suite_seed =
        DeriveSeed(DeriveSeed(options_.run_seed, "planted gate tasks"), number);
    const std::string folder = Path(planted.name + "/" + std::to_string(number));
    std::filesystem::remove_all(folder);
    MakeFolders(folder);
    const auto suite = LoadSplit(options_.suite_folder, "gate", suite_seed);
    planted.make({champion_, learned_, *suite, number}).Save(folder + "/candidate");
    GateSessionOptions gate;
    gate.suite_folder = options_.suite_folder;
    gate.champion_folder = planted.on_learned ? Path("learned/strategy") : options_.champion_folder;
    gate.candidate_folder = folder + "/candidate";
    gate.policy_file = options_.policy_file;
    gate.store_file = folder + "/kedge.db";
    gate.output_folder = folder;
    gate.suite_seed = suite_seed;
    gate.run_seed = DeriveSeed(suite_seed, "episodes");
    gate.threads = options_.threads;
    for (std::uint64_t round = 1; round <= kDevRounds; ++round) {
      gate.learned_from.push_back(Path("learned/act-" + std::to_string(round) + "/traces.jsonl"));
    }
    gate.version = options_.version;
    return RunGateSession(gate, agents_, clock_, observer_).verdict;
  }

  const PlantedSessionOptions& options_;
  const agent::AgentFactory& agents_;
  const Clock& clock_;
  Observer& observer_;
  const strategy::Strategy champion_;
  const strategy::Strategy learned_;
};

bool Holds(const std::vector<PlantedResult>& results) {
  std::int64_t bad = 0, bad_promoted = 0, good = 0, good_promoted = 0;
  for (const PlantedResult& result : results) {
    if (result.kind == "witness" && result.named < result.gates) return false;
    if (result.kind == "statistical") bad += result.gates, bad_promoted += result.promoted;
    if (result.kind == "good") good += result.gates, good_promoted += result.promoted;
  }
  const double n = static_cast<double>(std::max<std::int64_t>(bad, 1));
  const double most =
      kPromotedWrongly + kStandardErrors * std::sqrt(kPromotedWrongly * (1 - kPromotedWrongly) / n);
  return static_cast<double>(bad_promoted) <= most * n &&
         static_cast<double>(good_promoted) >= kPromotedRightly * static_cast<double>(good);
}

}  // namespace

Json ToJson(const PlantedResult& result) {
  return {{"class", result.name},       {"kind", result.kind},         {"reason", result.reason},
          {"gates", result.gates},      {"promoted", result.promoted}, {"named", result.named},
          {"verdicts", result.verdicts}};
}

PlantedSessionResult RunPlantedSession(const PlantedSessionOptions& options,
                                       const agent::AgentFactory& agents, const Clock& clock,
                                       Observer& observer) {
  if (options.seeds < 1 || options.seeds > kMostSeeds) {
    throw UsageError("--seeds: expected 1 to 1000");
  }
  const std::vector<PlantedClass> classes = ChosenClasses(options.classes);
  MakeFolders(options.output_folder);
  const Planter planter(options, agents, clock, observer);
  PlantedSessionResult result;
  for (const PlantedClass& planted : classes) result.classes.push_back(planter.Judge(planted));
  result.holds = Holds(result.classes);
  return result;
}

}  // namespace kedge::loop
