// The pairs of a test in the ledger, and the score that may be told of them.
#include <map>
#include <vector>

#include "harness/core/error.h"
#include "harness/loop/gate_steps.h"
#include "harness/stats/ladder.h"

namespace kedge::loop {
namespace {

// Fewer common tasks say too little about two strategies to move a published score.
constexpr std::size_t kMinCommonTasks = 20;

Json ToDocument(const suite::Suite& suite, const gate::PooledPair& pooled) {
  const suite::Task& task = suite.tasks()[pooled.pair.spec.task_index];
  return {{"seed", pooled.seed},
          {"stratum", suite.strata()[pooled.stratum].name},
          {"n", pooled.n},
          {"task", task.id},
          {"trial", pooled.pair.spec.trial},
          {"episode_seed", pooled.pair.spec.seed},
          {"champion", trace::ToJson(pooled.pair.champion)},
          {"candidate", trace::ToJson(pooled.pair.candidate)}};
}

std::uint64_t Unsigned(const Json& document, const char* field) {
  const Json& value = document.at(field);
  const bool small = value.is_number_integer() && value.get<std::int64_t>() >= 0;
  if (!value.is_number_unsigned() && !small) {
    throw BadData(std::string(field) + ": expected a whole number of 0 or more");
  }
  return value.get<std::uint64_t>();
}

std::size_t StratumIndex(const suite::Suite& suite, const std::string& name) {
  for (std::size_t i = 0; i < suite.strata().size(); ++i) {
    if (suite.strata()[i].name == name) return i;
  }
  throw BadData("there is no stratum " + name);
}

gate::PooledPair ParseDocument(const suite::Suite& suite, const Json& document) {
  gate::PooledPair pooled;
  pooled.seed = Unsigned(document, "seed");
  pooled.stratum = StratumIndex(suite, document.at("stratum").get<std::string>());
  pooled.n = document.at("n").get<std::int64_t>();
  const std::string task_id = document.at("task").get<std::string>();
  const std::optional<std::size_t> task = suite.FindTask(task_id);
  if (!task) throw BadData("there is no task " + task_id);
  pooled.pair.spec.task_index = *task;
  pooled.pair.spec.trial = document.at("trial").get<std::int64_t>();
  pooled.pair.spec.seed = Unsigned(document, "episode_seed");
  pooled.pair.champion = trace::OutcomeFromJson(document.at("champion"));
  pooled.pair.candidate = trace::OutcomeFromJson(document.at("candidate"));
  return pooled;
}

std::vector<gate::PooledPair> LoadPairs(const GateSession& session, const std::string& candidate) {
  std::vector<gate::PooledPair> pairs;
  for (const Json& document : session.store->Evidence(LedgerAccount(session), candidate)) {
    try {
      pairs.push_back(ParseDocument(*session.files.suite, document));
    } catch (const Json::exception&) {
      throw BadData("evidence " + std::to_string(pairs.size() + 1) + " of candidate " + candidate +
                    " is damaged; `kedge verify` says more")
          .At(session.options.store_file);
    } catch (Error& error) {
      error.At(session.options.store_file);
      throw;
    }
  }
  return pairs;
}

class StorePool : public gate::PairPool {
 public:
  explicit StorePool(const GateSession& session)
      : session_(session), account_(LedgerAccount(session)) {}

  std::vector<gate::PooledPair> Load() override {
    std::vector<gate::PooledPair> pairs = LoadPairs(session_, session_.files.candidate.hash());
    count_ = static_cast<std::int64_t>(pairs.size());
    return pairs;
  }

  void Add(const gate::PooledPair& pair) override {
    session_.store->AddEvidence(account_, session_.files.candidate.hash(), count_ + 1,
                                ToDocument(*session_.files.suite, pair));
    ++count_;
  }

 private:
  const GateSession& session_;
  const store::LedgerKey account_;
  std::int64_t count_ = 0;
};

/// Mean scores by task of one strategy.
class TaskScores {
 public:
  void Add(std::size_t task, double score) {
    auto& [sum, count] = sums_[task];
    sum += score;
    ++count;
  }
  bool Has(std::size_t task) const { return sums_.contains(task); }
  double Mean(std::size_t task) const { return sums_.at(task).first / sums_.at(task).second; }
  std::vector<std::size_t> Tasks() const {
    std::vector<std::size_t> tasks;
    for (const auto& [task, sum] : sums_) tasks.push_back(task);
    return tasks;
  }

 private:
  std::map<std::size_t, std::pair<double, double>> sums_;
};

std::vector<double> ScoresOn(const TaskScores& scores, const std::vector<std::size_t>& tasks) {
  std::vector<double> values;
  for (const std::size_t task : tasks) values.push_back(scores.Mean(task));
  return values;
}

// Whether the Ladder takes `candidate` for better than the best so far, on the tasks of both.
bool Raises(const TaskScores& best, const TaskScores& candidate) {
  std::vector<std::size_t> common;
  for (const std::size_t task : candidate.Tasks()) {
    if (best.Has(task)) common.push_back(task);
  }
  if (common.size() < kMinCommonTasks) return false;
  return stats::Ladder(ScoresOn(best, common)).Submit(ScoresOn(candidate, common));
}

}  // namespace

std::unique_ptr<gate::PairPool> OpenPairPool(const GateSession& session) {
  if (!session.files.policy.ledger) return nullptr;
  return std::make_unique<StorePool>(session);
}

// The champion has run wherever a candidate has, so its scores are those of the whole season.
std::optional<gate::PublishedScore> PublishScore(const GateSession& session) {
  if (!session.files.policy.ledger) return std::nullopt;
  const bool use_score = session.files.policy.use_score;
  const auto value = [use_score](const trace::Outcome& outcome) {
    return use_score ? outcome.score : (outcome.success ? 1.0 : 0.0);
  };
  TaskScores champion;
  std::optional<TaskScores> best;
  bool raised = false;
  for (const std::string& hash : session.store->Candidates(LedgerAccount(session))) {
    TaskScores candidate;
    for (const gate::PooledPair& pooled : LoadPairs(session, hash)) {
      if (pooled.pair.missing()) continue;
      champion.Add(pooled.pair.spec.task_index, value(pooled.pair.champion));
      candidate.Add(pooled.pair.spec.task_index, value(pooled.pair.candidate));
    }
    raised = Raises(best ? *best : champion, candidate);
    if (raised) best = std::move(candidate);
    if (hash == session.files.candidate.hash()) break;
  }
  const TaskScores& released = best ? *best : champion;
  const std::vector<std::size_t> tasks = released.Tasks();
  if (tasks.size() < kMinCommonTasks) return std::nullopt;
  return gate::PublishedScore{stats::Ladder(ScoresOn(released, tasks)).released(), raised};
}

}  // namespace kedge::loop
