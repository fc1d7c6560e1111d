#include "harness/trace/sampling/stratified_sampler.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::trace {
namespace {

constexpr std::int64_t kCoarseStrata = 8;
constexpr const char* kRest = "other";

}  // namespace

StratifiedSampler::StratifiedSampler(std::int64_t n, std::uint64_t seed)
    : n_(n),
      floors_((n + 1) / 2),
      max_strata_(std::max<std::int64_t>(1, floors_ / 2)),
      random_(seed),
      level_(floors_) {
  if (n < 1) throw UsageError("the sample needs at least 1 trace");
}

std::size_t StratifiedSampler::StratumIndex(const std::string& name, const std::string& coarse) {
  const auto found = index_.find(name);
  if (found != index_.end()) return found->second;
  const auto count = static_cast<std::int64_t>(strata_.size());
  // Places are kept for the coarser names, so that one of them is always free.
  if (count + kCoarseStrata + 1 < max_strata_) {
    // The name as it is.
  } else if (name != coarse) {
    return StratumIndex(coarse, coarse);
  } else if (count + 1 >= max_strata_ && name != kRest) {
    return StratumIndex(kRest, kRest);
  }
  strata_.push_back({name, 0, {}});
  return index_[name] = strata_.size() - 1;
}

void StratifiedSampler::DropLargest(std::set<Entry>& set) {
  const auto last = std::prev(set.end());
  const auto found = held_.find(last->second);
  if (--found->second.holders == 0) held_.erase(found);
  set.erase(last);
}

void StratifiedSampler::Hold(std::set<Entry>& set, const Entry& entry, std::int64_t capacity) {
  set.insert(entry);
  ++held_.at(entry.second).holders;
  if (static_cast<std::int64_t>(set.size()) > capacity) DropLargest(set);
}

void StratifiedSampler::LowerLevel() {
  --level_;
  for (Stratum& stratum : strata_) {
    if (stratum.size <= level_) continue;
    --poured_;
    DropLargest(stratum.floor);
  }
}

void StratifiedSampler::Add(Trace&& trace, const std::string& stratum, const std::string& coarse) {
  const std::size_t index = StratumIndex(stratum, coarse);
  const Entry entry{random_.Uniform(), seen_++};
  held_[entry.second] = {std::move(trace), index, 1};
  Hold(strata_[index].floor, entry, level_);
  if (++strata_[index].size <= level_) ++poured_;
  while (poured_ > floors_) LowerLevel();
  Hold(all_, entry, n_);
  const auto found = held_.find(entry.second);  // this call's own hold ends
  if (--found->second.holders == 0) held_.erase(found);
}

// In the order of priority a stratum's traces have the ranks 1, 2, ... in it.
std::vector<std::int64_t> StratifiedSampler::Allocate() const {
  std::vector<std::int64_t> drawn;
  for (const Stratum& stratum : strata_) drawn.push_back(std::min(stratum.size, level_));
  std::int64_t total = poured_;
  std::vector<std::int64_t> rank(strata_.size(), 0);
  for (const Entry& entry : all_) {
    const std::size_t stratum = held_.at(entry.second).stratum;
    if (++rank[stratum] <= drawn[stratum]) continue;
    if (total == n_) break;
    drawn[stratum] = rank[stratum];
    ++total;
  }
  return drawn;
}

StratifiedSample StratifiedSampler::Finish() {
  StratifiedSample sample;
  const std::vector<std::int64_t> drawn = Allocate();
  std::set<Entry> chosen;
  for (std::size_t s = 0; s < strata_.size(); ++s) {
    sample.strata.push_back({strata_[s].name, strata_[s].size, drawn[s]});
    chosen.insert(strata_[s].floor.begin(), strata_[s].floor.end());
  }
  std::vector<std::int64_t> rank(strata_.size(), 0);
  for (const Entry& entry : all_) {
    const std::size_t stratum = held_.at(entry.second).stratum;
    if (++rank[stratum] <= drawn[stratum]) chosen.insert(entry);
  }
  std::vector<std::int64_t> places;
  for (const Entry& entry : chosen) places.push_back(entry.second);
  std::sort(places.begin(), places.end());
  for (const std::int64_t place : places) {
    Held& held = held_.at(place);
    const SampledStratum& stratum = sample.strata[held.stratum];
    held.trace.inclusion_probability *=
        static_cast<double>(stratum.drawn) / static_cast<double>(stratum.size);
    sample.traces.push_back({std::move(held.trace), held.stratum});
  }
  return sample;
}

}  // namespace kedge::trace
