#include "harness/drift/features.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "harness/stats/ratio.h"

namespace kedge::drift {
namespace {

constexpr std::size_t kMaxMoved = 5;
constexpr std::size_t kMaxExamples = 3;
constexpr double kRareCount = 5;
constexpr const char* kNoTool = "(no tool)";
constexpr const char* kOther = "OTHER";

using Counts = std::map<std::string, double>;

/// Builds run-normalised shares over named cells.
class ShareTable {
 public:
  explicit ShareTable(CellShares& out) : out_(out) {}

  void AddRun(const Counts& counts) {
    double total = 0;
    for (const auto& [name, count] : counts) total += count;
    out_.runs.emplace_back();
    for (const auto& [name, count] : counts)
      out_.runs.back().emplace_back(Cell(name), count / total);
  }

 private:
  std::uint32_t Cell(const std::string& name) {
    const auto [it, is_new] = cells_.emplace(name, static_cast<std::uint32_t>(out_.names.size()));
    if (is_new) out_.names.push_back(name);
    return it->second;
  }

  CellShares& out_;
  std::map<std::string, std::uint32_t> cells_;
};

Counts ToolCounts(const Behaviour& run) {
  Counts counts;
  for (const Scope& scope : run.scopes) counts[scope.tool] += 1;
  if (counts.empty()) counts[kNoTool] = 1;
  return counts;
}

Counts BigramCounts(const Behaviour& run) {
  Counts counts;
  std::string before = "^";
  for (const std::string& action : run.actions) {
    counts[before + " " + action] += 1;
    before = action;
  }
  counts[before + " $"] += 1;
  return counts;
}

double ArmMean(const std::vector<double>& values, std::span<const double> weights, bool candidate) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if ((weights[i] > 0) == candidate) sum += std::fabs(weights[i]) * values[i];
  }
  return sum;
}

/// Logarithms; zeros count as half of the smallest positive value, whichever arm has it.
std::vector<double> Logs(const std::vector<double>& values, const std::vector<double>& weights) {
  double smallest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (weights[i] != 0 && values[i] > 0 && (smallest == 0 || values[i] < smallest)) {
      smallest = values[i];
    }
  }
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value > 0 ? value : smallest / 2));
  return logs;
}

/// Centred and scaled over the used runs of both arms; empty when nothing varies.
std::vector<double> Standardised(const std::vector<double>& values,
                                 const std::vector<double>& weights) {
  double mean = 0, squares = 0, n = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (weights[i] == 0) continue;
    n += 1;
    const double gap = values[i] - mean;
    mean += gap / n;
    squares += gap * (values[i] - mean);
  }
  if (!(squares > 0)) return {};
  const double sd = std::sqrt(squares / n);
  std::vector<double> result;
  for (const double value : values) result.push_back((value - mean) / sd);
  return result;
}

std::vector<MovedShare> LargestMoves(const CellShares& shares, const std::vector<double>& champion,
                                     const std::vector<double>& candidate) {
  std::vector<MovedShare> moved;
  for (std::size_t c = 0; c < shares.names.size(); ++c) {
    if (champion[c] != candidate[c]) moved.push_back({shares.names[c], champion[c], candidate[c]});
  }
  std::sort(moved.begin(), moved.end(), [](const MovedShare& a, const MovedShare& b) {
    const double first = std::fabs(a.candidate - a.champion);
    const double second = std::fabs(b.candidate - b.champion);
    return first != second ? first > second : a.name < b.name;
  });
  if (moved.size() > kMaxMoved) moved.resize(kMaxMoved);
  return moved;
}

}  // namespace

FeatureSet::FeatureSet(const std::vector<const Behaviour*>& runs, const Arrangement& arrangement,
                       bool paired, const DriftOptions& options)
    : runs_(runs), paired_(paired), options_(options), observed_(arrangement.Observed()) {
  const Thresholds& t = options.thresholds;
  AddTools(t.tools);
  AddPath(t.path);
  AddLogRatio(
      "steps", t.steps, [](const Behaviour& b) { return std::optional(b.steps); }, true);
  AddLogRatio(
      "output_tokens", t.output_tokens, [](const Behaviour& b) { return b.output_tokens; }, true);
  AddLogRatio(
      "cost", t.cost, [](const Behaviour& b) { return b.cost; }, true);
  AddLogRatio(
      "latency", t.latency, [](const Behaviour& b) { return b.latency_seconds; },
      options.latency_counts);
  AddDifference("refusal", t.refusal, [](const Behaviour& b) { return std::optional(b.refusal); });
  AddDifference("tool_error", t.tool_error,
                [](const Behaviour& b) { return std::optional(b.tool_error); });
  AddDifference("retry", t.retry, [](const Behaviour& b) { return std::optional(b.retry); });
  AddVector();
  AddScope(t.scope);
  AddDifference("judge", t.judge, [](const Behaviour& b) { return b.judge_gap; });
}

std::optional<std::vector<double>> FeatureSet::Values(OptionalGetter get) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const std::optional<double> value = get(*runs_[i]);
    if (!value && Used(i)) return std::nullopt;
    values.push_back(value.value_or(0));
  }
  return values;
}

void FeatureSet::AddDistribution(const char* name, double practical, const CellShares& shares) {
  std::vector<double> champion, candidate;
  shares.ArmShares(observed_, champion, candidate);
  Feature feature;
  feature.description.name = name;
  feature.description.runs = static_cast<std::int64_t>(runs_.size());
  feature.description.moved = LargestMoves(shares, champion, candidate);
  feature.practical = practical;
  feature.statistic = std::make_unique<CellDivergence>(shares);
  features_.push_back(std::move(feature));
  std::vector<double>& strength = strength_[name];
  for (const auto& run : shares.runs) {
    double sum = 0;
    for (const auto& [cell, share] : run) {
      sum += share * std::max(0.0, candidate[cell] - champion[cell]);
    }
    strength.push_back(sum);
  }
}

void FeatureSet::AddTools(double practical) {
  ShareTable table(tools_);
  for (const Behaviour* run : runs_) table.AddRun(ToolCounts(*run));
  AddDistribution("tools", practical, tools_);
}

void FeatureSet::AddPath(double practical) {
  std::vector<Counts> counts;
  Counts pooled;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    counts.push_back(BigramCounts(*runs_[i]));
    if (!Used(i)) continue;
    for (const auto& [bigram, count] : counts.back()) pooled[bigram] += count;
  }
  ShareTable table(path_);
  for (const Counts& run : counts) {
    Counts common;
    for (const auto& [bigram, count] : run) {
      common[pooled[bigram] < kRareCount ? kOther : bigram] += count;
    }
    table.AddRun(common);
  }
  AddDistribution("path", practical, path_);
}

void FeatureSet::AddScope(double practical) {
  ShareTable table(scope_);
  std::map<std::string, Scope> by_name;
  for (const Behaviour* run : runs_) {
    Counts counts;
    for (const Scope& scope : run->scopes) {
      const std::string name = ToString(scope);
      by_name.emplace(name, scope);
      counts[name] += 1;
    }
    table.AddRun(counts);
  }
  for (const std::string& name : scope_.names) {
    scopes_.push_back(by_name.at(name));
    known_scopes_.push_back(options_.allow.contains(scopes_.back().tool));
  }
  std::vector<double> champion, candidate;
  scope_.ArmShares(observed_, champion, candidate);
  Feature feature;
  feature.description.name = "scope";
  feature.description.runs = static_cast<std::int64_t>(runs_.size());
  feature.practical = practical;
  feature.statistic = std::make_unique<NewCellShare>(scope_, known_scopes_);
  feature.description.candidate = feature.statistic->At(observed_);
  features_.push_back(std::move(feature));
  std::vector<double>& strength = strength_["scope"];
  for (const auto& run : scope_.runs) {
    double sum = 0;
    for (const auto& [cell, share] : run) {
      if (!known_scopes_[cell] && champion[cell] == 0) sum += share;
    }
    strength.push_back(sum);
  }
}

void FeatureSet::AddLogRatio(const char* name, double practical, OptionalGetter get, bool counted) {
  const std::optional<std::vector<double>> values = Values(get);
  // Nothing but zeros in an arm: its source does not record this.
  if (!values || !(ArmMean(*values, observed_, false) > 0) ||
      !(ArmMean(*values, observed_, true) > 0)) {
    return;
  }
  std::vector<double> logs = Logs(*values, observed_);
  Feature feature;
  FeatureDrift& description = feature.description;
  description.name = name;
  description.counted = counted;
  description.runs = static_cast<std::int64_t>(runs_.size());
  description.champion = ArmMean(*values, observed_, false);
  description.candidate = ArmMean(*values, observed_, true);
  auto statistic = std::make_unique<MeanDifference>(logs);
  const double difference = statistic->Signed(observed_);
  description.ratio = std::exp(difference);
  FillRatioOfMeans(*values, description);
  feature.practical = practical;
  feature.statistic = std::move(statistic);
  features_.push_back(std::move(feature));
  std::vector<double>& strength = strength_[name];
  for (const double log : logs) strength.push_back(difference < 0 ? -log : log);
}

void FeatureSet::FillRatioOfMeans(const std::vector<double>& values,
                                  FeatureDrift& description) const {
  if (!paired_) return;
  struct TaskMean {
    double sum = 0, runs = 0;
  };
  std::map<std::string, TaskMean> champion, candidate;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (!Used(i)) continue;
    TaskMean& mean = (observed_[i] < 0 ? champion : candidate)[runs_[i]->task];
    mean.sum += values[i];
    mean.runs += 1;
  }
  std::vector<double> first, second;
  for (const auto& [task, mean] : champion) first.push_back(mean.sum / mean.runs);
  for (const auto& [task, mean] : candidate) second.push_back(mean.sum / mean.runs);
  if (first.size() < 2 || !(description.champion > 0)) return;
  const stats::RatioOfMeans ratio = stats::RatioOfPairedMeans(second, first, 0.95);
  description.ratio_of_means = ratio.ratio;
  if (std::isfinite(ratio.fieller.low) && std::isfinite(ratio.fieller.high)) {
    description.ratio_low = ratio.fieller.low;
    description.ratio_high = ratio.fieller.high;
  }
}

void FeatureSet::AddDifference(const char* name, double practical, OptionalGetter get) {
  const std::optional<std::vector<double>> values = Values(get);
  if (!values) return;
  Feature feature;
  feature.description.name = name;
  feature.description.runs = static_cast<std::int64_t>(runs_.size());
  feature.description.champion = ArmMean(*values, observed_, false);
  feature.description.candidate = ArmMean(*values, observed_, true);
  feature.practical = practical;
  feature.statistic = std::make_unique<MeanDifference>(*values);
  const bool falls = feature.description.candidate < feature.description.champion;
  features_.push_back(std::move(feature));
  std::vector<double>& strength = strength_[name];
  for (const double value : *values) strength.push_back(falls ? -value : value);
}

void FeatureSet::AddVector() {
  std::vector<std::vector<double>> columns;
  const auto add = [&](const std::optional<std::vector<double>>& values, bool logarithmic) {
    if (!values) return;
    if (logarithmic &&
        (!(ArmMean(*values, observed_, false) > 0) || !(ArmMean(*values, observed_, true) > 0))) {
      return;
    }
    std::vector<double> column =
        Standardised(logarithmic ? Logs(*values, observed_) : *values, observed_);
    if (!column.empty()) columns.push_back(std::move(column));
  };
  add(Values([](const Behaviour& b) { return std::optional(b.steps); }), true);
  add(Values([](const Behaviour& b) { return b.cost; }), true);
  add(Values([](const Behaviour& b) { return b.output_tokens; }), true);
  add(Values([](const Behaviour& b) { return std::optional(b.refusal); }), false);
  add(Values([](const Behaviour& b) { return std::optional(b.tool_error); }), false);
  if (columns.empty()) return;
  Feature feature;
  feature.description.name = "vector";
  feature.description.runs = static_cast<std::int64_t>(runs_.size());
  feature.statistic = std::make_unique<EnergyDistance>(columns);
  features_.push_back(std::move(feature));
}

std::vector<std::string> FeatureSet::Examples(const std::string& feature) const {
  const auto found = strength_.find(feature);
  if (found == strength_.end()) return {};
  const std::vector<double>& strength = found->second;
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (observed_[i] > 0) candidates.push_back(i);
  }
  std::sort(candidates.begin(), candidates.end(), [&](std::size_t a, std::size_t b) {
    return strength[a] != strength[b] ? strength[a] > strength[b]
                                      : runs_[a]->trace_id < runs_[b]->trace_id;
  });
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < candidates.size() && i < kMaxExamples; ++i) {
    ids.push_back(runs_[candidates[i]]->trace_id);
  }
  return ids;
}

void FeatureSet::FillNewScopes(DriftReport& report) const {
  constexpr std::size_t kMaxListed = 50;
  std::vector<double> champion, candidate;
  scope_.ArmShares(observed_, champion, candidate);
  std::map<std::uint32_t, NewScope> found;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (observed_[i] <= 0) continue;
    for (const auto& [cell, share] : scope_.runs[i]) {
      if (known_scopes_[cell] || champion[cell] > 0) continue;
      NewScope& entry = found[cell];
      entry.scope = scopes_[cell];
      entry.privileged = options_.privileged.contains(entry.scope.tool);
      entry.calls += std::llround(share * static_cast<double>(runs_[i]->scopes.size()));
      if (entry.example.empty() || runs_[i]->trace_id < entry.example) {
        entry.example = runs_[i]->trace_id;
      }
    }
  }
  for (auto& [cell, entry] : found) {
    if (entry.privileged) report.privileged_calls += entry.calls;
    report.new_scopes.push_back(std::move(entry));
  }
  std::sort(report.new_scopes.begin(), report.new_scopes.end(),
            [](const NewScope& a, const NewScope& b) {
              if (a.privileged != b.privileged) return a.privileged;
              return a.calls != b.calls ? a.calls > b.calls : a.scope < b.scope;
            });
  if (report.new_scopes.size() > kMaxListed) report.new_scopes.resize(kMaxListed);
}

}  // namespace kedge::drift
