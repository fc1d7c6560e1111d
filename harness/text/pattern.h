#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge::text {

/// One place where a Pattern matched. The views point into the searched text and (names) into the
/// Pattern: keep both alive.
struct PatternMatch {
  std::size_t begin = 0;  ///< byte offset of the match in the text
  std::size_t end = 0;    ///< one past its last byte
  /// Named groups that took part, in the order of their opening parentheses.
  std::vector<std::pair<std::string_view, std::string_view>> groups;

  /// The text of a named group; nullopt when it took no part (or there is no such group).
  std::optional<std::string_view> Group(std::string_view name) const;
};

/// A regular expression in RE2's syntax (UTF-8; `(?P<name>...)` names a group): matching is linear
/// in the text whatever the pattern, so untrusted text is safe. Look-around and back-references do
/// not exist. Copying is cheap (shared, immutable); every method may be called from many threads.
class Pattern {
 public:
  struct Options {
    bool case_sensitive = true;
    /// Bytes that the compiled automata may take. A pattern that needs more fails to compile.
    std::int64_t max_mem = std::int64_t{8} << 20;
  };

  /// Throws Error(kBadData) that quotes the expression and says what is wrong with it.
  static Pattern Compile(std::string_view expression, const Options& options);
  static Pattern Compile(std::string_view expression) { return Compile(expression, Options()); }

  /// True if it matches somewhere in `text` (unanchored).
  bool Matches(std::string_view text) const;
  /// True if it matches the whole of `text`.
  bool FullMatch(std::string_view text) const;
  /// The leftmost match that starts at byte `from` or later, with its named groups. `^` still
  /// means the beginning of `text`, not of the searched rest.
  std::optional<PatternMatch> Search(std::string_view text, std::size_t from = 0) const&;
  /// The match would point into a Pattern that is gone.
  std::optional<PatternMatch> Search(std::string_view text, std::size_t from = 0) const&& = delete;

  /// A match within bytes [from, to) of `text` as Search finds it, without allocating memory. `^`,
  /// `$` and `\b` look at the whole text.
  struct Span {
    std::size_t begin = 0, end = 0;  ///< the match
    std::size_t value_begin = 0, value_end = 0;
  };
  /// The value is the group of that number; for 0 the first of the first three groups that took
  /// part and is not empty, else the whole match.
  bool FindSpan(std::string_view text, std::size_t from, std::size_t to, int group,
                Span& found) const;

  /// As FindSpan, for a match that begins at byte `from`.
  bool MatchAt(std::string_view text, std::size_t from, std::size_t to, int group,
               Span& found) const;

  const std::string& expression() const;
  /// Names of the groups in the order of their opening parentheses.
  const std::vector<std::string>& group_names() const;

  /// An expression that matches exactly `text`.
  static std::string Escape(std::string_view text);

 private:
  bool FindFrom(std::string_view text, std::size_t from, std::size_t to, int group, bool anchored,
                Span& found) const;

  struct Impl;
  explicit Pattern(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace kedge::text
