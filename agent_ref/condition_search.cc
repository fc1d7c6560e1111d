#include "agent_ref/condition_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "agent_ref/code_length.h"
#include "agent_ref/condition_fields.h"

namespace kedge::agent_ref {
namespace {

using stats::TwoByTwo;

constexpr double kNever = 0.02;  // no rate is taken to be lower, or nearer to 1

/// Trials about one tool and error class.
using PlaceKey = std::tuple<Link, std::string, std::string>;

struct Place {
  std::vector<const Trial*> trials;
  std::vector<Field> fields;
  std::int64_t tests = 0;
};

struct Candidate {
  const Field* field = nullptr;
  Condition condition;
  double cost = 0;    // bits to name it
  double length = 0;  // of the description with it
  double saved = 0;   // against the shortest one without it
  std::int64_t searched = 1;
  TwoByTwo elsewhere;
};

std::map<PlaceKey, Place> PlacesOf(const std::vector<Trial>& trials, const ConditionNeeds& needs) {
  std::map<PlaceKey, Place> places;
  for (const Trial& trial : trials) {
    if (trial.link == Link::kFirstCall || !trial.situation.is_object()) continue;
    const Link link = trial.link == Link::kSpoils ? Link::kRecovery : trial.link;
    places[{link, trial.tool, trial.error}].trials.push_back(&trial);
  }
  for (auto& [key, place] : places) {
    // The order of trials must not matter, not even for sums of logarithms.
    std::stable_sort(place.trials.begin(), place.trials.end(),
                     [](const Trial* a, const Trial* b) { return a->view->id < b->view->id; });
    place.fields = FieldsOf(place.trials, needs.min_support, needs.min_families);
    for (const Field& field : place.fields) place.tests += field.Tests();
  }
  return places;
}

// The remedies that were tried at a place, with the episodes in which they were seen to help.
std::map<Hypothesis, std::set<const EpisodeView*>> RemediesAt(const PlaceKey& key,
                                                              const Place& place) {
  std::map<Hypothesis, std::set<const EpisodeView*>> remedies;
  for (const Trial* trial : place.trials) {
    const auto note = [&](const std::string& helper, const std::string& value) {
      auto& helped =
          remedies[{std::get<0>(key), std::get<1>(key), std::get<2>(key), helper, value}];
      if (trial->good) helped.insert(trial->view);
    };
    for (const std::string& helper : trial->helpers) note(helper, "");
    for (const auto& [argument, value] : trial->settings) note(argument, value);
    if (trial->refused) note("", "");
  }
  return remedies;
}

// So that nothing hangs on the last digits of a logarithm.
double Millionths(double bits) { return std::round(bits * 1e6) / 1e6; }

// Bits of a table if the remedy adds `gain` to the rate that is seen without it.
double BitsWithGain(const TwoByTwo& table, double gain) {
  const double without = (static_cast<double>(table.unexposed_successes) + 0.5) /
                         (static_cast<double>(table.unexposed_trials) + 1);
  const double with = std::clamp(without + gain, kNever, 1 - kNever);
  const auto good = static_cast<double>(table.exposed_successes);
  const auto bad = static_cast<double>(table.exposed_trials) - good;
  return OutcomeBits(table.unexposed_successes, table.unexposed_trials) - good * std::log2(with) -
         bad * std::log2(1 - with);
}

/// Looks for the condition of one remedy at one place.
class Search {
 public:
  Search(const Place& place, const Hypothesis& remedy, const ConditionNeeds& needs)
      : place_(place), needs_(needs) {
    for (const Trial* trial : place.trials) {
      const bool counts = trial->unclear.count(remedy.helper) == 0;
      const bool with = HasRemedy(*trial, remedy);
      observed_.counts.push_back(counts ? 1 : 0);
      observed_.with.push_back(with ? 1 : 0);
      observed_.good.push_back(trial->good ? 1 : 0);
      if (counts) all_.Add(with, trial->good);
    }
  }

  std::optional<Candidate> Run() const {
    std::optional<Candidate> best = BestField(nullptr);
    if (!best) return std::nullopt;
    const std::optional<Candidate> narrower = BestField(&*best);
    if (narrower && narrower->saved >= needs_.min_bits &&
        narrower->length + needs_.min_bits <= best->length)
      best = narrower;
    if (best->saved < needs_.min_bits) return std::nullopt;
    return best;
  }

 private:
  // Of one field the test that makes the shortest description; of all fields the one that saves the
  // most, for a field may matter by itself.
  std::optional<Candidate> BestField(const Candidate* base) const {
    Observed observed = observed_;
    for (std::size_t i = 0; base != nullptr && i < observed.counts.size(); ++i) {
      if (!base->condition.Holds(place_.trials[i]->situation)) observed.counts[i] = 0;
    }
    std::optional<Candidate> best;
    for (const Field& field : place_.fields) {
      if (base != nullptr && base->field == &field) continue;
      std::optional<Candidate> candidate;
      for (const FieldTest& test : TestsOf(field, observed)) Keep(candidate, field, test, base);
      if (candidate && (!best || candidate->saved > best->saved)) best = std::move(candidate);
    }
    return best;
  }

  void Keep(std::optional<Candidate>& best, const Field& field, const FieldTest& test,
            const Candidate* base) const {
    const TwoByTwo& within = test.within;
    const TwoByTwo elsewhere = Minus(all_, within);
    const bool helps = within.RateDifference() >= needs_.min_effect &&
                       within.exposed_successes >= needs_.min_support;
    if (!helps || elsewhere.exposed_trials < needs_.min_support) return;
    if (HelpsElsewhere(elsewhere)) return;
    const double cost = test.bits + ChoiceBits(static_cast<std::int64_t>(place_.fields.size())) +
                        (base != nullptr ? base->cost : 0);
    const double length = Length(within, elsewhere, cost);
    if (best && length >= best->length) return;
    const double saved = OtherLength(within, elsewhere, cost) - length;
    best = Candidate{&field, test.condition, cost, length, saved, place_.tests, elsewhere};
    if (base == nullptr) return;
    best->condition = base->condition.And(test.condition);
    best->searched *= place_.tests;
  }

  // It helps elsewhere as well, as far as can be told.
  bool HelpsElsewhere(const TwoByTwo& elsewhere) const {
    return elsewhere.RateDifference() >= needs_.min_effect &&
           SplitBits(elsewhere) < PooledBits(elsewhere);
  }

  // Bits to say "it helps here and not elsewhere". One of them says whether it is split elsewhere.
  static double Length(const TwoByTwo& within, const TwoByTwo& elsewhere, double cost) {
    return Millionths(cost + 1 + SplitBits(within) +
                      std::min(PooledBits(elsewhere), SplitBits(elsewhere)));
  }

  // How long it takes to say anything else about it.
  double OtherLength(const TwoByTwo& within, const TwoByTwo& elsewhere, double cost) const {
    const double only_field = cost + PooledBits(within) + PooledBits(elsewhere);
    const double both = cost + SplitBits(within) + BitsWithGain(elsewhere, within.RateDifference());
    return Millionths(std::min({PooledBits(all_), SplitBits(all_), only_field, both}));
  }

  const Place& place_;
  const ConditionNeeds& needs_;
  Observed observed_;
  TwoByTwo all_;
};

}  // namespace

ConditionSearch ConditionalFindings(const std::vector<Trial>& trials, const ConditionNeeds& needs) {
  ConditionSearch search;
  for (const auto& [key, place] : PlacesOf(trials, needs)) {
    if (place.fields.empty()) continue;
    for (const auto& [remedy, helped] : RemediesAt(key, place)) {
      ++search.remedies;
      if (static_cast<std::int64_t>(helped.size()) < needs.min_support) continue;
      const std::optional<Candidate> found = Search(place, remedy, needs).Run();
      if (!found) continue;
      Hypothesis hypothesis = remedy;
      hypothesis.condition = found->condition;
      Finding finding = Judge(hypothesis, trials, {});
      finding.searched = found->searched;
      finding.p = std::min(1.0, finding.p * static_cast<double>(found->searched));
      finding.bits_saved = found->saved;
      finding.elsewhere = found->elsewhere;
      search.findings.push_back(std::move(finding));
    }
  }
  return search;
}

}  // namespace kedge::agent_ref
