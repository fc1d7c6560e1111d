#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guards/event_view.h"
#include "guards/match.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// What a word says of an event that its rule matches.
struct CheckResult {
  enum class Kind { kHolds, kViolated, kError };
  Kind kind = Kind::kHolds;
  std::string_view code;  ///< kError: a literal such as "absent_argument"
  std::string message;    ///< kViolated, kError: what was found and what would be allowed
  std::string pointer;    ///< into the arguments, if one place is to blame

  static CheckResult Holds() { return {}; }
  static CheckResult Violated(std::string message, std::string pointer = {}) {
    return {Kind::kViolated, {}, std::move(message), std::move(pointer)};
  }
  static CheckResult Error(std::string_view code, std::string message, std::string pointer = {}) {
    return {Kind::kError, code, std::move(message), std::move(pointer)};
  }
  /// The error for a key that is not kFound.
  static CheckResult BadKey(const Key& key);
};

/// A word's state in one monitor. Check is asked about an event before it takes effect; Follow is
/// told of it afterwards. Both see each event once, in order. State is bounded; O(1) per event
/// apart from the event's own bytes.
class Checker {
 public:
  virtual ~Checker() = default;
  virtual CheckResult Check(const EventView& event) = 0;
  virtual void Follow(const EventView&) {}
  virtual void Reset() {}
};

/// One condition of a rule, as the policy says it. Immutable; shared by monitors.
class Word {
 public:
  virtual ~Word() = default;
  /// The checker may refer to this word: the policy outlives its monitors' use of it.
  virtual std::unique_ptr<Checker> NewChecker() const = 0;
  /// Events that Follow wants to hear of.
  virtual bool Follows(EventType, ToolId) const { return false; }
};

/// What a word's builder may look at and add to.
struct WordContext {
  const ToolCatalog& catalog;
  const Match& match;  ///< of the rule; outlives the word
  KeySpecs& keys;
};

using Words = std::vector<std::unique_ptr<Word>>;

/// Reads `node` and appends the words it stands for. Throws Error with file, line and field.
using WordBuilder = void (*)(const Node& node, WordContext& context, Words& words);

/// Reads every word of a `require` (or `forbid`) mapping; a word that is not known there is an
/// error that lists those that are.
void ReadWords(const Node& node, bool forbid, WordContext& context, Words& words);

/// Fails unless the rule is about events with a tool, which `word` needs.
void NeedTool(const Node& node, const Match& match, std::string_view word);

/// Reads `same` and checks its pointers against the schemas of every tool in `tools`.
KeySpecId ReadSame(const Node& node, const ToolSet& tools, WordContext& context);

}  // namespace kedge::guards
