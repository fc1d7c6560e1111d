#include "harness/gate/pair_evidence.h"

#include <algorithm>

#include "guards/review.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/stats/ratio.h"

namespace kedge::gate {
namespace {

constexpr double kDescriptiveLevel = 0.90;

template <typename Counts>
void CountPair(Counts& counts, bool champion, bool candidate) {
  ++(champion ? (candidate ? counts.both : counts.only_champion)
              : (candidate ? counts.only_candidate : counts.neither));
}

bool Holds(const std::map<std::string, int>& counts, const std::string& guard) {
  const auto it = counts.find(guard);
  return it != counts.end() && it->second > 0;
}

// By a violation or, for a rule in shadow mode, by what would have been one; no rule has both.
bool Spoke(const trace::Outcome& outcome, const std::string& guard) {
  return Holds(outcome.violations, guard) || Holds(outcome.shadow_findings, guard);
}

ResourceUse Summarize(const std::string& name, const std::vector<double>& champion,
                      const std::vector<double>& candidate) {
  ResourceUse use{name, stats::Mean(champion), stats::Mean(candidate), {}, {}, {}};
  if (champion.size() < 2 || use.champion <= 0) return use;
  const stats::RatioOfMeans ratio = stats::RatioOfPairedMeans(candidate, champion, 0.95);
  use.ratio = ratio.ratio;
  if (ratio.fieller_g < 1) {
    use.ratio_low = ratio.fieller.low;
    use.ratio_high = ratio.fieller.high;
  }
  return use;
}

}  // namespace

double Difference(const run::PairOutcome& pair, bool use_score) {
  if (use_score) return pair.candidate.score - pair.champion.score;
  return static_cast<double>(pair.candidate.success) - static_cast<double>(pair.champion.success);
}

PairEvidence::PairEvidence(std::shared_ptr<const suite::Suite> suite, bool use_score)
    : suite_(std::move(suite)), use_score_(use_score) {}

double PairEvidence::Add(const run::PairOutcome& pair) {
  ++drops_.planned;
  const suite::Task& task = suite_->tasks()[pair.spec.task_index];
  const trace::Outcome& champion = pair.champion;
  const trace::Outcome& candidate = pair.candidate;
  ++table_.n;
  CountPair(table_, champion.success, candidate.success);
  FamilyCounts& family = families_[task.family];
  family.stratum = task.stratum;
  CountPair(family, champion.success, candidate.success);
  if (champion.success != candidate.success) {
    flips_.push_back({task.id, task.family, task.stratum, pair.spec.trial, candidate.success});
  }
  CountGuards(champion, candidate);
  CountResources(champion, candidate);
  const double difference = Difference(pair, use_score_);
  seen_.push_back(
      {pair.spec.task_index, pair.spec.trial, difference, champion.success, candidate.success});
  return difference;
}

void PairEvidence::AddDropped(const run::PairOutcome& pair) {
  const bool champion = pair.champion.status == trace::EpisodeStatus::kMissing;
  const bool candidate = pair.candidate.status == trace::EpisodeStatus::kMissing;
  ++table_.dropped;
  ++drops_.planned;
  drops_.champion_missing += champion ? 1 : 0;
  drops_.candidate_missing += candidate ? 1 : 0;
  drops_.both_missing += champion && candidate ? 1 : 0;
}

void PairEvidence::CountGuards(const trace::Outcome& champion, const trace::Outcome& candidate) {
  for (const std::string& guard : candidate.watched_guards) {
    GuardCounts& counts = guards_[guard];
    ++counts.exposure;
    counts.champion += Spoke(champion, guard) ? 1 : 0;
    counts.candidate += Spoke(candidate, guard) ? 1 : 0;
  }
}

void PairEvidence::CountResources(const trace::Outcome& champion, const trace::Outcome& candidate) {
  const auto add = [&](const std::string& name, double a, double b) {
    PairedValues& values = resources_[name];
    values.champion.push_back(a);
    values.candidate.push_back(b);
  };
  const auto tokens = [](const trace::Outcome& o) {
    return static_cast<double>(o.input_tokens + o.output_tokens);
  };
  if (champion.has_cost && candidate.has_cost) add("cost", champion.cost, candidate.cost);
  if (tokens(champion) + tokens(candidate) > 0) add("tokens", tokens(champion), tokens(candidate));
  add("steps", static_cast<double>(champion.steps), static_cast<double>(candidate.steps));
  add("tool_calls", static_cast<double>(champion.tool_calls),
      static_cast<double>(candidate.tool_calls));
  add("latency_seconds", champion.latency_seconds, candidate.latency_seconds);
}

std::vector<FamilyEffect> PairEvidence::Families() const {
  std::vector<FamilyEffect> effects;
  for (const suite::Stratum& stratum : suite_->strata()) {
    for (const std::string& name : stratum.families) {
      const auto it = families_.find(name);
      if (it == families_.end()) continue;
      const FamilyCounts& c = it->second;
      const stats::PairedCounts counts{c.both, c.only_champion, c.only_candidate, c.neither};
      const double n = static_cast<double>(counts.total());
      const stats::PairedDifference delta = stats::Newcombe10(counts, kDescriptiveLevel);
      effects.push_back(
          {name,
           c.stratum,
           counts.total(),
           static_cast<double>(c.both + c.only_champion) / n,
           static_cast<double>(c.both + c.only_candidate) / n,
           {delta.difference, delta.interval.low, delta.interval.high, kDescriptiveLevel}});
    }
  }
  return effects;
}

std::vector<GuardCount> PairEvidence::Guards(const guards::Policy& policy,
                                             const std::vector<std::string>& hard_ids) const {
  std::vector<GuardCount> rows;
  for (const std::string& id : policy.rule_ids()) {
    const guards::RuleSummary rule = guards::SummaryOf(policy, id);
    GuardCount row;
    row.id = id;
    row.why = rule.why;
    row.severity = rule.severity;
    row.effect = rule.verdict;
    row.hard = std::find(hard_ids.begin(), hard_ids.end(), id) != hard_ids.end();
    row.shadow = rule.shadow;
    if (const auto it = guards_.find(id); it != guards_.end() && it->second.exposure > 0) {
      row.exposure = it->second.exposure;
      row.champion_violations = it->second.champion;
      row.candidate_violations = it->second.candidate;
      // A one-sided 95 % limit is the upper end of the two-sided 90 % interval.
      row.candidate_rate_upper =
          stats::ClopperPearsonInterval(row.candidate_violations, row.exposure, 0.90).high;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<ResourceUse> PairEvidence::Resources() const {
  std::vector<ResourceUse> uses;
  for (const auto& [name, values] : resources_) {
    uses.push_back(Summarize(name, values.champion, values.candidate));
  }
  return uses;
}

std::int64_t PairEvidence::CandidateViolations(const std::string& guard) const {
  const auto it = guards_.find(guard);
  return it == guards_.end() ? 0 : it->second.candidate;
}

std::int64_t PairEvidence::Exposure(const std::string& guard) const {
  const auto it = guards_.find(guard);
  return it == guards_.end() ? 0 : it->second.exposure;
}

}  // namespace kedge::gate
