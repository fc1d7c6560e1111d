#include "guards/policy_narrower.h"

#include <algorithm>
#include <functional>
#include <set>

#include "guards/compiled_policy.h"
#include "guards/narrower_rules.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxRepetitions = 200;
constexpr std::size_t kMaxValues = 64;

using Episode = std::vector<Event>;

bool Stops(Verdict verdict) { return verdict <= Verdict::kRedact; }

void CollectValues(const Json& value, std::set<Json>& out) {
  if (value.is_structured()) {
    for (const Json& member : value) CollectValues(member, out);
  } else {
    out.insert(value);
  }
}

// What only one of the policies says, and its neighbours: where they differ, a witness lies close.
std::vector<Json> TellingValues(const PolicySource& a, const PolicySource& b) {
  const auto values_of = [](const Json& document) {
    std::set<Json> values;
    for (const char* key : {"tools", "rules", "allow"}) {
      if (document.contains(key)) CollectValues(document[key], values);
    }
    return values;
  };
  const std::set<Json> first = values_of(a.document);
  const std::set<Json> second = values_of(b.document);
  std::vector<Json> telling;
  std::set_symmetric_difference(first.begin(), first.end(), second.begin(), second.end(),
                                std::back_inserter(telling));
  if (telling.size() > kMaxValues) telling.resize(kMaxValues);
  const std::size_t named = telling.size();
  for (std::size_t i = 0; i < named; ++i) {
    if (!telling[i].is_number_integer()) continue;
    const auto n = telling[i].get<std::int64_t>();
    telling.emplace_back(n + 1);
    telling.emplace_back(n - 1);
    if (n > 0 && n < 1000) telling.emplace_back(std::string(static_cast<std::size_t>(n), 'x'));
  }
  return telling;
}

std::size_t Repetitions(const std::vector<Json>& values) {
  std::size_t most = 4;
  for (const Json& value : values) {
    if (!value.is_number_integer()) continue;
    const auto n = value.get<std::int64_t>();
    if (n > 0 && n < static_cast<std::int64_t>(kMaxRepetitions)) {
      most = std::max(most, static_cast<std::size_t>(n) + 1);
    }
  }
  return most;
}

class WitnessSearch {
 public:
  WitnessSearch(const PolicySource& narrow, const PolicySource& wide)
      : narrow_(narrow.policy),
        wide_(wide.policy),
        values_(TellingValues(narrow, wide)),
        repetitions_(Repetitions(values_)) {
    for (const PolicySource* source : {&narrow, &wide}) {
      for (const Example& example : source->policy->compiled().examples) {
        episodes_.push_back(example.events);
      }
    }
  }

  // Fills `out` and returns true when there is a witness.
  bool Run(PolicyNarrowness& out) {
    const auto tries = {&WitnessSearch::AsTheyAre, &WitnessSearch::Repeated,
                        &WitnessSearch::WithOtherValues};
    return std::any_of(tries.begin(), tries.end(), [&](const auto attempt) {
      return std::any_of(episodes_.begin(), episodes_.end(),
                         [&](const Episode& episode) { return (this->*attempt)(episode, out); });
    });
  }

 private:
  bool Try(const Episode& episode, PolicyNarrowness& out) {
    narrow_.Reset();
    wide_.Reset();
    for (std::size_t i = 0; i < episode.size(); ++i) {
      const Verdict narrow = narrow_.Observe(episode[i]).verdict;
      const Verdict wide = wide_.Observe(episode[i]).verdict;
      if (Stops(wide) && narrow > wide) {
        out.witness.assign(episode.begin(), episode.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        out.narrow_verdict = narrow;
        out.wide_verdict = wide;
        return true;
      }
      if (Stops(narrow)) return false;
    }
    return false;
  }

  bool AsTheyAre(const Episode& episode, PolicyNarrowness& out) { return Try(episode, out); }

  // The last call again and again, with and without its success in between.
  bool Repeated(const Episode& episode, PolicyNarrowness& out) {
    const Event& last = episode.back();
    if (last.type != EventType::kToolCall) return false;
    Event success = last;
    success.type = EventType::kToolResult;
    Episode attempts = episode;
    Episode successes = episode;
    for (std::size_t i = 0; i < repetitions_; ++i) {
      attempts.push_back(last);
      successes.push_back(success);
      successes.push_back(last);
    }
    return Try(attempts, out) || Try(successes, out);
  }

  // The last event with one argument replaced, added or left out.
  bool WithOtherValues(const Episode& episode, PolicyNarrowness& out) {
    const Json& arguments = episode.back().arguments;
    if (!arguments.is_object()) return false;
    for (const auto& [name, value] : arguments.items()) {
      for (const Json& other : values_) {
        if (TryWith(
                episode, [&, &key = name](Json& args) { args[key] = other; }, out))
          return true;
      }
      if (TryWith(
              episode, [&key = name](Json& args) { args.erase(key); }, out))
        return true;
    }
    return TryWith(
        episode, [](Json& args) { args["one_more_argument"] = "x"; }, out);
  }

  bool TryWith(const Episode& episode, const std::function<void(Json&)>& change,
               PolicyNarrowness& out) {
    Episode changed = episode;
    change(changed.back().arguments);
    return Try(changed, out);
  }

  Monitor narrow_, wide_;
  const std::vector<Json> values_;
  const std::size_t repetitions_;
  std::vector<Episode> episodes_;
};

}  // namespace

PolicySource PolicySource::Load(const std::string& path) {
  return {Document::Load(path).root().json(), Policy::Load(path)};
}

PolicyNarrowness IsNarrowerPolicy(const PolicySource& narrow, const PolicySource& wide) {
  PolicyNarrowness out;
  out.reasons = ObstaclesToNarrower(narrow, wide);
  if (out.reasons.empty()) return out;
  out.answer = WitnessSearch(narrow, wide).Run(out) ? Answer::kNo : Answer::kUnknown;
  return out;
}

}  // namespace kedge::guards
