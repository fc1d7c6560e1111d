#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::trace {

/// JSON text as it is walked through once, front to back. simdjson's first stage (Langdale and
/// Lemire 2019) has checked UTF-8 and found where every value, bracket and separator begins; the
/// grammar, escapes and numbers are checked here, while values are taken straight to where they
/// belong.
///
/// Every method returns false for what is not certainly right by the rules of ParseJson, which
/// alone words complaints; then nothing more may be asked. One object per text; the text must
/// outlive it. Not thread-safe; one walk at a time per thread.
class StructuralJson {
 public:
  /// `Begin` must have returned true before anything else is asked.
  explicit StructuralJson(std::string_view text) : text_(text) {}
  bool Begin();
  /// Nothing is left.
  bool AtEnd() const { return at_ == count_; }

  /// Calls `read(key)` at each member's value, which it must take; keys come as they are written,
  /// escapes included.
  template <typename Read>
  bool Object(Read&& read) {
    if (!Open('{')) return false;
    if (Take('}')) return Close();
    do {
      std::string_view key;
      if (!RawString(key) || !Take(':') || !read(key)) return false;
    } while (Take(','));
    return Take('}') && Close();
  }

  /// Calls `read()` at each element.
  template <typename Read>
  bool Array(Read&& read) {
    if (!Open('[')) return false;
    if (Take(']')) return Close();
    do {
      if (!read()) return false;
    } while (Take(','));
    return Take(']') && Close();
  }

  /// Elements of the array that comes next, for making room; 0 when it is none. Takes nothing.
  std::size_t CountElements() const;

  /// Each takes the next value, if it is of that kind; integers as they fit. RawString gives what
  /// stands between the quotes, escapes included.
  bool RawString(std::string_view& out) {
    if (Peek() != '"') return false;
    const std::string_view token = Token();
    if (token.size() < 2 || token.back() != '"') return false;
    out = token.substr(1, token.size() - 2);
    return true;
  }
  bool String(std::string& out) {
    std::string_view raw;
    return RawString(raw) && Unescape(raw, out);
  }
  bool Bool(bool& out);
  bool Int(std::int64_t& out);
  bool Unsigned(std::uint64_t& out);
  bool Double(double& out);
  bool Value(Json& out);

  /// `raw`, as it stands between its quotes, without its escapes.
  bool Unescape(std::string_view raw, std::string& out) const;

 private:
  // Below the strict parser's limit, whatever that counts.
  static constexpr std::size_t kMaxDepth = 62;

  bool Open(char bracket) {
    if (depth_ == kMaxDepth || !Take(bracket)) return false;
    ++depth_;
    return true;
  }
  bool Close() {
    --depth_;
    return true;
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  char Peek() const { return at_ < count_ ? text_[indexes_[at_]] : '\0'; }
  // From where the next value begins to where the one behind it does, without the space between.
  std::string_view Token() {
    if (at_ == count_) return {};
    const std::size_t begin = indexes_[at_++];
    std::size_t end = at_ < count_ ? indexes_[at_] : text_.size();
    while (end > begin && IsSpace(text_[end - 1])) --end;
    return {text_.data() + begin, end - begin};
  }
  static bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  bool Number(Json& out);
  bool ObjectValue(Json& out);
  bool ArrayValue(Json& out);

  const std::string_view text_;
  const std::uint32_t* indexes_ = nullptr;
  std::size_t count_ = 0;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace kedge::trace
