#include "harness/agent/recorded/recorded_picks.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "harness/core/document.h"

namespace kedge::agent {
namespace {

constexpr std::size_t kNamesShown = 8;
constexpr std::string_view kTrialPrefix = "trial=";

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kNamesShown ? text + ", ..." : text;
}

std::optional<std::int64_t> TrialOf(std::string_view pick) {
  if (!pick.starts_with(kTrialPrefix)) return std::nullopt;
  pick.remove_prefix(kTrialPrefix.size());
  std::int64_t trial = 0;
  const auto [end, error] = std::from_chars(pick.data(), pick.data() + pick.size(), trial);
  if (error != std::errc() || end != pick.data() + pick.size()) return std::nullopt;
  return trial;
}

template <typename Keep>
std::size_t KeepIf(std::vector<RecordedRun>& runs, Keep keep) {
  std::vector<RecordedRun> kept;
  for (RecordedRun& run : runs) {
    if (keep(run)) kept.push_back(std::move(run));
  }
  runs = std::move(kept);
  return runs.size();
}

// What tells runs of a file apart.
auto IdentityOf(const RecordedRun& run) {
  const trace::EpisodeKey& key = run.record.key;
  return std::tie(key.task_id, key.stratum, key.trial, key.suite, run.task_version);
}

struct IdentityHash {
  std::size_t operator()(const RecordedRun* run) const {
    const trace::EpisodeKey& key = run->record.key;
    // Task and trial nearly always tell runs apart; equality looks at the rest.
    return std::hash<std::string>()(key.task_id) ^
           std::hash<std::int64_t>()(key.trial) * 0x9E3779B97F4A7C15U;
  }
};

struct SameIdentity {
  bool operator()(const RecordedRun* a, const RecordedRun* b) const {
    return IdentityOf(*a) == IdentityOf(*b);
  }
};

}  // namespace

Error NeedsPick(const std::string& path, std::vector<std::string> subjects) {
  return std::move(BadData("holds " + std::to_string(subjects.size()) +
                           " subjects; pick one with FILE#SUBJECT: " + Listed(subjects))
                       .At(path));
}

Error NoSuchPick(const std::string& path, const std::string& pick, std::vector<std::string> known) {
  const std::string nearest = NearestWord(pick, known);
  std::string message = "holds no subject, stratum or trial \"" + pick + "\"";
  message += nearest.empty() ? "; it has: " + Listed(known) : "; did you mean \"" + nearest + "\"?";
  return std::move(BadData(std::move(message)).At(path));
}

void ApplyPick(const std::string& path, const std::string& pick, std::vector<RecordedRun>& runs) {
  std::set<std::string> subjects;
  std::set<std::string> strata;
  for (const RecordedRun& run : runs) {
    subjects.insert(run.record.subject);
    strata.insert(run.record.key.stratum);
  }
  if (subjects.count(pick) > 0) {
    KeepIf(runs, [&pick](const RecordedRun& run) { return run.record.subject == pick; });
    return;
  }
  if (strata.count(pick) > 0) {
    KeepIf(runs, [&pick](const RecordedRun& run) { return run.record.key.stratum == pick; });
    return;
  }
  const std::optional<std::int64_t> trial = TrialOf(pick);
  std::vector<std::string> known(subjects.begin(), subjects.end());
  known.insert(known.end(), strata.begin(), strata.end());
  std::erase(known, "");
  const auto is_trial = [&trial](const RecordedRun& run) { return run.record.key.trial == *trial; };
  if (!trial || KeepIf(runs, is_trial) == 0) throw NoSuchPick(path, pick, std::move(known));
  for (RecordedRun& run : runs) run.record.key.trial = 0;
}

std::string OnlySubject(const std::string& path, const std::vector<RecordedRun>& runs) {
  std::vector<std::string> subjects;
  for (const RecordedRun& run : runs) {
    const std::string& subject = run.record.subject;
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) {
      subjects.push_back(subject);
    }
  }
  if (subjects.size() > 1) throw NeedsPick(path, subjects);
  return subjects.empty() ? std::string() : subjects[0];
}

void RefuseRepeats(const std::string& path, const std::vector<RecordedRun>& runs) {
  std::unordered_set<const RecordedRun*, IdentityHash, SameIdentity> seen(runs.size());
  const RecordedRun* repeat = nullptr;
  for (const RecordedRun& run : runs) {
    if (!seen.insert(&run).second && (repeat == nullptr || run.line < repeat->line)) repeat = &run;
  }
  if (repeat == nullptr) return;
  const std::string& task = repeat->record.key.task_id;
  const std::string again = "task \"" + task + "\" occurs again";
  std::string message =
      repeat->has_trial
          ? again + " with trial " + std::to_string(repeat->record.key.trial)
          : again + ": repeats carry no id; give each a `trial` number, counted from 0";
  throw std::move(
      BadData(std::move(message)).At(path, repeat->line, repeat->has_trial ? "trial" : "task_id"));
}

}  // namespace kedge::agent
