#include "agent_ref/condition_fields.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "agent_ref/code_length.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kMostWords = 12;
constexpr std::size_t kTasksPerWord = 4;
constexpr std::size_t kMostCuts = 32;
constexpr double kAlmostAll = 0.8;
constexpr double kMostlyNumbers = 0.9;

/// A field as it was met: its value by trial, null where it is absent.
struct Column {
  std::vector<const Json*> values;
  std::size_t present = 0;
};

std::string TaskOf(const Trial& trial) {
  return trial.view->task.empty() ? trial.view->id : trial.view->task;
}

// As rules read it: a number, or a text that is a decimal number.
std::optional<double> AsNumber(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const std::optional<double> number = NumberIn(value.get_ref<const std::string&>());
  strategy::ValueTest same;
  same.at_least = same.at_most = number;
  return number && strategy::Passes(same, value) ? number : std::nullopt;
}

// A short number above `low`, up to `high`, near the middle.
double Between(double low, double high) {
  const double whole = std::ceil((low + high) / 2);
  if (whole > low && whole <= high) return whole;
  double scale = 10;
  for (int digits = 1; digits < 12; ++digits, scale *= 10) {
    const double cut = std::ceil((low + high) / 2 * scale) / scale;
    if (cut > low && cut <= high) return cut;
  }
  return high;
}

class FieldMaker {
 public:
  FieldMaker(const std::vector<const Trial*>& trials, std::int64_t min_support,
             std::int64_t min_families)
      : trials_(trials),
        min_support_(static_cast<std::size_t>(min_support)),
        min_families_(static_cast<std::size_t>(min_families)) {}

  bool MakeNumber(const Column& column, Field& field) const {
    std::set<double> values;
    std::set<std::string> tasks, families, things;
    std::size_t numbers = 0;
    bool whole = true;
    std::vector<std::optional<double>> by_trial(trials_.size());
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      const std::optional<double> number =
          column.values[i] == nullptr ? std::nullopt : AsNumber(*column.values[i]);
      if (!number) continue;
      by_trial[i] = number;
      ++numbers;
      values.insert(*number);
      whole = whole && std::floor(*number) == *number;
      tasks.insert(TaskOf(*trials_[i]));
      families.insert(trials_[i]->view->family);
      things.insert(CanonicalJson(trials_[i]->situation["arguments"]));
    }
    const auto share = [](std::size_t part, std::size_t all) {
      return static_cast<double>(part) / static_cast<double>(all);
    };
    if (values.size() < 2 || share(numbers, column.present) < kMostlyNumbers) return false;
    if (tasks.size() < min_support_ || families.size() < min_families_) return false;
    const bool names_things =
        whole && values.size() > kMostWords && share(values.size(), things.size()) > kAlmostAll;
    if (names_things) return false;
    field.number = std::move(by_trial);
    const std::vector<double> sorted(values.begin(), values.end());
    const std::size_t gaps = sorted.size() - 1;
    const std::size_t cuts = std::min(gaps, kMostCuts);
    for (std::size_t i = 0; i < cuts; ++i) {
      const std::size_t gap = i * gaps / cuts;
      const double low = sorted[gap];
      const double high = sorted[gap + 1];
      field.cuts.emplace_back(Between(low, high), -Between(-high, -low));
    }
    return true;
  }

  bool MakeWord(const Column& column, Field& field) const {
    struct Seen {
      const Json* value = nullptr;
      std::set<std::string> tasks, families;
    };
    std::map<std::string, Seen> seen;
    std::set<std::string> tasks;
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      const Json* value = column.values[i];
      if (value == nullptr || !(value->is_string() || value->is_boolean())) continue;
      Seen& one = seen[CanonicalJson(*value)];
      one.value = value;
      one.tasks.insert(TaskOf(*trials_[i]));
      one.families.insert(trials_[i]->view->family);
      tasks.insert(TaskOf(*trials_[i]));
      if (seen.size() > kMostWords) return false;
    }
    if (seen.size() < 2 || seen.size() * kTasksPerWord > tasks.size()) return false;
    std::map<std::string, int> index;
    for (const auto& [text, one] : seen) {
      if (one.tasks.size() < min_support_ || one.families.size() < min_families_) continue;
      index[text] = static_cast<int>(field.literals.size());
      field.literals.push_back(*one.value);
    }
    field.word.assign(trials_.size(), -1);
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      if (column.values[i] == nullptr) continue;
      const auto known = index.find(CanonicalJson(*column.values[i]));
      if (known != index.end()) field.word[i] = known->second;
    }
    return !field.literals.empty();
  }

 private:
  const std::vector<const Trial*>& trials_;
  std::size_t min_support_;
  std::size_t min_families_;
};

Condition ConditionOn(const Field& field, strategy::ValueTest test) {
  strategy::ValueTests tests = {{field.name, std::move(test)}};
  if (field.of_call) return {std::move(tests), {}};
  return {{}, std::move(tests)};
}

double Gain(const stats::TwoByTwo& table) {
  const auto rate = [](std::int64_t good, std::int64_t all) {
    return (static_cast<double>(good) + 0.5) / (static_cast<double>(all) + 1);
  };
  return rate(table.exposed_successes, table.exposed_trials) -
         rate(table.unexposed_successes, table.unexposed_trials);
}

std::vector<FieldTest> TestsOfWords(const Field& field, const Observed& observed) {
  std::vector<stats::TwoByTwo> tables(field.literals.size());
  for (std::size_t i = 0; i < field.word.size(); ++i) {
    if (field.word[i] < 0 || observed.counts[i] == 0) continue;
    tables[static_cast<std::size_t>(field.word[i])].Add(observed.with[i] != 0,
                                                        observed.good[i] != 0);
  }
  const auto table = [&](int word) { return tables[static_cast<std::size_t>(word)]; };
  std::vector<int> order;
  for (std::size_t word = 0; word < tables.size(); ++word) {
    if (tables[word].exposed_trials > 0) order.push_back(static_cast<int>(word));
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return Gain(table(a)) > Gain(table(b)); });
  std::vector<FieldTest> tests;
  std::vector<int> words;
  stats::TwoByTwo within;
  for (const int word : order) {
    words.push_back(word);
    within += table(word);
    tests.push_back({field.Is(words), within,
                     SubsetBits(static_cast<std::int64_t>(words.size()),
                                static_cast<std::int64_t>(field.literals.size()))});
  }
  return tests;
}

std::vector<FieldTest> TestsOfCuts(const Field& field, const Observed& observed) {
  // By cut: the trials between it and the next one below.
  std::vector<stats::TwoByTwo> tables(field.cuts.size() + 1);
  stats::TwoByTwo all;
  for (std::size_t i = 0; i < field.number.size(); ++i) {
    if (!field.number[i] || observed.counts[i] == 0) continue;
    const auto above = std::partition_point(
        field.cuts.begin(), field.cuts.end(),
        [&](const std::pair<double, double>& cut) { return cut.first <= *field.number[i]; });
    const bool with = observed.with[i] != 0;
    tables[static_cast<std::size_t>(above - field.cuts.begin())].Add(with, observed.good[i] != 0);
    all.Add(with, observed.good[i] != 0);
  }
  std::vector<FieldTest> tests;
  const double bits = ChoiceBits(2 * static_cast<std::int64_t>(field.cuts.size()));
  stats::TwoByTwo below;
  for (std::size_t cut = 0; cut < field.cuts.size(); ++cut) {
    below += tables[cut];
    tests.push_back({field.Below(cut), below, bits});
    tests.push_back({field.Above(cut), Minus(all, below), bits});
  }
  return tests;
}

}  // namespace

stats::TwoByTwo Minus(const stats::TwoByTwo& all, const stats::TwoByTwo& part) {
  return {all.exposed_successes - part.exposed_successes, all.exposed_trials - part.exposed_trials,
          all.unexposed_successes - part.unexposed_successes,
          all.unexposed_trials - part.unexposed_trials};
}

std::int64_t Field::Tests() const {
  if (!IsWord()) return 2 * static_cast<std::int64_t>(cuts.size());
  return (std::int64_t{1} << literals.size()) - 1;
}

Condition Field::Is(const std::vector<int>& words) const {
  strategy::ValueTest test;
  std::vector<int> sorted = words;
  std::sort(sorted.begin(), sorted.end());
  for (const int i : sorted) test.any_of.push_back(literals[static_cast<std::size_t>(i)]);
  return ConditionOn(*this, std::move(test));
}

Condition Field::Above(std::size_t cut) const {
  strategy::ValueTest test;
  test.at_least = cuts[cut].first;
  return ConditionOn(*this, std::move(test));
}

Condition Field::Below(std::size_t cut) const {
  strategy::ValueTest test;
  test.at_most = cuts[cut].second;
  return ConditionOn(*this, std::move(test));
}

std::vector<FieldTest> TestsOf(const Field& field, const Observed& observed) {
  return field.IsWord() ? TestsOfWords(field, observed) : TestsOfCuts(field, observed);
}

std::vector<Field> FieldsOf(const std::vector<const Trial*>& trials, std::int64_t min_support,
                            std::int64_t min_families) {
  std::map<std::pair<bool, std::string>, Column> columns;  // false: arguments, so they come first
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!trials[i]->situation.is_object()) continue;
    for (const bool seen : {false, true}) {
      for (const auto& [name, value] : trials[i]->situation[seen ? "seen" : "arguments"].items()) {
        Column& column = columns[{seen, name}];
        column.values.resize(trials.size());
        column.values[i] = &value;
        ++column.present;
      }
    }
  }
  const FieldMaker maker(trials, min_support, min_families);
  std::vector<Field> fields;
  for (const auto& [key, column] : columns) {
    // An argument says itself what is seen about it.
    const auto argument = columns.find({false, key.second});
    if (key.first && argument != columns.end() && argument->second.present >= column.present) {
      continue;
    }
    Field field;
    field.of_call = !key.first;
    field.name = key.second;
    if (maker.MakeNumber(column, field) || maker.MakeWord(column, field)) {
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

}  // namespace kedge::agent_ref
