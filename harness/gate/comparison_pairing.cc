#include "harness/gate/comparison_pairing.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "harness/core/error.h"

namespace kedge::gate {
namespace {

using agent::RecordedOutcomes;
using agent::RecordedRun;

constexpr std::size_t kNamedTasks = 20;

bool IsScored(const RecordedRun& run) {
  return run.record.outcome.status == trace::EpisodeStatus::kScored;
}

bool Watches(const RecordedRun& run, const std::string& guard) {
  const auto& watched = run.record.outcome.watched_guards;
  return std::find(watched.begin(), watched.end(), guard) != watched.end();
}

bool Violates(const RecordedRun& run, const std::string& guard) {
  const auto it = run.record.outcome.violations.find(guard);
  return it != run.record.outcome.violations.end() && it->second > 0;
}

// The fields that pairing looks at: one that a file lacks altogether cannot be compared.
struct KeyFields {
  bool suite = false;
  bool stratum = false;
};

// Runs of one task of one subject, by trial.
struct TaskRuns {
  std::vector<const RecordedRun*> runs;

  const RecordedRun& first() const { return *runs.front(); }
  const trace::EpisodeKey& key() const { return first().record.key; }
};

auto NameOf(const RecordedRun& run, const KeyFields& fields) {
  const trace::EpisodeKey& key = run.record.key;
  static const std::string kNone;
  return std::tie(fields.stratum ? key.stratum : kNone, key.task_id,
                  fields.suite ? key.suite : kNone);
}

// The first eight bytes of the name's first part, which settle most comparisons of a sort without
// a look at the run itself.
struct SortedRun {
  std::uint64_t head = 0;
  const RecordedRun* run = nullptr;
};

std::uint64_t HeadOf(const RecordedRun& run, const KeyFields& fields) {
  const trace::EpisodeKey& key = run.record.key;
  const std::string& first = fields.stratum ? key.stratum : key.task_id;
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < sizeof head; ++i) {
    head = head << 8 | (i < first.size() ? static_cast<unsigned char>(first[i]) : 0U);
  }
  return head;
}

std::vector<TaskRuns> GroupByTask(const RecordedOutcomes& outcomes, const KeyFields& fields) {
  std::vector<SortedRun> sorted;
  sorted.reserve(outcomes.runs.size());
  for (const RecordedRun& run : outcomes.runs) sorted.push_back({HeadOf(run, fields), &run});
  const auto less = [&fields](const SortedRun& a, const SortedRun& b) {
    if (a.head != b.head) return a.head < b.head;
    const auto name_a = NameOf(*a.run, fields);
    const auto name_b = NameOf(*b.run, fields);
    if (name_a != name_b) return name_a < name_b;
    return std::tie(a.run->task_version, a.run->record.key.trial) <
           std::tie(b.run->task_version, b.run->record.key.trial);
  };
  if (!std::is_sorted(sorted.begin(), sorted.end(), less)) {
    std::sort(sorted.begin(), sorted.end(), less);
  }
  std::vector<TaskRuns> tasks;
  for (const auto& [head, run] : sorted) {
    const bool same = !tasks.empty() &&
                      NameOf(tasks.back().first(), fields) == NameOf(*run, fields) &&
                      tasks.back().first().task_version == run->task_version;
    if (!same) tasks.emplace_back();
    if (same && !fields.stratum && tasks.back().key().stratum != run->record.key.stratum) {
      throw BadData("task \"" + run->record.key.task_id + "\" of " + outcomes.source +
                    " occurs in several strata, but the other file names no strata; pick one with "
                    "FILE#STRATUM");
    }
    tasks.back().runs.push_back(run);
  }
  return tasks;
}

bool HasStrata(const RecordedOutcomes& outcomes) {
  return std::any_of(outcomes.runs.begin(), outcomes.runs.end(),
                     [](const RecordedRun& run) { return !run.record.key.stratum.empty(); });
}

bool HasSuites(const RecordedOutcomes& outcomes) {
  return std::any_of(outcomes.runs.begin(), outcomes.runs.end(),
                     [](const RecordedRun& run) { return !run.record.key.suite.empty(); });
}

std::set<std::string> StrataOf(const std::vector<TaskRuns>& tasks) {
  std::set<std::string> strata;
  for (const TaskRuns& task : tasks) strata.insert(task.key().stratum);
  return strata;
}

void NameTask(const TaskRuns& task, std::vector<std::string>& names) {
  if (names.size() >= kNamedTasks) return;
  const std::string& stratum = task.key().stratum;
  names.push_back(stratum.empty() ? task.key().task_id : stratum + ":" + task.key().task_id);
}

constexpr std::array<const char*, 5> kAmounts = {"cost", "tokens", "steps", "tool_calls",
                                                 "latency_seconds"};

// Mean over those runs of a task that know the amount.
struct Amount {
  double sum = 0;
  std::int64_t known = 0;

  void Add(double value) {
    sum += value;
    ++known;
  }
  double mean() const { return sum / static_cast<double>(known); }
};

using Amounts = std::array<Amount, kAmounts.size()>;

// Where a format has no such figure it is 0; only of tool calls 0 is a count too.
Amounts AmountsOf(const std::vector<const RecordedRun*>& runs) {
  Amounts amounts;
  for (const RecordedRun* run : runs) {
    const trace::Outcome& o = run->record.outcome;
    const std::int64_t tokens = o.input_tokens + o.output_tokens;
    if (o.has_cost) amounts[0].Add(o.cost);
    if (tokens > 0) amounts[1].Add(static_cast<double>(tokens));
    if (o.steps > 0) amounts[2].Add(static_cast<double>(o.steps));
    if (o.steps > 0 || o.tool_calls > 0) amounts[3].Add(static_cast<double>(o.tool_calls));
    if (o.latency_seconds > 0) amounts[4].Add(o.latency_seconds);
  }
  return amounts;
}

// Runs of a task that count, and which of them belong together.
struct MatchedRuns {
  std::vector<const RecordedRun*> champion, candidate;                            // scored
  std::vector<std::pair<const RecordedRun*, const RecordedRun*>> complete_pairs;  // by trial
};

class Pairer {
 public:
  Pairer(const RecordedOutcomes& champion, const RecordedOutcomes& candidate)
      : fields_{HasSuites(champion) && HasSuites(candidate),
                HasStrata(champion) && HasStrata(candidate)},
        by_trial_(!champion.anonymous_trials && !candidate.anonymous_trials),
        champion_tasks_(GroupByTask(champion, fields_)),
        candidate_tasks_(GroupByTask(candidate, fields_)) {
    out_.binary = champion.binary && candidate.binary;
    out_.table_of_trials = out_.binary && by_trial_;
  }

  Pairing Run() && {
    FindLoneStrata();
    Merge();
    if (out_.tasks.empty()) {
      throw BadData(out_.tasks_lost > 0
                        ? "of no common task both subjects have an outcome"
                        : "the two have no task in common; are they runs of the same suite?");
    }
    NumberClusters();
    std::set<std::string> strata;
    for (const PairedTask& task : out_.tasks) strata.insert(task.stratum);
    out_.strata.assign(strata.begin(), strata.end());
    out_.table.dropped = DroppedCount(out_.drops);
    return std::move(out_);
  }

 private:
  void FindLoneStrata() {
    if (!fields_.stratum) return;
    const std::set<std::string> a = StrataOf(champion_tasks_);
    const std::set<std::string> b = StrataOf(candidate_tasks_);
    UnpairedRuns& u = out_.unpaired;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                        std::back_inserter(u.champion_strata));
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(),
                        std::back_inserter(u.candidate_strata));
  }

  // Both lists are sorted by name, then version.
  void Merge() {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < champion_tasks_.size() || j < candidate_tasks_.size()) {
      const std::size_t i_end = EndOfName(champion_tasks_, i);
      const std::size_t j_end = EndOfName(candidate_tasks_, j);
      const int order = Order(i, j);
      if (order == 0) {
        PairVersions(i, i_end, j, j_end);
      } else {
        for (std::size_t k = i; order < 0 && k < i_end; ++k) LeaveChampion(champion_tasks_[k]);
        for (std::size_t k = j; order > 0 && k < j_end; ++k) LeaveCandidate(candidate_tasks_[k]);
      }
      if (order <= 0) i = i_end;
      if (order >= 0) j = j_end;
    }
  }

  int Order(std::size_t i, std::size_t j) const {
    if (i == champion_tasks_.size()) return 1;
    if (j == candidate_tasks_.size()) return -1;
    const auto a = NameOf(champion_tasks_[i].first(), fields_);
    const auto b = NameOf(candidate_tasks_[j].first(), fields_);
    return a < b ? -1 : b < a ? 1 : 0;
  }

  std::size_t EndOfName(const std::vector<TaskRuns>& tasks, std::size_t from) const {
    std::size_t end = from;
    while (end < tasks.size() &&
           NameOf(tasks[end].first(), fields_) == NameOf(tasks[from].first(), fields_)) {
      ++end;
    }
    return end;
  }

  // Equal versions pair; an unknown version pairs with the only version of the other side.
  void PairVersions(std::size_t i, std::size_t i_end, std::size_t j, std::size_t j_end) {
    const bool single = i_end - i == 1 && j_end - j == 1;
    if (single && (champion_tasks_[i].first().task_version.empty() ||
                   candidate_tasks_[j].first().task_version.empty())) {
      return PairTask(champion_tasks_[i], candidate_tasks_[j]);
    }
    const bool nothing_shared = !SharesVersion(i, i_end, j, j_end);
    out_.unpaired.version_mismatches += nothing_shared ? 1 : 0;
    while (i < i_end || j < j_end) {
      const int order = i == i_end   ? 1
                        : j == j_end ? -1
                                     : champion_tasks_[i].first().task_version.compare(
                                           candidate_tasks_[j].first().task_version);
      if (order == 0) {
        PairTask(champion_tasks_[i++], candidate_tasks_[j++]);
      } else if (order < 0) {
        LeaveChampion(champion_tasks_[i++]);
      } else {
        LeaveCandidate(candidate_tasks_[j++]);
      }
    }
  }

  bool SharesVersion(std::size_t i, std::size_t i_end, std::size_t j, std::size_t j_end) const {
    for (std::size_t a = i; a < i_end; ++a) {
      for (std::size_t b = j; b < j_end; ++b) {
        if (champion_tasks_[a].first().task_version == candidate_tasks_[b].first().task_version) {
          return true;
        }
      }
    }
    return false;
  }

  void LeaveChampion(const TaskRuns& task) {
    ++out_.table.unpaired_champion;
    NameTask(task, out_.unpaired.champion_tasks);
    const auto& lone = out_.unpaired.champion_strata;
    if (std::binary_search(lone.begin(), lone.end(), task.key().stratum)) return;
    const auto runs = static_cast<std::int64_t>(task.runs.size());
    out_.unpaired.champion_runs += runs;
    out_.unpaired.champion_without_pair += runs;
  }

  void LeaveCandidate(const TaskRuns& task) {
    ++out_.table.unpaired_candidate;
    NameTask(task, out_.unpaired.candidate_tasks);
  }

  void PairTask(const TaskRuns& champion, const TaskRuns& candidate) {
    out_.unpaired.champion_runs += static_cast<std::int64_t>(champion.runs.size());
    const MatchedRuns matched =
        by_trial_ ? MatchByTrial(champion, candidate) : MatchByNumber(champion, candidate);
    if (matched.champion.empty() || matched.candidate.empty()) {
      ++out_.tasks_lost;
      return;
    }
    PairedTask task = Describe(champion, candidate);
    task.champion = MeanScore(matched.champion);
    task.candidate = MeanScore(matched.candidate);
    for (const RecordedRun* run : matched.champion) {
      task.champion_scores.push_back(run->record.outcome.score);
    }
    CountTable(task, matched);
    AddAmounts(matched);
    clusters_.push_back(ClusterName(champion, candidate, task));
    AddGuards(matched);
    out_.tasks.push_back(std::move(task));
  }

  MatchedRuns MatchByTrial(const TaskRuns& champion, const TaskRuns& candidate) {
    MatchedRuns matched;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < champion.runs.size() || j < candidate.runs.size()) {
      const RecordedRun* a = i < champion.runs.size() ? champion.runs[i] : nullptr;
      const RecordedRun* b = j < candidate.runs.size() ? candidate.runs[j] : nullptr;
      if (b == nullptr || (a != nullptr && a->record.key.trial < b->record.key.trial)) {
        ++out_.unpaired.champion_without_pair;
        if (IsScored(*a)) matched.champion.push_back(a);
        ++i;
      } else if (a == nullptr || b->record.key.trial < a->record.key.trial) {
        if (IsScored(*b)) matched.candidate.push_back(b);
        ++j;
      } else {
        MatchTrial(a, b, matched);
        ++i;
        ++j;
      }
    }
    return matched;
  }

  void MatchTrial(const RecordedRun* a, const RecordedRun* b, MatchedRuns& matched) {
    ++out_.drops.planned;
    out_.drops.champion_missing += IsScored(*a) ? 0 : 1;
    out_.drops.candidate_missing += IsScored(*b) ? 0 : 1;
    out_.drops.both_missing += IsScored(*a) || IsScored(*b) ? 0 : 1;
    if (!IsScored(*a) || !IsScored(*b)) return;
    matched.champion.push_back(a);
    matched.candidate.push_back(b);
    matched.complete_pairs.emplace_back(a, b);
  }

  // Trials without identity: every scored run counts, and only their numbers can be compared.
  MatchedRuns MatchByNumber(const TaskRuns& champion, const TaskRuns& candidate) {
    MatchedRuns matched;
    for (const RecordedRun* run : champion.runs) {
      if (IsScored(*run)) matched.champion.push_back(run);
    }
    for (const RecordedRun* run : candidate.runs) {
      if (IsScored(*run)) matched.candidate.push_back(run);
    }
    const auto of = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    const std::int64_t missing_a = of(champion.runs.size() - matched.champion.size());
    const std::int64_t missing_b = of(candidate.runs.size() - matched.candidate.size());
    out_.drops.champion_missing += missing_a;
    out_.drops.candidate_missing += missing_b;
    out_.drops.both_missing += std::min(missing_a, missing_b);
    out_.drops.planned += of(std::min(matched.champion.size(), matched.candidate.size())) +
                          std::max(missing_a, missing_b);
    out_.unpaired.champion_without_pair +=
        std::max<std::int64_t>(0, of(champion.runs.size()) - of(candidate.runs.size()));
    return matched;
  }

  PairedTask Describe(const TaskRuns& champion, const TaskRuns& candidate) const {
    const auto either = [](const std::string& a, const std::string& b) {
      return a.empty() ? b : a;
    };
    PairedTask task;
    task.suite = either(champion.key().suite, candidate.key().suite);
    task.stratum = either(champion.key().stratum, candidate.key().stratum);
    task.family = either(champion.key().family, candidate.key().family);
    task.task_id = champion.key().task_id;
    task.version = either(champion.first().task_version, candidate.first().task_version);
    return task;
  }

  static double MeanScore(const std::vector<const RecordedRun*>& runs) {
    double sum = 0;
    for (const RecordedRun* run : runs) sum += run->record.outcome.score;
    return sum / static_cast<double>(runs.size());
  }

  void CountTable(const PairedTask& task, const MatchedRuns& matched) {
    if (!out_.table_of_trials) {
      return CountPair(task, 0, task.champion, task.candidate);
    }
    for (const auto& [a, b] : matched.complete_pairs) {
      CountPair(task, a->record.key.trial, a->record.outcome.score, b->record.outcome.score);
    }
  }

  void CountPair(const PairedTask& task, std::int64_t trial, double champion, double candidate) {
    PairTable& table = out_.table;
    ++table.n;
    if (champion == candidate) {
      ++(champion > 0 ? table.both : table.neither);
      return;
    }
    const bool gained = candidate > champion;
    ++(gained ? table.only_candidate : table.only_champion);
    out_.flips.push_back({task.task_id, task.family, task.stratum, trial, gained});
  }

  void AddAmounts(const MatchedRuns& matched) {
    const Amounts champion = AmountsOf(matched.champion);
    const Amounts candidate = AmountsOf(matched.candidate);
    for (std::size_t i = 0; i < kAmounts.size(); ++i) {
      if (champion[i].known == 0 || candidate[i].known == 0) continue;
      PairedAmounts& pairs = out_.amounts[kAmounts[i]];
      pairs.champion.push_back(champion[i].mean());
      pairs.candidate.push_back(candidate[i].mean());
    }
  }

  // Guards that watched some run of this task on either side. The cluster is set by NumberClusters.
  void AddGuards(const MatchedRuns& matched) {
    std::set<std::string> names;
    for (const auto* runs : {&matched.champion, &matched.candidate}) {
      for (const RecordedRun* run : *runs) {
        const auto& watched = run->record.outcome.watched_guards;
        names.insert(watched.begin(), watched.end());
      }
    }
    for (const std::string& name : names) AddGuard(name, matched, out_.guards[name]);
  }

  void AddGuard(const std::string& name, const MatchedRuns& matched, PairedGuard& guard) {
    Amount champion;
    Amount candidate;
    for (const RecordedRun* run : matched.champion) {
      if (Watches(*run, name)) champion.Add(Violates(*run, name) ? 1 : 0);
    }
    for (const RecordedRun* run : matched.candidate) {
      if (Watches(*run, name)) candidate.Add(Violates(*run, name) ? 1 : 0);
    }
    guard.exposure += candidate.known;
    guard.champion_violations += static_cast<std::int64_t>(champion.sum);
    guard.candidate_violations += static_cast<std::int64_t>(candidate.sum);
    if (champion.known == 0 || candidate.known == 0) {
      guard.unwatched_tasks += champion.known > 0 ? 1 : 0;
      return;
    }
    guard.scores.champion.push_back(1 - champion.mean());
    guard.scores.candidate.push_back(1 - candidate.mean());
    guard.scores.clusters.push_back(static_cast<std::int64_t>(clusters_.size()) - 1);
    for (const auto& [a, b] : matched.complete_pairs) {
      if (Watches(*a, name) && Watches(*b, name)) {
        CountViolations(Violates(*a, name), Violates(*b, name), guard.table);
      }
    }
  }

  static void CountViolations(bool champion, bool candidate, PairTable& table) {
    ++table.n;
    ++(champion ? (candidate ? table.both : table.only_champion)
                : (candidate ? table.only_candidate : table.neither));
  }

  // A task alone is its own cluster, also where its name occurs in another stratum or suite.
  static std::string ClusterName(const TaskRuns& champion, const TaskRuns& candidate,
                                 const PairedTask& task) {
    const std::string& a = champion.key().cluster_id;
    const std::string& cluster = a.empty() ? candidate.key().cluster_id : a;
    if (!cluster.empty()) return "c\n" + task.suite + "\n" + cluster;
    return "t\n" + task.suite + "\n" + task.stratum + "\n" + task.version + "\n" + task.task_id;
  }

  void NumberClusters() {
    std::map<std::string_view, std::int64_t> numbers;
    std::vector<std::int64_t> of_task;
    of_task.reserve(clusters_.size());
    for (const std::string& name : clusters_) {
      of_task.push_back(
          numbers.try_emplace(name, static_cast<std::int64_t>(numbers.size())).first->second);
    }
    for (std::size_t i = 0; i < out_.tasks.size(); ++i) out_.tasks[i].cluster = of_task[i];
    for (auto& [name, guard] : out_.guards) {
      for (std::int64_t& cluster : guard.scores.clusters) {
        cluster = of_task[static_cast<std::size_t>(cluster)];
      }
    }
    out_.clusters = static_cast<std::int64_t>(numbers.size());
    out_.clustered = numbers.size() < out_.tasks.size();
  }

  KeyFields fields_;
  bool by_trial_;
  std::vector<TaskRuns> champion_tasks_;
  std::vector<TaskRuns> candidate_tasks_;
  std::vector<std::string> clusters_;  // by task
  Pairing out_;
};

template <typename Keep>
stats::PairedScores SelectScores(const Pairing& pairing, const Keep& keep) {
  stats::PairedScores scores;
  for (const PairedTask& task : pairing.tasks) {
    if (!keep(task)) continue;
    scores.champion.push_back(task.champion);
    scores.candidate.push_back(task.candidate);
    if (pairing.clustered) scores.clusters.push_back(task.cluster);
  }
  return scores;
}

}  // namespace

double UnpairedRuns::share() const {
  if (champion_runs == 0) return 0;
  return static_cast<double>(champion_without_pair) / static_cast<double>(champion_runs);
}

Pairing PairRecorded(const RecordedOutcomes& champion, const RecordedOutcomes& candidate) {
  return Pairer(champion, candidate).Run();
}

stats::PairedScores ScoresOf(const Pairing& pairing) {
  return SelectScores(pairing, [](const PairedTask&) { return true; });
}

stats::PairedScores ScoresOfStratum(const Pairing& pairing, const std::string& stratum) {
  return SelectScores(pairing,
                      [&stratum](const PairedTask& task) { return task.stratum == stratum; });
}

}  // namespace kedge::gate
