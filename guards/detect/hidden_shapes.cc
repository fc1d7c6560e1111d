#include "guards/detect/hidden_shapes.h"

#include <unicode/uchar.h>

#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMinRun = 4;
constexpr std::size_t kMinInWords = 2;
constexpr std::size_t kMaxShapes = 10000;  // one would do to refuse the text
constexpr char32_t kBlackFlag = 0x1F3F4;

bool IsTagOrCancel(char32_t c) { return c >= 0xE0020 && c <= 0xE007F; }
bool IsSelectorCharacter(char32_t c) {
  return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}
bool IsInvisibleCharacter(char32_t c) {
  const auto code = static_cast<UChar32>(c);
  return u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 ||
         u_charType(code) == U_FORMAT_CHAR;
}
bool IsLatinLetter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A run of characters of one kind.
struct CharacterRun {
  std::string_view shape;
  std::size_t begin = 0, end = 0, count = 0;
};

class ShapeScan {
 public:
  explicit ShapeScan(std::string_view text) : text_(text) {}

  std::vector<HiddenShape> Run() {
    for (std::size_t at = 0; at < text_.size() && shapes_.size() < kMaxShapes;) {
      const CodePoint point = static_cast<unsigned char>(text_[at]) < 0x80
                                  ? CodePoint{static_cast<char32_t>(text_[at]), 1, true}
                                  : DecodeUtf8(text_, at);
      Step(point.value, at, at + point.length);
      at += point.length;
    }
    Close();
    if (in_words_ >= kMinInWords) {
      shapes_.push_back({"invisible-in-word", first_in_word_, last_in_word_});
    }
    return std::move(shapes_);
  }

 private:
  static std::string_view ShapeOf(char32_t c) {
    if (c < 0x80) return {};
    if (IsTagOrCancel(c)) return "tags";
    if (IsSelectorCharacter(c)) return "selectors";
    if (u_charType(static_cast<UChar32>(c)) == U_PRIVATE_USE_CHAR) return "private-use";
    return IsInvisibleCharacter(c) ? "invisible-run" : std::string_view();
  }

  void Step(char32_t c, std::size_t begin, std::size_t end) {
    if (c == 0x202D || c == 0x202E) shapes_.push_back({"bidi-override", begin, end});
    const std::string_view shape = ShapeOf(c);
    if (shape != run_.shape) Close();
    if (shape.empty()) {
      NoteWord(c, begin);
      before_ = c;
      return;
    }
    if (run_.count == 0) run_ = {shape, begin, end, 0};
    run_.end = end;
    ++run_.count;
    if (before_run_ == 0) before_run_ = before_;
  }

  // `c` is visible: were the invisible ones just before it inside a word?
  void NoteWord(char32_t c, std::size_t begin) {
    if (before_run_ != 0 && IsLatinLetter(before_run_) && IsLatinLetter(c)) {
      if (in_words_++ == 0) first_in_word_ = run_begin_;
      last_in_word_ = begin;
    }
    before_run_ = 0;
  }

  void Close() {
    run_begin_ = run_.begin;
    const bool flag = run_.shape == "tags" && before_ == kBlackFlag && run_.count <= 7;
    if (run_.count >= kMinRun && !flag) shapes_.push_back({run_.shape, run_.begin, run_.end});
    run_ = {};
  }

  std::string_view text_;
  std::vector<HiddenShape> shapes_;
  CharacterRun run_;
  std::size_t run_begin_ = 0;
  char32_t before_ = 0;  // the last visible character
  char32_t before_run_ =
      0;  // the visible character before the invisible ones; 0 when there are none
  std::size_t in_words_ = 0, first_in_word_ = 0, last_in_word_ = 0;
};

}  // namespace

std::vector<HiddenShape> FindHiddenShapes(std::string_view text) { return ShapeScan(text).Run(); }

}  // namespace kedge::guards
