#include <algorithm>
#include <set>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/suite/families_file.h"
#include "harness/suite/scorers/scorer.h"
#include "harness/suite/strata.h"
#include "harness/suite/suite.h"
#include "harness/suite/task_check.h"
#include "harness/suite/tasks_file.h"

namespace kedge::suite {
namespace {

UserNoise ReadUserNoise(const std::optional<Node>& node) {
  UserNoise noise;
  if (!node) return noise;
  node->AllowKeys({"unclear", "late"});
  noise.unclear = node->NumberOr("unclear", 0, 0, 1);
  noise.late = node->NumberOr("late", 0, 0, 1);
  if (noise.unclear + noise.late > 1) throw node->Fail("the probabilities sum to more than 1");
  return noise;
}

std::shared_ptr<const world::World> LoadWorld(const std::optional<Node>& node,
                                              const std::string& folder, std::uint64_t seed,
                                              const SuiteOptions& suite) {
  if (!node) return nullptr;
  node->AllowKeys({"folder", "quirks"});
  world::WorldOptions options;
  options.population_seed = seed;
  options.variant = suite.variant;
  options.data = suite.data;
  if (node->Has("quirks")) options.quirks = (*node)["quirks"].Strings();
  return world::World::Load(folder + "/" + (*node)["folder"].NonEmptyString(), options);
}

// Adds `name` unless it is there: families in the order in which they first come.
void AddOnce(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

Suite::Suite() = default;
Suite::~Suite() = default;

std::optional<std::size_t> Suite::FindTask(std::string_view id) const {
  const auto found = task_index_.find(id);
  if (found == task_index_.end()) return std::nullopt;
  return found->second;
}

/// Puts a Suite together, step by step.
class SuiteLoader {
 public:
  SuiteLoader(const std::string& folder, const SuiteOptions& options)
      : options_(options),
        document_(Document::Load(folder + "/suite.yaml")),
        root_(document_.root()),
        suite_(new Suite) {
    suite_->folder_ = folder;
  }

  std::shared_ptr<const Suite> Load() {
    ReadHead();
    std::vector<DraftTask> drafts = root_.Has("tasks") ? FixedTasks() : FamilyTasks();
    Finish(std::move(drafts));
    return suite_;
  }

 private:
  void ReadHead() {
    root_.AllowKeys({"format", "suite", "world", "seed", "tasks_per_family", "families", "tasks",
                     "splits", "strata", "user_noise"});
    root_["format"].OneOf({"kedge-suite/1"});
    suite_->name_ = ReadName(root_["suite"]);
    suite_->user_noise_ = ReadUserNoise(root_.Find("user_noise"));
    const auto file_seed = static_cast<std::uint64_t>(root_.IntOr("seed", 1, 1));
    suite_->seed_ = options_.seed == 0 ? file_seed : options_.seed;
    suite_->variant_ = options_.variant;
    suite_->generated_ = root_.Has("families");
    if (root_.Has("families") == root_.Has("tasks")) {
      throw root_.Fail("a suite has either `families` or `tasks`");
    }
    // Fixed tasks speak of the rows of one population.
    suite_->world_ = LoadWorld(root_.Find("world"), suite_->folder_,
                               root_.Has("tasks") ? file_seed : suite_->seed_, options_);
  }

  std::string PathOf(std::string_view member) const {
    return suite_->folder_ + "/" + root_[member].NonEmptyString();
  }

  // Sets the plan of splits and strata, and which families belong to the chosen split.
  void ChooseFamilies(const std::vector<std::string>& families) {
    splits_ = ReadSplits(root_, families);
    const std::vector<Stratum> declared = ReadStrata(root_, splits_);
    for (const std::string& family : families) {
      if (options_.split == "all" || splits_.at(family) == options_.split) {
        chosen_.push_back(family);
      }
    }
    if (chosen_.empty()) {
      throw BadData("split '" + options_.split + "' has no families")
          .At(document_.source_name(), root_.line(), "splits");
    }
    suite_->strata_ = StrataOf(declared, splits_, chosen_, options_.split);
  }

  bool IsChosen(const std::string& family) const {
    return std::find(chosen_.begin(), chosen_.end(), family) != chosen_.end();
  }

  std::vector<DraftTask> AllFixedTasks() const {
    const Node tasks = root_["tasks"];
    if (!tasks.is_object()) return ReadTasks(PathOf("tasks"));
    tasks.AllowKeys({"query"});
    if (suite_->world_ == nullptr) throw tasks.Fail("a query needs a `world`");
    world::Session session(suite_->world_);
    return QueryTasks(tasks["query"], session);
  }

  std::vector<DraftTask> FixedTasks() {
    if (root_.Has("tasks_per_family")) {
      throw root_["tasks_per_family"].Fail("this belongs to `families`; the tasks are fixed here");
    }
    if (options_.tasks_per_family != 0) {
      throw UsageError("suite " + suite_->name_ +
                       " has fixed tasks: their number cannot be chosen");
    }
    std::vector<DraftTask> drafts = AllFixedTasks();
    std::vector<std::string> families;
    for (const DraftTask& draft : drafts) AddOnce(families, draft.task.family);
    ChooseFamilies(families);
    std::erase_if(drafts, [&](const DraftTask& draft) { return !IsChosen(draft.task.family); });
    return drafts;
  }

  std::vector<DraftTask> FamilyTasks() {
    if (suite_->world_ == nullptr) throw root_.Fail("families draw their tasks from a `world`");
    const std::int64_t count = options_.tasks_per_family != 0
                                   ? options_.tasks_per_family
                                   : root_["tasks_per_family"].Int(1, 100'000);
    const std::vector<Family> families = ReadFamilies(PathOf("families"));
    std::vector<std::string> names;
    for (const Family& family : families) names.push_back(family.name);
    ChooseFamilies(names);
    world::Session session(suite_->world_);
    TaskGenerator generator(session, suite_->seed_, options_.paraphrase);
    std::vector<DraftTask> drafts;
    for (const Family& family : families) {
      if (!IsChosen(family.name)) continue;
      for (DraftTask& draft : generator.Make(family, count)) drafts.push_back(std::move(draft));
    }
    return drafts;
  }

  std::string StratumOf(const std::string& family) const {
    for (const Stratum& stratum : suite_->strata_) {
      const auto& members = stratum.families;
      if (std::find(members.begin(), members.end(), family) != members.end()) return stratum.name;
    }
    throw InternalError("family " + family + " has no stratum");
  }

  void Finish(std::vector<DraftTask> drafts) {
    TaskCheck check(suite_->world_, suite_->folder_);
    Json tasks = Json::array();
    for (DraftTask& draft : drafts) {
      draft.task.split = splits_.at(draft.task.family);
      draft.task.stratum = StratumOf(draft.task.family);
      suite_->expected_.push_back(check.ExpectedEndState(draft));
      suite_->scorers_.push_back(check.Scorers(draft));
      for (const auto& scorer : suite_->scorers_.back()) AddFingerprint(*scorer);
      tasks.push_back(ToJson(draft.task));
      suite_->task_index_.emplace(draft.task.id, suite_->tasks_.size());
      suite_->tasks_.push_back(std::move(draft.task));
    }
    suite_->digest_ = Digest(std::move(tasks));
  }

  void AddFingerprint(const Scorer& scorer) {
    const std::string fingerprint = scorer.fingerprint();
    if (!fingerprint.empty()) programs_.insert(fingerprint);
  }

  std::string Digest(Json tasks) const {
    Json strata = Json::array();
    for (const Stratum& stratum : suite_->strata_) {
      strata.push_back(Json{{"name", stratum.name},
                            {"weight", stratum.weight},
                            {"critical", stratum.critical},
                            {"families", stratum.families}});
    }
    // The seed as text: a 64-bit one does not fit the numbers of canonical JSON.
    return JsonDigest(
        Json{{"suite", suite_->name_},
             {"seed", std::to_string(suite_->seed_)},
             {"split", options_.split},
             {"world", suite_->world_ == nullptr ? Json() : Json(suite_->world_->digest())},
             {"user_noise",
              {{"unclear", suite_->user_noise_.unclear}, {"late", suite_->user_noise_.late}}},
             {"strata", std::move(strata)},
             {"tasks", std::move(tasks)}});
  }

  SuiteOptions options_;
  Document document_;
  Node root_;
  std::shared_ptr<Suite> suite_;
  Splits splits_;
  std::vector<std::string> chosen_;
  std::set<std::string> programs_;  // fingerprints of the scorers' programs
};

std::shared_ptr<const Suite> Suite::Load(const std::string& folder, const SuiteOptions& options) {
  static const std::vector<std::string> kSplits = {"dev", "gate", "vault", "all"};
  if (std::find(kSplits.begin(), kSplits.end(), options.split) == kSplits.end()) {
    throw UsageError("there is no split '" + options.split + "': it is dev, gate, vault or all");
  }
  if (options.tasks_per_family < 0) throw UsageError("tasks_per_family is negative");
  return SuiteLoader(folder, options).Load();
}

}  // namespace kedge::suite
