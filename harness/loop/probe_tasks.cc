#include "harness/loop/probe_tasks.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "harness/core/random.h"

namespace kedge::loop {
namespace {

constexpr std::size_t kNamedByOne = 3;  // as many as a learner names (harness/strategy/README.md)

using TaskIndices = std::vector<std::size_t>;

// Evidence is any object, whoever wrote it: what is no list of tasks names none.
std::vector<std::string> TasksNamedBy(const strategy::Guideline& guideline) {
  std::vector<std::string> names;
  if (!guideline.evidence.is_object()) return names;
  const auto probes = guideline.evidence.find("probes");
  if (probes == guideline.evidence.end() || !probes->is_array()) return names;
  for (const Json& probe : *probes) {
    if (!probe.is_object() || names.size() == kNamedByOne) continue;
    const auto task = probe.find("task");
    if (task != probe.end() && task->is_string()) names.push_back(task->get<std::string>());
  }
  return names;
}

/// The set while it is made.
class ProbeSet {
 public:
  ProbeSet(const suite::Suite& suite, const ProbeChoice& choice) : suite_(suite), choice_(choice) {
    SortFamilies();
  }

  TaskIndices Choose() && {
    std::array<std::vector<std::vector<std::string>>, 2> names;  // of protected ones, of others
    for (const strategy::Guideline& guideline : choice_.champion.guidelines()) {
      const bool is_protected = IsProtected(guideline);
      if (!is_protected && guideline.status != "active") continue;
      names[is_protected ? 0 : 1].push_back(TasksNamedBy(guideline));
    }
    const std::size_t most_named = (choice_.wanted + 1) / 2;
    for (const auto& group : names) TakeNamed(group, most_named);
    TakeFamilies();
    return std::move(probes_);
  }

 private:
  bool IsProtected(const strategy::Guideline& guideline) const {
    const auto& ids = choice_.protected_guidelines;
    return std::find(ids.begin(), ids.end(), guideline.id) != ids.end();
  }

  bool IsUsable(const suite::Task& task) const {
    return task.split == "dev" || (!choice_.dev_only && task.split == "gate");
  }

  void Take(std::size_t task, std::size_t most) {
    if (probes_.size() < most && taken_.insert(task).second) probes_.push_back(task);
  }

  void TakeNamed(const std::vector<std::vector<std::string>>& of_guidelines, std::size_t most) {
    for (std::size_t round = 0; round < kNamedByOne; ++round) {
      for (const std::vector<std::string>& names : of_guidelines) {
        if (round >= names.size()) continue;
        const auto task = suite_.FindTask(names[round]);
        if (task && IsUsable(suite_.tasks()[*task])) Take(*task, most);
      }
    }
  }

  // Each family's tasks in an order of their own; families of protected guidelines' sources first.
  void SortFamilies() {
    std::set<std::string> first;
    for (const strategy::Guideline& guideline : choice_.champion.guidelines()) {
      if (!IsProtected(guideline)) continue;
      for (const strategy::GuidelineSource& source : guideline.sources) first.insert(source.family);
    }
    for (std::size_t i = 0; i < suite_.tasks().size(); ++i) {
      const suite::Task& task = suite_.tasks()[i];
      if (IsUsable(task)) families_[first.contains(task.family) ? 0 : 1][task.family].push_back(i);
    }
    Random random(DeriveSeed(0, "probes/" + suite_.digest()));
    for (auto& group : families_) {
      for (auto& [family, tasks] : group) random.Shuffle(tasks);
    }
  }

  void TakeFamilies() {
    for (std::size_t round = 0; round < suite_.tasks().size(); ++round) {
      for (const auto& group : families_) {
        for (const auto& [family, tasks] : group) {
          if (round < tasks.size()) Take(tasks[round], choice_.wanted);
        }
      }
    }
  }

  const suite::Suite& suite_;
  const ProbeChoice& choice_;
  std::array<std::map<std::string, TaskIndices>, 2> families_;
  TaskIndices probes_;
  std::set<std::size_t> taken_;
};

}  // namespace

bool NamesProbes(const strategy::Strategy& champion) {
  return std::any_of(
      champion.guidelines().begin(), champion.guidelines().end(),
      [](const strategy::Guideline& guideline) { return !TasksNamedBy(guideline).empty(); });
}

TaskIndices ChooseProbeTasks(const suite::Suite& suite, const ProbeChoice& choice) {
  return ProbeSet(suite, choice).Choose();
}

}  // namespace kedge::loop
