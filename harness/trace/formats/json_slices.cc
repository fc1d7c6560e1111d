#include "harness/trace/formats/json_slices.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace kedge::trace {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kEnd = std::string_view::npos;

class Slicer {
 public:
  Slicer(std::string_view text, std::int64_t first_line) : text_(text), line_(first_line) {}

  JsonSlices Cut(char open, char close) {
    SkipSpace();
    if (!Take(open)) return Fail(open == '[' ? "expected an array" : "expected an object");
    SkipSpace();
    if (Take(close)) return Finish();
    while (true) {
      JsonSlice slice;
      if (open == '{' && !CutKey(slice)) return Fail("expected a quoted key and a colon");
      if (!CutValue(slice)) {
        if (open == '{') slices_.items.push_back(slice);
        return Fail("the text ends in the middle of a value");
      }
      slices_.items.push_back(slice);
      SkipSpace();
      if (Take(close)) return Finish();
      if (!Take(',')) return Fail(std::string("expected , or ") + close);
      SkipSpace();
    }
  }

 private:
  bool CutKey(JsonSlice& slice) {
    const std::size_t start = at_;
    if (at_ >= text_.size() || text_[at_] != '"' || !SkipString()) return false;
    slice.key = text_.substr(start + 1, at_ - start - 2);
    SkipSpace();
    if (!Take(':')) return false;
    SkipSpace();
    return true;
  }

  bool CutValue(JsonSlice& slice) {
    const std::size_t start = at_;
    slice.line = line_;
    if (at_ >= text_.size()) return false;
    const char c = text_[at_];
    const bool whole = c == '"' ? SkipString() : c == '{' || c == '[' ? SkipNested() : SkipScalar();
    slice.text = text_.substr(start, at_ - start);
    line_ += std::count(slice.text.begin(), slice.text.end(), '\n');
    return whole;
  }

  bool SkipString() {
    for (++at_; at_ < text_.size(); ++at_) {
      at_ = text_.find_first_of("\"\\", at_);
      if (at_ == kEnd) break;
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      ++at_;
    }
    at_ = text_.size();
    return false;
  }

  bool SkipNested() {
    std::size_t depth = 0;
    while ((at_ = text_.find_first_of("\"{}[]", at_)) != kEnd) {
      const char c = text_[at_];
      if (c == '"') {
        if (!SkipString()) return false;
        continue;
      }
      depth += c == '{' || c == '[' ? 1 : std::size_t(-1);
      ++at_;
      if (depth == 0) return true;
    }
    at_ = text_.size();
    return false;
  }

  bool SkipScalar() {
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_of(",]}{[\" \t\r\n", at_), text_.size());
    return at_ > start;
  }

  void SkipSpace() {
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size());
    line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(start),
                        text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
  }

  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  JsonSlices Finish() {
    SkipSpace();
    return at_ == text_.size() ? std::move(slices_) : Fail("text after the end of the JSON value");
  }

  JsonSlices Fail(std::string message) {
    slices_.error = std::move(BadData(std::move(message)).At({}, line_));
    return std::move(slices_);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t line_;
  JsonSlices slices_;
};

}  // namespace

JsonSlices SliceArray(std::string_view text, std::int64_t first_line) {
  return Slicer(text, first_line).Cut('[', ']');
}

JsonSlices SliceObject(std::string_view text, std::int64_t first_line) {
  return Slicer(text, first_line).Cut('{', '}');
}

const JsonSlice* FindSlice(const JsonSlices& object, std::string_view key) {
  const auto it = std::find_if(object.items.begin(), object.items.end(),
                               [key](const JsonSlice& slice) { return slice.key == key; });
  return it == object.items.end() ? nullptr : &*it;
}

}  // namespace kedge::trace
