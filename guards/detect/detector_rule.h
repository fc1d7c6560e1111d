#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guards/detect/checksums.h"
#include "harness/core/document.h"
#include "harness/text/pattern.h"

namespace kedge::guards {

/// An expression that is compiled when it is first needed, so that a pack starts fast.
/// Thread-safe.
class LazyPattern {
 public:
  LazyPattern(std::string expression, bool any_case)
      : expression_(std::move(expression)), any_case_(any_case) {}
  /// Throws Error(kBadData) when the expression is wrong.
  const text::Pattern& Get() const {
    const text::Pattern* ready = ready_.load(std::memory_order_acquire);
    return ready != nullptr ? *ready : Compile();
  }
  const std::string& expression() const { return expression_; }

 private:
  const text::Pattern& Compile() const;

  std::string expression_;
  bool any_case_;
  mutable std::atomic<const text::Pattern*> ready_ = nullptr;
  mutable std::once_flag once_;
  mutable std::optional<text::Pattern> pattern_;
};

/// How a rule finds its candidates.
enum class DetectorMethod {
  kPattern,   ///< a regular expression around a keyword
  kAssigned,  ///< the value given to a name that contains a keyword
  kEmail,     ///< addr-spec around an `@`
  kCard,      ///< payment card numbers
  kIban,      ///< international bank account numbers
  kSsn,       ///< US social security numbers in groups of 3-2-4
  kIpAddress,
  kHidden,  ///< hidden characters; see hidden_shapes.h
  kLink,    ///< Markdown and HTML links; see link_finder.h
};

/// One rule of a pack. Immutable after loading.
struct DetectorRule {
  std::string id;
  std::string kind;
  std::string pack;
  DetectorMethod method = DetectorMethod::kPattern;
  std::string shape;  ///< kHidden, kLink: which
  std::vector<std::string> keywords;
  std::unique_ptr<LazyPattern> pattern;    ///< kAssigned: of the whole value
  std::unique_ptr<LazyPattern> name;       ///< kAssigned: of the whole name, when given
  std::unique_ptr<LazyPattern> unless;     ///< a value that contains it is no finding
  std::unique_ptr<LazyPattern> not_match;  ///< nor is a match that contains it
  std::unique_ptr<LazyPattern> not_line;   ///< nor is a match in a line that contains it
  int group = 0;  ///< of the pattern that holds the value; 0: the first that took part, or all
  bool folded = false;  ///< the pattern reads folded text: lower case, single blanks
  bool whole = false;   ///< ... and all of it, not a part around the keyword
  double entropy = 0;   ///< least Shannon entropy of the value in bits a character
  bool named = false;   ///< keywords count as whole words only
  bool starts = false;  ///< a match begins with its keyword, at the beginning of a word
  bool needs_digit = false;
  std::uint32_t run = 0;  ///< so many letters and digits follow the keyword, or it does not count
  Checksum checksum = nullptr;
  std::uint32_t before = 64;  ///< how far before and behind a keyword a match may reach
  std::uint32_t after = 320;
  std::uint32_t suffix = 24;  ///< kAssigned: bytes of the name behind the keyword
  std::vector<std::string> match_examples, no_match_examples;
  std::int64_t line = 0;
  std::string file;
};

/// Reads one rule; throws Error(kBadData) with file, line and field. Patterns are only compiled
/// when `check` is set.
std::unique_ptr<DetectorRule> ReadDetectorRule(const Node& node, const std::string& pack,
                                               const std::string& kind);

/// Whether a candidate's value satisfies entropy, digits, checksum and exceptions of its rule.
bool AcceptsValue(const DetectorRule& rule, std::string_view value);

/// Shannon entropy in bits a byte.
double ShannonEntropy(std::string_view text);

/// An example with its placeholders `{alnum:36}` filled in, the same each time: classes lower,
/// upper, alpha, alnum, base36 (lower case and digits), hex, HEX, digit, base64, url (base64url),
/// word; `{=x:36}` repeats a character. Keeps strings that look like secrets out of pack files.
std::string ExpandExample(std::string_view example);

}  // namespace kedge::guards
