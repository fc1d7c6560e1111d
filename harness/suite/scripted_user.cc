#include "harness/suite/scripted_user.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "harness/core/random.h"
#include "harness/suite/fold.h"

namespace kedge::suite {
namespace {

constexpr std::array<std::string_view, 9> kConfirmationWords = {
    "shall i",     "should i", "may i",          "can i go", "go ahead",
    "do you want", "proceed",  "would you like", "confirm"};

constexpr std::array<std::string_view, 3> kUnclear = {"Hm, I am not sure what you mean.",
                                                      "Sorry, could you say that again?",
                                                      "Well, you should have that, no?"};

constexpr std::array<std::string_view, 2> kLate = {"One moment, I have to look that up.",
                                                   "Just a second, I will be right back."};

bool IsConfirmation(const std::string& question) {
  return std::any_of(kConfirmationWords.begin(), kConfirmationWords.end(),
                     [&](std::string_view words) { return ContainsWord(question, words); });
}

std::vector<const UserFact*> FactsAskedFor(const Task& task, const std::string& question) {
  std::vector<const UserFact*> asked;
  for (const UserFact& fact : task.facts) {
    const bool named =
        std::any_of(fact.keywords.begin(), fact.keywords.end(),
                    [&](const std::string& keyword) { return ContainsWord(question, keyword); });
    if (named) asked.push_back(&fact);
  }
  return asked;
}

template <std::size_t kSize>
std::string PickFrom(const std::array<std::string_view, kSize>& texts, double u) {
  return std::string(texts[std::min(static_cast<std::size_t>(u * kSize), kSize - 1)]);
}

}  // namespace

ScriptedUser::ScriptedUser(const Task& task, const UserNoise& noise, std::uint64_t seed)
    : task_(task), noise_(noise), seed_(seed) {}

std::string ScriptedUser::Answer(const std::string& question) {
  ++questions_;
  const bool confirmation = IsConfirmation(question);
  const std::vector<const UserFact*> facts = FactsAskedFor(task_, question);
  std::string kind = confirmation ? "confirm" : "";
  for (const UserFact* fact : facts) kind += "/" + fact->name;
  // Only a first question is misheard: asking again is what a good agent does.
  if (asked_[kind]++ == 0) {
    const double u = UniformAt(seed_, "user/" + kind);
    const double which = UniformAt(seed_, "user words/" + kind);
    if (u < noise_.unclear) return PickFrom(kUnclear, which);
    if (u < noise_.unclear + noise_.late) return PickFrom(kLate, which);
  }
  std::string answer;
  if (confirmation) answer = task_.user_confirms ? "Yes, please go ahead." : "No, please don't.";
  for (const UserFact* fact : facts) {
    // No full stop behind a value: it could be taken for a part of it.
    const bool follows = fact != facts.front();
    answer += std::string(follows          ? " and my "
                          : answer.empty() ? "My "
                                           : " My ") +
              fact->keywords.front() + " is " + fact->value;
  }
  return answer.empty() ? "I don't know." : answer;
}

}  // namespace kedge::suite
