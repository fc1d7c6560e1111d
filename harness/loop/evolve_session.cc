#include "harness/loop/evolve_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "harness/loop/evolve_episodes.h"
#include "harness/loop/evolve_state.h"
#include "harness/loop/evolve_training.h"
#include "harness/loop/gate_session.h"
#include "harness/loop/open_store.h"
#include "harness/loop/promotion.h"
#include "harness/loop/session_context.h"
#include "harness/loop/strategy_files.h"
#include "harness/suite/suite.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kMost = 1000;
constexpr const char* kNothingLearned = "NOTHING_LEARNED";
constexpr const char* kRefusedBefore = "REFUSED_BEFORE";

void RequireRange(const char* option, std::int64_t value) {
  if (value >= 1 && value <= kMost) return;
  throw UsageError(fmt::format("{}: expected 1 to {}", option, kMost));
}

void CheckEvolveOptions(const EvolveSessionOptions& options) {
  RequireRange("--generations", options.generations);
  RequireRange("--tasks", options.tasks);
  RequireRange("--held-out", options.held_out_tasks);
  if (options.learners.empty()) throw UsageError("--learners: expected tool, effect or both");
  for (const std::string& learner : options.learners) {
    if (learner != "tool" && learner != "effect") {
      throw UsageError("--learners '" + learner + "': expected tool or effect");
    }
    if (std::count(options.learners.begin(), options.learners.end(), learner) > 1) {
      throw UsageError("--learners: '" + learner + "' is given twice");
    }
  }
}

// What was left open is what a suite's folder brings along.
EvolveSessionOptions WithDefaults(EvolveSessionOptions options) {
  const std::string& suite = options.suite_folder;
  if (options.champion_folder.empty()) options.champion_folder = suite + "/strategies/champion";
  if (options.policy_file.empty()) options.policy_file = suite + "/kedge.yaml";
  for (const char* name : {"learning", "exploring"}) {
    const std::string bundled = suite + "/operations/" + name + ".yaml";
    if (options.learning_file.empty() && std::filesystem::exists(bundled)) {
      options.learning_file = bundled;
    }
  }
  if (options.store_file.empty()) options.store_file = options.output_folder + "/kedge.db";
  return options;
}

std::vector<strategy::Operation> LoadLearning(const std::string& file) {
  return file.empty() ? std::vector<strategy::Operation>() : strategy::LoadOperations(file);
}

/// An evolution under way: everything that is read once, and the state.
class Evolver {
 public:
  Evolver(const EvolveSessionOptions& options, const agent::AgentFactory& agents,
          const Clock& clock, Observer& observer)
      : options_(options),
        context_(agents, clock, observer, options.policy_file),
        start_(strategy::Strategy::Load(options.champion_folder)),
        learning_(LoadLearning(options.learning_file)),
        gate_suite_(Tasks("gate", options.suite_seed, 0)),
        held_out_(
            Tasks("gate", DeriveSeed(options.run_seed, "held-out tasks"), options.held_out_tasks)),
        episodes_{context_.rules.policy, context_.rules.guard_policy, agents, clock, observer,
                  options.threads},
        training_(episodes_, learning_, options.learners, *gate_suite_) {
    // Operations that do not fit are told before anything is paid for.
    strategy::Apply(start_, start_.hash(), learning_, "learning", Json::object());
  }

  EvolveSessionResult Run() {
    MakeFolders(options_.output_folder);
    if (auto state = LoadEvolution(StateFile(), Fingerprint())) {
      evolution_ = std::move(*state);
    } else {
      Start();
    }
    solved_start_ = solved_last_ = Solve(strategy::Strategy::Load(Path("start")));
    if (!evolution_.generations.empty()) {
      solved_last_ = Solve(strategy::Strategy::Load(Path(ChampionFolder())));
    }
    SetApart recalled;
    if (static_cast<std::int64_t>(evolution_.generations.size()) < options_.generations) {
      recalled = RecallGenerations();
    }
    while (static_cast<std::int64_t>(evolution_.generations.size()) < options_.generations) {
      evolution_.generations.push_back(RunGeneration(std::exchange(recalled, {})));
      Save();
    }
    Save();
    return {evolution_, StateFile(), Path("evolution.html"), Path("evolution.md"),
            Path("champion")};
  }

 private:
  std::string Path(const std::string& name) const { return options_.output_folder + "/" + name; }
  std::string StateFile() const { return Path("evolution.json"); }

  std::shared_ptr<const suite::Suite> Tasks(const char* split, std::uint64_t seed,
                                            std::int64_t tasks_per_family) const {
    return suite::Suite::Load(options_.suite_folder, {.seed = seed,
                                                      .split = split,
                                                      .tasks_per_family = tasks_per_family,
                                                      .variant = options_.variant,
                                                      .data = options_.data});
  }

  std::string ChampionFolder() const {
    return evolution_.generations.empty() ? "start" : evolution_.generations.back().champion_folder;
  }

  Json Fingerprint() const {
    Json operations = Json::array();
    for (const strategy::Operation& operation : learning_) {
      operations.push_back(strategy::ToJson(operation));
    }
    return {
        {"suite", gate_suite_->digest()},
        {"champion", start_.hash()},
        {"policy", gate::PolicyDigest(context_.rules.policy, context_.rules.guard_policy.get())},
        {"learning", JsonDigest(operations)},
        {"agent", context_.agents.fingerprint()},
        {"tasks", options_.tasks},
        {"held_out_tasks", options_.held_out_tasks},
        {"learners", options_.learners},
        {"seed", options_.run_seed}};
  }

  void Start() {
    if (held_out_->digest() == gate_suite_->digest()) {
      throw UsageError("suite " + gate_suite_->name() +
                       " lists its tasks, so there are none to hold out; evolve needs a suite "
                       "that makes them from families");
    }
    RequireChampion();
    for (const char* folder : {"start", "champion"}) {
      StagedStrategy(ReadStrategyFiles(options_.champion_folder), start_.hash(), Path(folder))
          .Commit();
    }
    evolution_.suite = gate_suite_->name();
    evolution_.start_hash = start_.hash();
    const std::vector<bool> solved = Solve(start_);
    evolution_.start = CompareSolved(solved, solved, solved);
  }

  // A store that names another champion would refuse the first promotion, after all the work. One
  // that names a candidate of this folder is ours: the process died before it wrote its state.
  void RequireChampion() const {
    const auto champion =
        OpenStore(options_.store_file, context_.clock)->registry().Champion(gate_suite_->name());
    if (!champion || champion->to_hash == start_.hash() ||
        std::filesystem::exists(Path("generation-001"))) {
      return;
    }
    throw Error(ErrorKind::kNotPermitted, "the champion of " + gate_suite_->name() + " is " +
                                              champion->to_hash + " here, not " + start_.hash() +
                                              "; start from that one or use another store")
        .At(options_.store_file);
  }

  std::vector<bool> Solve(const strategy::Strategy& strategy) const {
    MakeFolders(Path("held-out"));
    return SolveTasks(episodes_, held_out_, strategy,
                      DeriveSeed(options_.run_seed, "held-out episodes"),
                      Path("held-out/" + strategy.hash() + ".jsonl"));
  }

  reports::EvolutionGeneration RunGeneration(SetApart recalled) {
    reports::EvolutionGeneration generation;
    generation.number = static_cast<std::int64_t>(evolution_.generations.size()) + 1;
    generation.champion_folder = ChampionFolder();
    const strategy::Strategy champion = strategy::Strategy::Load(Path(generation.champion_folder));
    generation.champion_before = generation.champion_after = champion.hash();
    generation.set_apart = std::move(recalled);
    Act(champion, generation);
    for (const std::string& learner : options_.learners) Propose(learner, generation);
    std::vector<bool> solved = solved_last_;
    if (generation.champion_after != generation.champion_before) {
      solved = Solve(strategy::Strategy::Load(Path(generation.champion_folder)));
    }
    generation.held_out = CompareSolved(solved, solved_last_, solved_start_);
    solved_last_ = std::move(solved);
    return generation;
  }

  static std::string GenerationFolder(std::int64_t number) {
    return fmt::format("generation-{:03}", number);
  }

  std::uint64_t SeedOf(const char* what, std::int64_t number) const {
    return DeriveSeed(DeriveSeed(options_.run_seed, what), static_cast<std::uint64_t>(number));
  }

  TrainingGround GroundOf(std::int64_t number) const {
    return {Tasks("dev", SeedOf("dev tasks", number), kTrainingShares * options_.tasks),
            SeedOf("dev episodes", number), Path(GenerationFolder(number) + "/act"),
            fmt::format("g{}/", number)};
  }

  // What earlier processes recorded, before the first generation of this one.
  SetApart RecallGenerations() {
    SetApart set_apart;
    for (const reports::EvolutionGeneration& generation : evolution_.generations) {
      for (const auto& [why, count] : training_.Recall(GroundOf(generation.number))) {
        set_apart[why] += count;
      }
    }
    return set_apart;
  }

  void Act(const strategy::Strategy& champion, reports::EvolutionGeneration& generation) {
    const TrainingGround ground = GroundOf(generation.number);
    const auto families = static_cast<std::int64_t>(TasksByFamily(*ground.dev).size());
    const ActResult acted = training_.Act(ground, champion, options_.tasks * families);
    generation.episodes = acted.episodes;
    generation.successes = acted.successes;
    for (const auto& [why, count] : acted.set_apart) generation.set_apart[why] += count;
  }

  // Everything that any champion did so far; what happened stays true when the champion changes.
  std::vector<std::string> Archives(std::int64_t number) const {
    std::vector<std::string> files;
    for (std::int64_t i = 1; i <= number; ++i) {
      files.push_back(Path(GenerationFolder(i) + "/act/traces.jsonl"));
    }
    return files;
  }

  void Propose(const std::string& learner, reports::EvolutionGeneration& generation) const {
    reports::EvolutionProposal proposal;
    proposal.how = learner;
    proposal.champion_hash = generation.champion_after;
    proposal.folder = GenerationFolder(generation.number) + "/" + learner + "/candidate";
    Learn(generation, proposal);
    if (proposal.candidate_hash == proposal.champion_hash) {
      proposal.verdict = kNothingLearned;
    } else if (const reports::EvolutionProposal* before = RefusalOf(proposal)) {
      proposal.verdict = kRefusedBefore;
      proposal.reasons = before->reasons;
    } else {
      Gate(generation, proposal);
    }
    if (proposal.promoted) {
      generation.champion_after = proposal.candidate_hash;
      generation.champion_folder = proposal.folder;
    }
    generation.proposals.push_back(std::move(proposal));
  }

  void Learn(const reports::EvolutionGeneration& generation,
             reports::EvolutionProposal& proposal) const {
    const auto champion = strategy::Strategy::Load(Path(generation.champion_folder));
    const strategy::Strategy candidate = training_.Learn(
        proposal.how, champion,
        fmt::format("{}-g{}-{}", evolution_.suite, generation.number, proposal.how));
    candidate.Save(Path(proposal.folder));
    proposal.candidate_hash = candidate.hash();
    for (const strategy::Change& change : strategy::Diff(champion, candidate)) {
      if (change.kind == "add") proposal.rules.push_back(change.what);
    }
  }

  // A decided test of the same two; another run of it would be a second chance.
  const reports::EvolutionProposal* RefusalOf(const reports::EvolutionProposal& proposal) const {
    for (const reports::EvolutionGeneration& generation : evolution_.generations) {
      for (const reports::EvolutionProposal& old : generation.proposals) {
        if (old.candidate_hash == proposal.candidate_hash &&
            old.champion_hash == proposal.champion_hash &&
            (old.verdict == "BLOCK" || old.verdict == "HOLD_NO_DIFFERENCE")) {
          return &old;
        }
      }
    }
    return nullptr;
  }

  void Gate(const reports::EvolutionGeneration& generation,
            reports::EvolutionProposal& proposal) const {
    GateSessionOptions gate;
    gate.suite_folder = options_.suite_folder;
    gate.champion_folder = Path(generation.champion_folder);
    gate.candidate_folder = Path(proposal.folder);
    gate.policy_file = options_.policy_file;
    gate.store_file = options_.store_file;
    gate.output_folder = Path(GenerationFolder(generation.number) + "/" + proposal.how + "/gate");
    gate.suite_seed = options_.suite_seed;
    gate.variant = options_.variant;
    gate.run_seed = SeedOf("gate", generation.number);
    gate.threads = options_.threads;
    gate.data = options_.data;
    gate.learned_from = Archives(generation.number);
    gate.version = options_.version;
    const gate::Verdict verdict =
        RunGateSession(gate, context_.agents, context_.clock, context_.observer).verdict;
    proposal.verdict = gate::ToString(verdict.kind);
    proposal.reasons = verdict.reasons;
    proposal.verdict_digest = gate::Digest(verdict);
    proposal.pairs = verdict.pairs.n;
    if (verdict.kind == gate::VerdictKind::kPromote) {
      Promote(gate, proposal.verdict_digest);
      proposal.promoted = true;
    }
  }

  void Promote(const GateSessionOptions& gate, const std::string& verdict_digest) const {
    PromotionOptions promotion;
    promotion.store_file = gate.store_file;
    promotion.candidate = gate.candidate_folder;
    promotion.champion = gate.champion_folder;
    promotion.scope = evolution_.suite;
    promotion.verdict_digest = verdict_digest;
    promotion.output_folder = Path("champion");
    RunPromotion(promotion, context_.clock);
  }

  // The state comes last: what it says is there.
  void Save() const {
    reports::WriteEvolutionHtml(Path("evolution.html"), evolution_, "kedge " + options_.version);
    WriteFileAtomic(Path("evolution.md"), reports::EvolutionMarkdown(evolution_));
    WriteFileAtomic(StateFile(), PrettyJson(EvolutionToJson(evolution_, Fingerprint())) + "\n");
  }

  const EvolveSessionOptions& options_;
  const SessionContext context_;
  const strategy::Strategy start_;
  const std::vector<strategy::Operation> learning_;
  const std::shared_ptr<const suite::Suite> gate_suite_;
  const std::shared_ptr<const suite::Suite> held_out_;
  const EvolutionEpisodes episodes_;
  EvolutionTraining training_;
  reports::Evolution evolution_;
  std::vector<bool> solved_start_, solved_last_;
};

}  // namespace

EvolveSessionResult RunEvolveSession(const EvolveSessionOptions& options,
                                     const agent::AgentFactory& agents, const Clock& clock,
                                     Observer& observer) {
  CheckEvolveOptions(options);
  const EvolveSessionOptions complete = WithDefaults(options);
  return Evolver(complete, agents, clock, observer).Run();
}

}  // namespace kedge::loop
