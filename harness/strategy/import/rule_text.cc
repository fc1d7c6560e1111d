#include "harness/strategy/import/rule_text.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace kedge::strategy {
namespace {

using Tokens = std::vector<std::string>;

constexpr std::string_view kSentenceEnd = ".";  // as a token

// Words without which a sentence says the same.
constexpr std::array<std::string_view, 33> kFillers = {
    "a",        "again", "already", "always", "an",       "and",      "be",     "been",     "class",
    "customer", "do",    "error",   "errors", "explicit", "first",    "for",    "function", "has",
    "have",     "it",    "make",    "must",   "please",   "remember", "should", "sure",     "the",
    "then",     "to",    "tool",    "user",   "was",      "you"};

const std::map<std::string_view, std::string_view>& Synonyms() {
  static const std::map<std::string_view, std::string_view> synonyms = {{"use", "call"},
                                                                        {"run", "call"},
                                                                        {"invoke", "call"},
                                                                        {"execute", "call"},
                                                                        {"calling", "call"},
                                                                        {"using", "call"},
                                                                        {"running", "call"},
                                                                        {"invoking", "call"},
                                                                        {"called", "call"},
                                                                        {"executing", "call"},
                                                                        {"calls", "call"},
                                                                        {"not", "never"},
                                                                        {"dont", "never"},
                                                                        {"avoid", "never"},
                                                                        {"cannot", "never"},
                                                                        {"fails", "fail"},
                                                                        {"failed", "fail"},
                                                                        {"answers", "fail"},
                                                                        {"returns", "fail"},
                                                                        {"raises", "fail"},
                                                                        {"gives", "fail"},
                                                                        {"when", "if"},
                                                                        {"whenever", "if"},
                                                                        {"whether", "if"},
                                                                        {"confirmation", "confirm"},
                                                                        {"permission", "confirm"},
                                                                        {"consent", "confirm"},
                                                                        {"prefer", "take"},
                                                                        {"get", "take"},
                                                                        {"read", "take"},
                                                                        {"since", "because"},
                                                                        {"otherwise", "because"},
                                                                        {"try", "retry"},
                                                                        {"retrying", "retry"},
                                                                        {"until", "unless"},
                                                                        {"requires", "require"}};
  return synonyms;
}

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A full stop ends a sentence only where a blank or the end follows: "v1.2" is one word to nobody.
bool EndsSentence(std::string_view text, std::size_t i) {
  const char c = text[i];
  if (c == '\n' || c == ';' || c == '!' || c == '?') return true;
  return c == '.' && (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n');
}

// Words in lower case; `'` is dropped ("don't" is dont); all else separates.
Tokens Words(std::string_view text) {
  Tokens words(1);
  const auto end_word = [&] {
    if (!words.back().empty()) words.emplace_back();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = Lower(text[i]);
    if (IsNameByte(c) || static_cast<unsigned char>(c) >= 0x80) {
      words.back() += c;
    } else if (c != '\'') {
      end_word();
      if (EndsSentence(text, i)) {
        words.back() = kSentenceEnd;
        words.emplace_back();
      }
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// Known tools by their names in lower case.
class ToolNames {
 public:
  explicit ToolNames(const std::vector<std::string>& tools) {
    for (const std::string& tool : tools) {
      std::string lower = tool;
      std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
      names_[lower] = tool;
    }
  }
  const std::string* Find(const std::string& word) const {
    const auto found = names_.find(word);
    return found == names_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, std::string> names_;
};

// The first sentence in plain words; nullopt when what follows it names a tool.
std::optional<Tokens> Sentence(std::string_view text, const ToolNames& tools) {
  Tokens sentence;
  bool over = false;
  for (std::string& word : Words(text)) {
    const bool is_tool = tools.Find(word) != nullptr;
    if (over && is_tool) return std::nullopt;
    if (word == kSentenceEnd) {
      over = over || !sentence.empty();
    } else if (!over && is_tool) {
      sentence.push_back(std::move(word));
    } else if (!over) {
      const auto synonym = Synonyms().find(word);
      if (synonym != Synonyms().end()) word = synonym->second;
      over = word == "because";
      const bool filler = std::find(kFillers.begin(), kFillers.end(), word) != kFillers.end();
      if (!over && !filler) sentence.push_back(std::move(word));
    }
  }
  return sentence;
}

/// What a pattern has caught: tools of A and B, an error class or an argument in E, an argument in
/// X and its value in V.
struct Caught {
  std::vector<std::string> a, b;
  std::string e, x, v;
};

// Pattern words: A, B = tools; A* = several; E, X, V = any word that is no tool; `word?` = may be
// absent.
bool Matches(const Tokens& pattern, std::size_t p, const Tokens& words, std::size_t w,
             const ToolNames& tools, Caught& caught) {
  if (p == pattern.size()) return w == words.size();
  const std::string& want = pattern[p];
  if (want.back() == '?') {
    const bool there = w < words.size() && words[w] == want.substr(0, want.size() - 1);
    return (there && Matches(pattern, p + 1, words, w + 1, tools, caught)) ||
           Matches(pattern, p + 1, words, w, tools, caught);
  }
  if (w == words.size()) return false;
  const std::string* tool = tools.Find(words[w]);
  if (want == "A" || want == "A*" || want == "B") {
    if (tool == nullptr) return false;
    std::vector<std::string>& names = want == "B" ? caught.b : caught.a;
    names.push_back(*tool);
    if (Matches(pattern, p + 1, words, w + 1, tools, caught)) return true;
    if (want == "A*" && Matches(pattern, p, words, w + 1, tools, caught)) return true;
    names.pop_back();
    return false;
  }
  if (want == "E" || want == "X" || want == "V") {
    if (tool != nullptr) return false;
    (want == "E" ? caught.e : want == "X" ? caught.x : caught.v) = words[w];
    return Matches(pattern, p + 1, words, w + 1, tools, caught);
  }
  return want == words[w] && Matches(pattern, p + 1, words, w + 1, tools, caught);
}

enum class Sense {
  kFirst,        // A before B
  kAfter,        // A after B
  kNeverAfter,   // never A once B was called
  kNeverBefore,  // never A before B was called
  kNever,        // never A
  kRecover,
  kRetry,
  kGiveUp,
  kConfirm,
  kNoConfirm,
  kSet,       // argument X of B to V
  kSetAfter,  // the same after an error
  kTake,      // argument E from A
  kTakeUser,  // argument E from the user
};

struct Pattern {
  const char* words;
  Sense sense;
};

constexpr std::array kPatterns = {
    Pattern{"call A* before call? B", Sense::kFirst},
    Pattern{"before call? B call A*", Sense::kFirst},
    Pattern{"require A* before call? B", Sense::kFirst},
    Pattern{"B require A*", Sense::kFirst},
    Pattern{"call A* after call? B", Sense::kAfter},
    Pattern{"after call? B call A*", Sense::kAfter},
    Pattern{"never call A after call? B", Sense::kNeverAfter},
    Pattern{"after call? B never call A", Sense::kNeverAfter},
    Pattern{"never call A before call? B", Sense::kNeverBefore},
    Pattern{"never call A unless call? B call?", Sense::kNeverBefore},
    Pattern{"never call A without call? B", Sense::kNeverBefore},
    Pattern{"only call A after call? B", Sense::kNeverBefore},
    Pattern{"call A only after call? B", Sense::kNeverBefore},
    Pattern{"never call A", Sense::kNever},
    Pattern{"if call? B fail with? E call A retry", Sense::kRecover},
    Pattern{"if call? B fail with? E call A retry call? B", Sense::kRecover},
    Pattern{"if call? B fail with? E retry", Sense::kRetry},
    Pattern{"if call? B fail with? E retry call? B", Sense::kRetry},
    Pattern{"retry call? B if fail with? E", Sense::kRetry},
    Pattern{"retry call? B after E", Sense::kRetry},
    Pattern{"if call? B fail with? E stop", Sense::kGiveUp},
    Pattern{"if call? B fail with? E give up", Sense::kGiveUp},
    Pattern{"if call? B fail with? E never retry", Sense::kGiveUp},
    Pattern{"never retry call? B if fail with? E", Sense::kGiveUp},
    Pattern{"ask confirm? before call? B", Sense::kConfirm},
    Pattern{"confirm with? before call? B", Sense::kConfirm},
    Pattern{"before call? B ask confirm?", Sense::kConfirm},
    Pattern{"never ask confirm? before call? B", Sense::kNoConfirm},
    Pattern{"never confirm before call? B", Sense::kNoConfirm},
    Pattern{"call B without ask confirm?", Sense::kNoConfirm},
    Pattern{"if call? B fail with? E set X V retry", Sense::kSetAfter},
    Pattern{"if call? B fail with? E set X V retry call? B", Sense::kSetAfter},
    Pattern{"set X V before call? B", Sense::kSet},
    Pattern{"before call? B set X V", Sense::kSet},
    Pattern{"set X V if call? B", Sense::kSet},
    Pattern{"take E from A if? call? B", Sense::kTake},
    Pattern{"take E from A", Sense::kTake},
    Pattern{"ask E before call? B", Sense::kTakeUser},
};

Tokens Split(std::string_view words) {
  Tokens split(1);
  for (const char c : words) {
    if (c == ' ') {
      split.emplace_back();
    } else {
      split.back() += c;
    }
  }
  return split;
}

Json OneOrMany(const std::vector<std::string>& names) {
  return names.size() == 1 ? Json(names[0]) : Json(names);
}

// A value as a schema would list it: true, false, a whole number, or the word.
Json ValueOf(const std::string& word) {
  if (word == "true" || word == "false") return word == "true";
  const bool number = word.size() < 16 && std::all_of(word.begin(), word.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  return number ? Json(std::stoll(word)) : Json(word);
}

RuleWords RuleOf(Sense sense, const Caught& caught, std::string_view text) {
  const Json a = caught.a.empty() ? Json() : OneOrMany(caught.a);
  const Json b = caught.b.empty() ? Json() : Json(caught.b[0]);
  const std::string said(text);
  switch (sense) {
    case Sense::kFirst:
      return {{{"tool", b}}, {{"call_first", a}}, nullptr};
    case Sense::kAfter:
      return {{{"tool", b}}, {{"call_after", a}}, nullptr};
    case Sense::kNeverAfter:
      return {{{"tool", a}, {"called", b}}, {{"stop", said}}, nullptr};
    case Sense::kNeverBefore:
      return {{{"tool", a}}, {{"stop", said}}, {{"called", b}}};
    case Sense::kNever:
      return {{{"tool", a}}, {{"stop", said}}, nullptr};
    case Sense::kRecover:
      return {{{"tool", b}, {"error", caught.e}}, {{"recover", a}}, nullptr};
    case Sense::kRetry:
      return {{{"tool", b}, {"error", caught.e}}, {{"on_error", "retry"}}, nullptr};
    case Sense::kGiveUp:
      return {{{"tool", b}, {"error", caught.e}}, {{"on_error", "stop"}}, nullptr};
    case Sense::kConfirm:
      return {{{"tool", b}}, {{"confirm", true}}, nullptr};
    case Sense::kNoConfirm:
      return {{{"tool", b}}, {{"confirm", false}}, nullptr};
    case Sense::kSet:
      return {{{"tool", b}}, {{"set", {{caught.x, ValueOf(caught.v)}}}}, nullptr};
    case Sense::kSetAfter:
      return {
          {{"tool", b}, {"error", caught.e}}, {{"set", {{caught.x, ValueOf(caught.v)}}}}, nullptr};
    case Sense::kTake:
    case Sense::kTakeUser:
      break;
  }
  Json when = {{"argument", caught.e}};
  if (!b.is_null()) when["tool"] = b;
  return {std::move(when),
          {{"prefer", sense == Sense::kTake ? "tool:" + caught.a[0] : std::string("ask")}},
          nullptr};
}

// Takes "unless A was called" off the end of a sentence; the tools, or nothing. "unless it was
// called" leaves an empty name.
std::optional<std::vector<std::string>> TakeUnless(Tokens& words, const ToolNames& tools) {
  const auto at = std::find(words.begin(), words.end(), "unless");
  if (at == words.end() || (words[0] == "never")) return std::nullopt;
  std::vector<std::string> called;
  for (auto word = at + 1; word != words.end(); ++word) {
    if (*word == "call") continue;
    const std::string* tool = tools.Find(*word);
    if (tool == nullptr) return std::nullopt;  // the whole sentence will not match
    called.push_back(*tool);
  }
  words.erase(at, words.end());
  return called;
}

}  // namespace

std::optional<RuleWords> ReadRuleText(std::string_view text,
                                      const std::vector<std::string>& tools) {
  const ToolNames names(tools);
  std::optional<Tokens> words = Sentence(text, names);
  if (!words || words->empty()) return std::nullopt;
  const auto unless = TakeUnless(*words, names);
  for (const Pattern& pattern : kPatterns) {
    Caught caught;
    if (!Matches(Split(pattern.words), 0, *words, 0, names, caught)) continue;
    if (caught.b.size() == 2 && caught.b[0] != caught.b[1]) continue;  // two different tools
    RuleWords rule = RuleOf(pattern.sense, caught, text);
    if (unless) {
      rule.unless = {{"called", OneOrMany(unless->empty() ? caught.a : *unless)}};
      if (unless->empty() && caught.a.empty()) return std::nullopt;
    }
    return rule;
  }
  return std::nullopt;
}

std::vector<std::string> ToolsNamedIn(std::string_view text,
                                      const std::vector<std::string>& tools) {
  const ToolNames names(tools);
  std::set<std::string> named;
  for (const std::string& word : Words(text)) {
    if (const std::string* tool = names.Find(word)) named.insert(*tool);
  }
  return {named.begin(), named.end()};
}

}  // namespace kedge::strategy
