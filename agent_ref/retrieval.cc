#include "agent_ref/retrieval.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

namespace kedge::agent_ref {
namespace {

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// FNV-1a: a hash that is the same on every machine.
constexpr std::uint64_t kFnvStart = 14695981039346656037U;
constexpr std::uint64_t kFnvPrime = 1099511628211U;

// Sorts the best first.
using Rank = std::tuple<bool, int, double, std::int64_t, std::size_t>;

Rank RankOf(const Retrievable& one, double similarity) {
  return {!one.always_on, -one.closeness, -similarity, -one.support, one.position};
}

bool AllFit(const std::vector<Retrievable>& all, const RetrievalLimits& limits) {
  if (static_cast<std::int64_t>(all.size()) > limits.k) return false;
  if (!limits.token_budget) return true;
  std::int64_t tokens = 0;
  for (const Retrievable& one : all) tokens += one.tokens;
  return tokens <= *limits.token_budget;
}

}  // namespace

WordSet WordsIn(std::string_view text) {
  WordSet words;
  std::uint64_t hash = kFnvStart;
  bool inside = false;
  const auto end_word = [&] {
    if (inside) words.push_back(hash);
    hash = kFnvStart;
    inside = false;
  };
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!IsLetterOrDigit(lower)) {
      end_word();
      continue;
    }
    hash = (hash ^ static_cast<unsigned char>(lower)) * kFnvPrime;
    inside = true;
  }
  end_word();
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

double Similarity(const WordSet& a, const WordSet& b) {
  if (a.empty() || b.empty()) return 0;
  std::size_t common = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    common += *i == *j;
    const bool step_i = *i <= *j;
    const bool step_j = *j <= *i;
    i += step_i;
    j += step_j;
  }
  return static_cast<double>(common) /
         std::sqrt(static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

int Closeness(const strategy::Rule& rule) {
  const bool asks_for_values = !rule.arguments.empty() || !rule.seen.empty();
  return (rule.tools.empty() ? 0 : 64) + (rule.errors.empty() ? 0 : 32) +
         (asks_for_values ? 16 : 0) + (rule.argument.empty() ? 0 : 8) +
         (rule.goals.empty() ? 0 : 4) + (rule.when_called.empty() ? 0 : 2) +
         (rule.effect.empty() ? 0 : 1);
}

RetrievalLimits RetrievalLimits::Of(const strategy::Strategy& strategy) {
  const Node layer = strategy.node("retrieval");
  RetrievalLimits limits;
  limits.k = layer.IntOr("k", limits.k, 1, 1000);
  if (const auto budget = layer.Find("token_budget")) limits.token_budget = budget->Int(0);
  limits.min_support = layer.IntOr("min_support", 0, 0);
  return limits;
}

bool RetrievalLimits::Admits(const strategy::Guideline& guideline) const {
  return guideline.status == "active" &&
         (guideline.sources.empty() || guideline.support >= min_support);
}

bool IsAlwaysOn(const strategy::Guideline& guideline) {
  return guideline.status == "active" && guideline.validation.is_object() &&
         !guideline.validation.empty() &&
         strategy::ParseRule(guideline).action == strategy::RuleAction::kStop;
}

std::vector<std::size_t> WithinLimits(const std::vector<Retrievable>& all,
                                      const RetrievalLimits& limits,
                                      const std::function<double(std::size_t)>& similarity) {
  std::vector<std::size_t> used;
  if (AllFit(all, limits)) {
    for (const Retrievable& one : all) used.push_back(one.position);
  } else {
    std::vector<std::pair<Rank, const Retrievable*>> ranked;
    ranked.reserve(all.size());
    for (const Retrievable& one : all) {
      ranked.emplace_back(RankOf(one, similarity(one.position)), &one);
    }
    std::sort(ranked.begin(), ranked.end());
    std::int64_t tokens = 0;
    for (const auto& [rank, one] : ranked) {
      const bool room = static_cast<std::int64_t>(used.size()) < limits.k &&
                        (!limits.token_budget || tokens + one->tokens <= *limits.token_budget);
      if (!room && !one->always_on) continue;
      tokens += one->tokens;
      used.push_back(one->position);
    }
  }
  std::sort(used.begin(), used.end());
  return used;
}

}  // namespace kedge::agent_ref
