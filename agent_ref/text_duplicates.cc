#include "agent_ref/text_duplicates.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "harness/core/digest.h"
#include "harness/text/minhash.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kRun = 4;
constexpr double kThreshold = 0.8;

constexpr std::array<std::string_view, 30> kTurningWords = {
    "after",  "always", "avoid", "before", "cannot", "don",    "dont",   "earlier",
    "except", "first",  "if",    "later",  "least",  "less",   "more",   "most",
    "never",  "no",     "nor",   "not",    "once",   "only",   "refuse", "rather",
    "skip",   "than",   "then",  "unless", "until",  "without"};

bool IsTokenByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (IsTokenByte(lower)) {
      words.back() += lower;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool Turns(const std::string& word) {
  return std::find(kTurningWords.begin(), kTurningWords.end(), word) != kTurningWords.end() ||
         std::any_of(word.begin(), word.end(),
                     [](char c) { return c == '_' || (c >= '0' && c <= '9'); });
}

struct Shape {
  std::string turning;  // the words that must agree
  text::MinHashSignature signature;
};

Shape ShapeOf(std::string_view text) {
  Shape shape;
  std::string plain;
  for (const std::string& word : WordsOf(text)) {
    if (Turns(word)) shape.turning += word + ' ';
    plain += word + ' ';
  }
  std::vector<std::uint64_t> runs;
  for (std::size_t i = 0; i + kRun <= plain.size(); ++i) {
    runs.push_back(StableHash64(std::string_view(plain).substr(i, kRun)));
  }
  if (runs.empty()) runs.push_back(StableHash64(plain));
  shape.signature = text::MinHash(runs);
  return shape;
}

}  // namespace

std::vector<std::size_t> TextDuplicateLeaders(const std::vector<std::string>& texts) {
  std::map<std::string, std::vector<std::size_t>> groups;
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    shapes.push_back(ShapeOf(texts[i]));
    groups[shapes.back().turning].push_back(i);
  }
  std::vector<std::size_t> leaders(texts.size());
  for (const auto& [turning, members] : groups) {
    std::vector<text::MinHashSignature> signatures;
    for (const std::size_t i : members) signatures.push_back(shapes[i].signature);
    const auto local = text::NearDuplicateLeaders(signatures, kThreshold);
    for (std::size_t i = 0; i < members.size(); ++i) leaders[members[i]] = members[local[i]];
  }
  return leaders;
}

}  // namespace kedge::agent_ref
