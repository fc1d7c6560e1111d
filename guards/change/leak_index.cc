#include "guards/change/leak_index.h"

#include <algorithm>

#include "guards/change/words_of.h"

namespace kedge::guards {
namespace {

bool IsIdentifier(const std::string& word) {
  return word.size() >= LeakIndex::kMinIdentifier &&
         std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What is left of a word when separators do not count.
std::string Squashed(const std::string& word) {
  std::string squashed;
  for (const char c : word) {
    if (c != '_') squashed += c;
  }
  return squashed;
}

}  // namespace

void LeakIndex::AddPublic(std::string_view text) {
  const std::vector<std::string> words = WordsOf(text);
  for (const std::string& word : words) {
    if (IsIdentifier(word)) public_identifiers_.insert(Squashed(word));
  }
  ForEachPhrase(words, kPhraseWords,
                [this](const std::string& phrase) { public_phrases_.insert(phrase); });
}

void LeakIndex::AddHidden(std::string_view text) {
  const std::vector<std::string> words = WordsOf(text);
  for (const std::string& word : words) {
    std::string squashed = Squashed(word);
    if (!IsIdentifier(squashed) || public_identifiers_.contains(squashed)) continue;
    if (squashed.size() > kMinIdentifier) lengths_.insert(squashed.size());
    identifiers_.insert(std::move(squashed));
  }
  ForEachPhrase(words, kPhraseWords, [this](const std::string& phrase) {
    if (!public_phrases_.contains(phrase)) phrases_.insert(phrase);
  });
}

std::optional<Leak> LeakIndex::Find(std::string_view text) const {
  const std::vector<std::string> words = WordsOf(text);
  if (auto leak = FindIdentifier(words)) return leak;
  if (auto leak = FindPhrase(words)) return leak;
  return FindSpelled(words);
}

std::optional<Leak> LeakIndex::FindIdentifier(const std::vector<std::string>& words) const {
  for (const std::string& word : words) {
    if (identifiers_.contains(Squashed(word))) return Leak{"identifier", word};
  }
  return std::nullopt;
}

std::optional<Leak> LeakIndex::FindPhrase(const std::vector<std::string>& words) const {
  std::optional<Leak> leak;
  ForEachPhrase(words, kPhraseWords, [&](const std::string& phrase) {
    if (!leak && phrases_.contains(phrase)) leak = Leak{"phrase", phrase};
  });
  return leak;
}

// "W 0 0 1 2" and "w-0012": the identifier with the separators taken out of the whole text.
std::optional<Leak> LeakIndex::FindSpelled(const std::vector<std::string>& words) const {
  std::string run;
  for (const std::string& word : words) run += Squashed(word);
  for (const std::size_t length : lengths_) {
    for (std::size_t begin = 0; begin + length <= run.size(); ++begin) {
      std::string piece = run.substr(begin, length);
      if (identifiers_.contains(piece)) return Leak{"spelled identifier", std::move(piece)};
    }
  }
  return std::nullopt;
}

}  // namespace kedge::guards
