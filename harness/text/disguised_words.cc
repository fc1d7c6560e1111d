#include "harness/text/disguised_words.h"

#include <algorithm>
#include <array>

#include "harness/text/aho_corasick.h"
#include "harness/text/decoders.h"

namespace kedge::text {
namespace {

using Disguised = std::vector<std::pair<std::string, std::uint32_t>>;

constexpr std::array<std::string_view, 30> kWords = {
    "ignore",  "disregard", "forget",      "previous", "instruction", "override",
    "system",  "prompt",    "password",    "reveal",   "execute",     "transfer",
    "account", "message",   "following",   "please",   "secret",      "attack",
    "bypass",  "assistant", "important",   "command",  "credential",  "delete",
    "forward", "above",     "restriction", "access",   "token",       "email"};

constexpr std::size_t kLeetPrefix = 6;

// Characters that imitate a letter in leet; empty for the others.
std::string_view Imitators(char letter) {
  switch (letter) {
    case 'a':
      return "4@";
    case 'b':
      return "8";
    case 'e':
      return "3";
    case 'g':
      return "9";
    case 'i':
      return "1!";
    case 'l':
      return "1|";
    case 'o':
      return "0";
    case 's':
      return "5$";
    case 't':
      return "7+";
    default:
      return {};
  }
}

// All spellings of the word's beginning with at least one imitation.
void AddLeet(std::string_view word, Disguised& out) {
  const std::string beginning(word.substr(0, kLeetPrefix));
  std::vector<std::string> spellings = {""};
  for (const char letter : beginning) {
    std::vector<std::string> longer;
    for (const std::string& spelling : spellings) {
      longer.push_back(spelling + letter);
      for (const char c : Imitators(letter)) longer.push_back(spelling + c);
    }
    spellings = std::move(longer);
  }
  for (std::string& spelling : spellings) {
    if (spelling != beginning) out.emplace_back(std::move(spelling), kLeet);
  }
}

}  // namespace

Disguised DisguisesOf(std::string_view word) {
  MappedText rotated;
  DecodeRot13(word, rotated);
  Disguised out;
  if (rotated.text != word) out.emplace_back(rotated.text, kRot13);
  std::string reversed(word.rbegin(), word.rend());
  if (reversed != word) out.emplace_back(std::move(reversed), kReversed);
  return out;
}

Disguised DisguisedWords() {
  Disguised out;
  for (const std::string_view word : kWords) {
    AddLeet(word, out);
    Disguised others = DisguisesOf(word);
    std::move(others.begin(), others.end(), std::back_inserter(out));
  }
  return out;
}

std::uint32_t DisguisesIn(std::string_view text) {
  static const AhoCorasick automaton = [] {
    std::vector<AhoCorasick::Word> words;
    for (auto& [word, disguise] : DisguisedWords()) words.push_back({word, disguise});
    return AhoCorasick(words);
  }();
  std::uint32_t found = 0;
  automaton.Scan(text, [&](std::uint32_t disguise, std::size_t) { found |= disguise; });
  return found;
}

}  // namespace kedge::text
