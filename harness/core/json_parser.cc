#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/json_number.h"
#include "harness/core/utf8.h"
#include "harness/core/value_lines.h"

namespace kedge {
namespace {

// The parser recurses; deeper limits than this are cut to it.
constexpr std::size_t kMaxJsonRecursion = 1000;

// Recursive descent that builds the value while it checks the text, in one pass. Lines are counted
// only when somebody asks for them.
class JsonParser {
 public:
  JsonParser(std::string_view text, std::string_view source, const JsonLimits& limits,
             ValueLines* lines)
      : text_(text),
        source_(source),
        max_depth_(std::min(limits.max_depth, kMaxJsonRecursion)),
        lines_(lines) {}

  void ParseAll(Json& root) {
    if (text_.starts_with("\xEF\xBB\xBF")) Throw("starts with a byte order mark; remove it");
    SkipSpace();
    if (lines_ != nullptr) Register(root, LineHere());
    ParseValue(root, 0);
    SkipSpace();
    if (at_ < text_.size()) Throw("text after the end of the JSON value");
  }

 private:
  void ParseValue(Json& out, std::size_t depth) {
    switch (Peek()) {
      case '{':
        return ParseObject(out, depth + 1);
      case '[':
        return ParseArray(out, depth + 1);
      case '"':
        out = Json::string_t();
        return ParseString(out.get_ref<std::string&>());
      case 't':
        ExpectWord("true");
        out = true;
        return;
      case 'f':
        ExpectWord("false");
        out = false;
        return;
      case 'n':
        ExpectWord("null");
        out = nullptr;
        return;
      default:
        return ParseNumber(out);
    }
  }

  void ParseObject(Json& out, std::size_t depth) {
    CheckDepth(depth);
    out = Json::object();
    auto& members = out.get_ref<Json::object_t&>();
    ++at_;
    SkipSpace();
    if (TakeIf('}')) return;
    while (true) {
      if (Peek() != '"') Unexpected("a key in double quotes");
      const std::int64_t line = lines_ != nullptr ? LineHere() : 0;
      const std::size_t key_at = at_;
      std::string key;
      ParseString(key);
      SkipSpace();
      if (!TakeIf(':')) Unexpected("':' after a key");
      SkipSpace();
      const auto [member, added] = members.try_emplace(std::move(key));
      if (!added) ThrowDuplicate(key_at, member->first);
      if (lines_ != nullptr) Register(member->second, line);
      ParseValue(member->second, depth);
      SkipSpace();
      if (TakeIf('}')) return;
      if (!TakeIf(',')) Unexpected("',' or '}' in an object");
      SkipSpace();
    }
  }

  void ParseArray(Json& out, std::size_t depth) {
    CheckDepth(depth);
    out = Json::array();
    auto& elements = out.get_ref<Json::array_t&>();
    ++at_;
    SkipSpace();
    if (TakeIf(']')) return;
    std::vector<std::int64_t> element_lines;
    while (true) {
      if (lines_ != nullptr) element_lines.push_back(LineHere());
      ParseValue(elements.emplace_back(), depth);
      SkipSpace();
      if (TakeIf(']')) break;
      if (!TakeIf(',')) Unexpected("',' or ']' in an array");
      SkipSpace();
    }
    // Only now, because the vector moves its elements while it grows.
    for (std::size_t i = 0; i < element_lines.size(); ++i) Register(elements[i], element_lines[i]);
  }

  void ParseString(std::string& out) {
    const std::size_t start = at_++;
    while (true) {
      const std::size_t run = at_;
      while (at_ < text_.size() && IsPlain(text_[at_])) ++at_;
      out.append(text_, run, at_ - run);
      if (at_ >= text_.size()) ThrowAt(start, "a string that never ends");
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return;
      }
      if (c == '\\') {
        ParseEscape(out);
      } else if (c < 0x20) {
        Throw("a control character inside a string; write it as \\u00XX");
      } else {
        ParseMultibyte(out);
      }
    }
  }

  static bool IsPlain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  }

  void ParseMultibyte(std::string& out) {
    const CodePoint c = DecodeUtf8(text_, at_);
    if (!c.valid) Throw("invalid UTF-8 at byte " + std::to_string(at_));
    out.append(text_, at_, c.length);
    at_ += c.length;
  }

  void ParseEscape(std::string& out) {
    const std::size_t start = at_++;
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    if (c == 'u') {
      AppendUtf8(ParseCodePoint(start), out);
    } else if (const std::size_t found = kNames.find(c); found != kNames.npos) {
      out += kValues[found];
    } else {
      ThrowAt(start, "an unknown escape in a string");
    }
  }

  // The part of \uXXXX after the u, and the second half of a surrogate pair.
  char32_t ParseCodePoint(std::size_t start) {
    const char32_t first = ParseHex4(start);
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first > 0xDBFF || text_.substr(at_, 2) != "\\u") ThrowAt(start, kLoneSurrogate);
    at_ += 2;
    const char32_t second = ParseHex4(start);
    if (second < 0xDC00 || second > 0xDFFF) ThrowAt(start, kLoneSurrogate);
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
  }

  char32_t ParseHex4(std::size_t start) {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      unsigned digit = 16;
      if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
      if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a' + 10);
      if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A' + 10);
      if (digit == 16) ThrowAt(start, "\\u needs four hexadecimal digits");
      value = value << 4 | digit;
    }
    return value;
  }

  void ParseNumber(Json& out) {
    const NumberToken token = ScanNumber(text_.substr(at_));
    if (token.length == 0) ThrowNotNumber();
    if (!ReadNumber(text_.substr(at_, token.length), token.integral, out)) {
      Throw("a number out of range; write it as a string");
    }
    at_ += token.length;
  }

  [[noreturn]] void ThrowNotNumber() const {
    const char c = Peek();
    if (c != '-' && (c < '0' || c > '9')) Unexpected("a JSON value");
    Throw("a number that JSON does not allow");
  }

  void ExpectWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) Unexpected("a JSON value");
    at_ += word.size();
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool TakeIf(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
      ++at_;
    }
  }

  void CheckDepth(std::size_t depth) const {
    if (depth > max_depth_) Throw("nested deeper than " + std::to_string(max_depth_) + " levels");
  }

  // Newlines are counted once each, on from the last place asked for.
  std::int64_t LineHere() {
    line_ += std::count(text_.begin() + counted_, text_.begin() + at_, '\n');
    counted_ = at_;
    return line_;
  }

  void Register(const Json& value, std::int64_t line) {
    if (lines_->lines.size() >= lines_->max_nodes) Throw("too many values for a document");
    lines_->lines.emplace(&value, line);
  }

  [[noreturn]] void Unexpected(std::string_view expected) const {
    if (at_ >= text_.size()) Throw("ends too early; expected " + std::string(expected));
    const unsigned length = DecodeUtf8(text_, at_).length;
    std::string seen = EscapeControls(text_.substr(at_, length));
    if (seen == "\n") seen = "end of line";
    Throw("expected " + std::string(expected) + ", got '" + seen + "'");
  }

  [[noreturn]] void ThrowDuplicate(std::size_t at, const std::string& key) const {
    ThrowAt(at, "key \"" + EscapeControls(Elide(key, 60)) + "\" is written twice");
  }

  [[noreturn]] void Throw(std::string message) const { ThrowAt(at_, std::move(message)); }

  [[noreturn]] void ThrowAt(std::size_t at, std::string message) const {
    const auto end = text_.begin() + std::min(at, text_.size());
    throw BadData(std::move(message))
        .At(std::string(source_), 1 + std::count(text_.begin(), end, '\n'));
  }

  static constexpr const char* kLoneSurrogate = "half of a surrogate pair in a string";

  const std::string_view text_;
  const std::string_view source_;
  const std::size_t max_depth_;
  ValueLines* const lines_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  std::int64_t line_ = 1;
};

}  // namespace

void ParseJsonInto(std::string_view text, std::string_view source, const JsonLimits& limits,
                   Json& root, ValueLines* lines) {
  if (text.size() > limits.max_bytes) {
    throw BadData("more than " + std::to_string(limits.max_bytes) + " bytes of JSON")
        .At(std::string(source));
  }
  JsonParser(text, source, limits, lines).ParseAll(root);
}

Json ParseJson(std::string_view text, std::string_view source, const JsonLimits& limits) {
  Json root;
  ParseJsonInto(text, source, limits, root, nullptr);
  return root;
}

}  // namespace kedge
