#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace kedge::guards {

/// A place where a text repeats a hidden one.
struct Leak {
  std::string how;   ///< "identifier", "phrase" or "spelled identifier"
  std::string what;  ///< the repeated words
};

/// Knows the texts of hidden tasks and their answers, and tells whether a new text repeats any of
/// it: an identifier that occurs in hidden texts only, also when it is spelled with other
/// characters in between (a shorter one only as it is); or a run of kPhraseWords words that no
/// public text has. Rewording every third word escapes it: held-out twins of the tasks have to show
/// that. Immutable after the last Add; Find may run in any number of threads.
class LeakIndex {
 public:
  static constexpr std::size_t kPhraseWords = 6;
  static constexpr std::size_t kMinIdentifier = 5;  ///< characters, one of them a digit

  /// Public texts first: what they hold is no secret.
  void AddPublic(std::string_view text);
  void AddHidden(std::string_view text);

  /// The first leak in `text`. O(text) for each distinct length of identifiers.
  std::optional<Leak> Find(std::string_view text) const;

 private:
  std::optional<Leak> FindIdentifier(const std::vector<std::string>& words) const;
  std::optional<Leak> FindPhrase(const std::vector<std::string>& words) const;
  std::optional<Leak> FindSpelled(const std::vector<std::string>& words) const;

  std::unordered_set<std::string> public_identifiers_;
  std::unordered_set<std::string> public_phrases_;
  std::unordered_set<std::string> identifiers_;
  std::unordered_set<std::string> phrases_;
  std::set<std::size_t> lengths_;  // of identifiers that are sought spelled
};

}  // namespace kedge::guards
