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

/// One remedy's trials at a place: which side each is on, and what came of it.
struct Outcomes {
  std::vector<char> counts;  // the trial says something about the remedy
  std::vector<char> with;
  std::vector<char> good;
  TwoByTwo all;
};

struct Candidate {
  const Field* field = nullptr;
  Condition condition;
  std::vector<char> inside;  // by trial of the place
  double cost = 0;           // bits to name it
  double length = 0;         // of the description with it
  double saved = 0;          // against the shortest one without it
  std::int64_t searched = 1;
  TwoByTwo elsewhere;
};

TwoByTwo Minus(const TwoByTwo& all, const TwoByTwo& part) {
  return {all.exposed_successes - part.exposed_successes, all.exposed_trials - part.exposed_trials,
          all.unexposed_successes - part.unexposed_successes,
          all.unexposed_trials - part.unexposed_trials};
}

std::map<PlaceKey, Place> PlacesOf(const std::vector<Trial>& trials, const ConditionNeeds& needs) {
  std::map<PlaceKey, Place> places;
  for (const Trial& trial : trials) {
    if (!trial.situation.is_object()) continue;
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
      outcomes_.counts.push_back(counts ? 1 : 0);
      outcomes_.with.push_back(with ? 1 : 0);
      outcomes_.good.push_back(trial->good ? 1 : 0);
      if (counts) outcomes_.all.Add(with, trial->good);
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
    std::optional<Candidate> best;
    for (const Field& field : place_.fields) {
      if (base != nullptr && base->field == &field) continue;
      std::optional<Candidate> candidate =
          field.IsWord() ? BestWords(field, base) : BestCut(field, base);
      if (candidate && (!best || candidate->saved > best->saved)) best = std::move(candidate);
    }
    return best;
  }

  bool Counts(std::size_t i, const Candidate* base) const {
    return outcomes_.counts[i] != 0 && (base == nullptr || base->inside[i] != 0);
  }

  // Of all sets of words the best one is a prefix of the order by what the remedy gains with each.
  std::optional<Candidate> BestWords(const Field& field, const Candidate* base) const {
    std::vector<TwoByTwo> tables(field.literals.size());
    for (std::size_t i = 0; i < place_.trials.size(); ++i) {
      if (field.word[i] < 0 || !Counts(i, base)) continue;
      tables[static_cast<std::size_t>(field.word[i])].Add(outcomes_.with[i] != 0,
                                                          outcomes_.good[i] != 0);
    }
    const auto gain = [&](int word) {
      const TwoByTwo& t = tables[static_cast<std::size_t>(word)];
      const auto rate = [](std::int64_t good, std::int64_t all) {
        return (static_cast<double>(good) + 0.5) / (static_cast<double>(all) + 1);
      };
      return rate(t.exposed_successes, t.exposed_trials) -
             rate(t.unexposed_successes, t.unexposed_trials);
    };
    std::vector<int> order;
    for (std::size_t word = 0; word < tables.size(); ++word) {
      if (tables[word].exposed_trials > 0) order.push_back(static_cast<int>(word));
    }
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return gain(a) > gain(b); });
    std::optional<Candidate> best;
    TwoByTwo within;
    for (std::size_t size = 1; size <= order.size(); ++size) {
      within += tables[static_cast<std::size_t>(order[size - 1])];
      const double cost = SubsetBits(static_cast<std::int64_t>(size),
                                     static_cast<std::int64_t>(field.literals.size()));
      Keep(best, field, within, cost, base, [&] {
        return field.Is({order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size)});
      });
    }
    Mark(best, base);
    return best;
  }

  std::optional<Candidate> BestCut(const Field& field, const Candidate* base) const {
    // By cut: the trials between it and the next one below.
    std::vector<TwoByTwo> tables(field.cuts.size() + 1);
    TwoByTwo all;
    for (std::size_t i = 0; i < place_.trials.size(); ++i) {
      if (!field.number[i] || !Counts(i, base)) continue;
      const auto above = std::partition_point(
          field.cuts.begin(), field.cuts.end(),
          [&](const std::pair<double, double>& cut) { return cut.first <= *field.number[i]; });
      const bool with = outcomes_.with[i] != 0;
      tables[static_cast<std::size_t>(above - field.cuts.begin())].Add(with,
                                                                       outcomes_.good[i] != 0);
      all.Add(with, outcomes_.good[i] != 0);
    }
    const double cost = ChoiceBits(2 * static_cast<std::int64_t>(field.cuts.size()));
    std::optional<Candidate> best;
    TwoByTwo below;
    for (std::size_t cut = 0; cut < field.cuts.size(); ++cut) {
      below += tables[cut];
      Keep(best, field, below, cost, base, [&] { return field.Below(cut); });
      Keep(best, field, Minus(all, below), cost, base, [&] { return field.Above(cut); });
    }
    Mark(best, base);
    return best;
  }

  template <typename Make>
  void Keep(std::optional<Candidate>& best, const Field& field, const TwoByTwo& within, double cost,
            const Candidate* base, Make make) const {
    const TwoByTwo elsewhere = Minus(outcomes_.all, within);
    const bool helps = within.RateDifference() >= needs_.min_effect &&
                       within.exposed_successes >= needs_.min_support;
    if (!helps || elsewhere.exposed_trials < needs_.min_support) return;
    if (HelpsElsewhere(elsewhere)) return;
    cost += ChoiceBits(static_cast<std::int64_t>(place_.fields.size())) +
            (base != nullptr ? base->cost : 0);
    const double length = Length(within, elsewhere, cost);
    if (best && length >= best->length) return;
    const double saved = OtherLength(within, elsewhere, cost) - length;
    best = Candidate{&field, make(), {}, cost, length, saved, 1, elsewhere};
    if (base != nullptr) best->condition = base->condition.And(best->condition);
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
    return Millionths(
        std::min({PooledBits(outcomes_.all), SplitBits(outcomes_.all), only_field, both}));
  }

  void Mark(std::optional<Candidate>& candidate, const Candidate* base) const {
    if (!candidate) return;
    for (const Trial* trial : place_.trials) {
      candidate->inside.push_back(candidate->condition.Holds(trial->situation) ? 1 : 0);
    }
    candidate->searched = base == nullptr ? place_.tests : place_.tests * place_.tests;
  }

  const Place& place_;
  const ConditionNeeds& needs_;
  Outcomes outcomes_;
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
