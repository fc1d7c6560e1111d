#include "harness/drift/arrangement.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "harness/core/error.h"

namespace kedge::drift {
namespace {

constexpr std::size_t kMaxEnumeratedUnits = 12;

using Runs = std::vector<std::uint32_t>;

/// Runs by a key, each list by trial, then by trace id: independent of the order in the archive.
std::map<std::string, Runs> GroupBy(std::span<const Behaviour> arm, std::uint32_t first,
                                    std::string Behaviour::*key) {
  std::map<std::string, Runs> groups;
  for (std::uint32_t i = 0; i < arm.size(); ++i) groups[arm[i].*key].push_back(i);
  for (auto& [name, runs] : groups) {
    std::sort(runs.begin(), runs.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(arm[a].trial, arm[a].trace_id, a) <
             std::tie(arm[b].trial, arm[b].trace_id, b);
    });
    for (std::uint32_t& run : runs) run += first;
  }
  return groups;
}

std::set<std::string> TasksOf(std::span<const Behaviour> arm) {
  std::set<std::string> tasks;
  for (const Behaviour& run : arm) tasks.insert(run.task);
  return tasks;
}

}  // namespace

Arrangement Arrangement::Paired(std::span<const Behaviour> champion,
                                std::span<const Behaviour> candidate) {
  Arrangement a;
  a.runs_ = champion.size() + candidate.size();
  const auto offset = static_cast<std::uint32_t>(champion.size());
  const auto first = GroupBy(champion, 0, &Behaviour::task);
  const auto second = GroupBy(candidate, offset, &Behaviour::task);
  // Key: cluster and the numbers of runs, so that a block's tasks have the same slots.
  std::map<std::tuple<std::string, std::size_t, std::size_t>, std::vector<Runs>> blocks;
  std::size_t used = 0;
  for (const auto& [task, runs] : first) {
    const auto partner = second.find(task);
    if (partner == second.end()) continue;
    ++a.tasks_;
    Runs all = runs;
    all.insert(all.end(), partner->second.begin(), partner->second.end());
    used += all.size();
    blocks[{champion[runs[0]].cluster, runs.size(), partner->second.size()}].push_back(
        std::move(all));
  }
  if (a.tasks_ == 0) throw BadData("the two archives have no task in common");
  a.left_out_ = static_cast<std::int64_t>(a.runs_ - used);
  a.as_champion_.assign(a.runs_, 0);
  a.as_candidate_.assign(a.runs_, 0);
  const auto tasks = static_cast<double>(a.tasks_);
  for (const auto& [key, members] : blocks) {
    const auto& [cluster, champions, candidates] = key;
    Block block;
    block.champions = champions;
    block.slots.resize(champions + candidates);
    for (const Runs& task : members) {
      for (std::size_t slot = 0; slot < task.size(); ++slot) {
        block.slots[slot].push_back(task[slot]);
        a.as_champion_[task[slot]] = -1 / (tasks * static_cast<double>(champions));
        a.as_candidate_[task[slot]] = 1 / (tasks * static_cast<double>(candidates));
      }
    }
    a.blocks_.push_back(std::move(block));
  }
  a.units_ = static_cast<std::int64_t>(a.blocks_.size());
  return a;
}

Arrangement Arrangement::Unpaired(std::span<const Behaviour> champion,
                                  std::span<const Behaviour> candidate) {
  if (champion.empty() || candidate.empty()) throw BadData("an archive has no run to compare");
  Arrangement a;
  a.runs_ = champion.size() + candidate.size();
  a.as_champion_.assign(a.runs_, 0);
  a.as_candidate_.assign(a.runs_, 0);
  const auto offset = static_cast<std::uint32_t>(champion.size());
  Block block;
  for (auto& [cluster, runs] : GroupBy(champion, 0, &Behaviour::cluster)) {
    block.slots.push_back(runs);
  }
  block.champions = block.slots.size();
  for (auto& [cluster, runs] : GroupBy(candidate, offset, &Behaviour::cluster)) {
    block.slots.push_back(runs);
  }
  const auto champions = static_cast<double>(block.champions);
  const auto candidates = static_cast<double>(block.slots.size() - block.champions);
  for (const Runs& slot : block.slots) {
    for (const std::uint32_t run : slot) {
      a.as_champion_[run] = -1 / (champions * static_cast<double>(slot.size()));
      a.as_candidate_[run] = 1 / (candidates * static_cast<double>(slot.size()));
    }
  }
  a.tasks_ = static_cast<std::int64_t>(TasksOf(champion).size() + TasksOf(candidate).size());
  a.units_ = static_cast<std::int64_t>(block.slots.size());
  a.blocks_.push_back(std::move(block));
  return a;
}

void Arrangement::Label(const std::vector<std::uint32_t>& slot, bool candidate,
                        std::span<double> weights) const {
  const std::vector<double>& as = candidate ? as_candidate_ : as_champion_;
  for (const std::uint32_t run : slot) weights[run] = as[run];
}

std::vector<double> Arrangement::Observed() const {
  std::vector<double> weights(runs_, 0);
  for (const Block& block : blocks_) {
    for (std::size_t s = 0; s < block.slots.size(); ++s) {
      Label(block.slots[s], s >= block.champions, weights);
    }
  }
  return weights;
}

void Arrangement::Shuffle(Random& random, std::span<double> weights) const {
  std::vector<std::uint32_t> order;
  for (const Block& block : blocks_) {
    if (block.slots.size() == 2 && block.champions == 1) {
      const bool swap = (random() & 1U) != 0;
      Label(block.slots[0], swap, weights);
      Label(block.slots[1], !swap, weights);
      continue;
    }
    order.resize(block.slots.size());
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = 0; i < block.champions; ++i) {
      std::swap(order[i], order[i + random.Below(order.size() - i)]);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      Label(block.slots[order[i]], i >= block.champions, weights);
    }
  }
}

std::optional<std::uint64_t> Arrangement::enumerable() const {
  if (blocks_.size() > kMaxEnumeratedUnits) return std::nullopt;
  for (const Block& block : blocks_) {
    if (block.slots.size() != 2 || block.champions != 1) return std::nullopt;
  }
  return std::uint64_t{1} << blocks_.size();
}

void Arrangement::Enumerate(std::uint64_t index, std::span<double> weights) const {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const bool swap = ((index >> b) & 1U) != 0;
    Label(blocks_[b].slots[0], swap, weights);
    Label(blocks_[b].slots[1], !swap, weights);
  }
}

double CommonTaskShare(std::span<const Behaviour> champion, std::span<const Behaviour> candidate) {
  const std::set<std::string> first = TasksOf(champion), second = TasksOf(candidate);
  const std::size_t smaller = std::min(first.size(), second.size());
  if (smaller == 0) return 0;
  const auto common = std::count_if(first.begin(), first.end(),
                                    [&](const std::string& task) { return second.contains(task); });
  return static_cast<double>(common) / static_cast<double>(smaller);
}

}  // namespace kedge::drift
