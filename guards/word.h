#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guards/event_view.h"
#include "guards/match.h"
#include "guards/place.h"
#include "guards/resources.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// A place that a word blames.
struct Spot {
  std::string pointer;             ///< as Finding::pointer
  std::size_t begin = 0, end = 0;  ///< as Finding::begin
  std::string view;
  std::string message;  ///< of this place; empty for what the word says
};

/// What a word says of an event that its rule matches. One pointer wide while all is well: most
/// checks of most events hold.
class CheckResult {
 public:
  enum class Kind { kHolds, kViolated, kError };
  struct Problem {
    Kind kind = Kind::kViolated;
    std::string_view code;           ///< kError: a literal such as "absent_argument"
    std::string message;             ///< what was found and what would be allowed
    std::vector<Spot> spots;         ///< a finding each; none when the whole event is to blame
    std::optional<Verdict> verdict;  ///< instead of the rule's
  };

  static CheckResult Holds() { return {}; }
  static CheckResult Violated(std::string message, std::string pointer = {}) {
    return Make(Kind::kViolated, {}, std::move(message), std::move(pointer));
  }
  static CheckResult Error(std::string_view code, std::string message, std::string pointer = {}) {
    return Make(Kind::kError, code, std::move(message), std::move(pointer));
  }
  /// The error for a key that is not kFound.
  static CheckResult BadKey(const Key& key);

  bool holds() const { return problem_ == nullptr; }
  bool is_error() const { return problem_ != nullptr && problem_->kind == Kind::kError; }
  Problem& problem() { return *problem_; }  ///< unless it holds
  const Problem& problem() const { return *problem_; }

 private:
  static CheckResult Make(Kind kind, std::string_view code, std::string message,
                          std::string pointer);
  std::unique_ptr<Problem> problem_;
};

/// A word's state in one monitor. Check is asked about an event before it takes effect; Follow is
/// told of it afterwards. Both see each event once, in order. State is bounded; O(1) per event
/// apart from the event's own bytes.
class Checker {
 public:
  virtual ~Checker() = default;
  /// Called once for an event, or twice: again for its redacted form, or when an approved call is
  /// submitted again. It changes nothing that a later answer depends on.
  virtual CheckResult Check(const EventView& event) = 0;
  virtual void Follow(const EventView&) {}
  /// What an obligation has to say now that the event has been followed; see Word::Owes.
  virtual std::vector<CheckResult> Due() { return {}; }
  /// What is still owed at the end of the episode.
  virtual std::vector<CheckResult> Open() { return {}; }
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
  /// True for an obligation: its checker's Due is asked after every event, its Open at the end.
  virtual bool Owes() const { return false; }
  /// Verdicts that its violations may have instead of the rule's.
  virtual std::vector<Verdict> Verdicts() const { return {}; }
  /// True if every event that the rule is about violates it.
  virtual bool Always() const { return false; }
  /// True if every violation names byte ranges that can be cut out.
  virtual bool CanRedact() const { return false; }
};

/// What a word's builder may look at and add to.
struct WordContext {
  const ToolCatalog& catalog;
  const Match& match;  ///< of the rule; outlives the word
  KeySpecs& keys;
  Resources& resources;                ///< outlives the word
  Verdict verdict = Verdict::kDeny;    ///< of the rule
  std::optional<Node> otherwise = {};  ///< of the rule; `origin` reads it and takes it out
};

using Words = std::vector<std::unique_ptr<Word>>;

/// Reads `node` and appends the words it stands for. Throws Error with file, line and field.
using WordBuilder = void (*)(const Node& node, WordContext& context, Words& words);

/// Reads every word of a `require` (or `forbid`) mapping; a word that is not known there is an
/// error that lists those that are.
void ReadWords(const Node& node, bool forbid, WordContext& context, Words& words);

/// Fails unless the rule is about events with a tool, which `word` needs.
void NeedTool(const Node& node, const Match& match, std::string_view word);
/// The same for events with arguments: those, memory writes and strategy changes.
void NeedArguments(const Node& node, const Match& match, std::string_view word);

/// Reads a place in the arguments of every tool that the rule is about; fails at one that the
/// tools' schemas rule out.
Place ReadArgumentPlace(const Node& node, const std::string& pointer, const WordContext& context);

/// Reads `same` and checks its pointers against the schemas of every tool in `tools`.
KeySpecId ReadSame(const Node& node, const ToolSet& tools, WordContext& context);

}  // namespace kedge::guards
