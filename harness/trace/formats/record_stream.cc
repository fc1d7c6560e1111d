#include "harness/trace/formats/record_stream.h"

#include <algorithm>
#include <utility>

#include "harness/core/byte_source.h"
#include "harness/trace/formats/json_slices.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
// How far to look for the end of an object that does not end on its first line before the lines
// behind it are looked at.
constexpr std::size_t kShapeWindow = std::size_t{32} << 20;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Follows brackets and strings from byte to byte.
struct ValueScanner {
  std::size_t depth = 0;
  bool in_string = false;
  bool escaped = false;
  bool newline_in_string = false;

  // True when the value ends with this byte (or, for a scalar, before it: `ends_before`).
  bool Step(char c, bool& ends_before) {
    ends_before = false;
    if (in_string) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        in_string = false;
        return depth == 0;
      } else if (c == '\n') {
        newline_in_string = true;
      }
      return false;
    }
    switch (c) {
      case '"':
        in_string = true;
        return false;
      case '{':
      case '[':
        ++depth;
        return false;
      case '}':
      case ']':
        if (depth > 0) return --depth == 0;
        ends_before = true;
        return true;
      case ',':
      case '\n':
        ends_before = depth == 0;
        return ends_before;
      default:
        return false;
    }
  }
};

}  // namespace

RecordStream::RecordStream(const std::string& path) : path_(path), source_(OpenByteSource(path)) {}

RecordStream::~RecordStream() = default;

bool RecordStream::Next(RecordText& out) {
  Consume(std::exchange(pending_, 0));
  if (shape_ == Shape::kUnknown) FindShape();
  switch (shape_) {
    case Shape::kLines:
      return NextLine(out);
    case Shape::kArray:
      return NextElement(out);
    case Shape::kValues:
      return NextValue(out);
    case Shape::kUnknown:
      break;
  }
  return false;
}

void RecordStream::FindShape() {
  if (!SkipSpace()) return;
  if (buffer_[at_] == '[') {
    shape_ = Shape::kArray;
    Consume(1);
    return;
  }
  shape_ = Shape::kLines;
  if (buffer_[at_] != '{') return;
  std::size_t length = 0;
  const Scan scan = ScanValue(length, true, kShapeWindow);
  if (scan == Scan::kWhole) {
    const std::string_view value = std::string_view(buffer_).substr(at_, length);
    if (value.find('\n') != std::string_view::npos) shape_ = Shape::kValues;
  } else if (!HoldsWholeLine()) {
    shape_ = Shape::kValues;
  }
}

// Whether a line behind the first one is an object by itself.
bool RecordStream::HoldsWholeLine() const {
  const std::string_view text = std::string_view(buffer_).substr(at_);
  for (std::size_t end = text.find('\n'); end != std::string_view::npos;) {
    const std::size_t next = text.find('\n', end + 1);
    if (text.substr(end + 1, 1) == "{" &&
        !SliceObject(text.substr(end + 1, next - end - 1)).error) {
      return true;
    }
    end = next;
  }
  return false;
}

bool RecordStream::NextLine(RecordText& out) {
  std::size_t searched = 0;
  while (true) {
    const std::size_t newline = buffer_.find('\n', at_ + searched);
    if (newline == std::string::npos && buffer_.size() - at_ > kMaxLineBytes) {
      return GiveTooLong(out);
    }
    if (newline == std::string::npos) {
      searched = buffer_.size() - at_;
      if (Fill()) continue;
      // What is left of a damaged file is no whole line.
      if (searched == 0 || damage_) return false;
    }
    const std::size_t length = newline == std::string::npos ? searched : newline - at_;
    const std::string_view line = std::string_view(buffer_).substr(at_, length);
    if (std::all_of(line.begin(), line.end(), IsSpace)) {
      Consume(std::min(length + 1, buffer_.size() - at_));
      searched = 0;
      continue;
    }
    out = {line, line_, nullptr};
    if (line.size() > kMaxLineBytes) return GiveTooLong(out);
    pending_ = std::min(length + 1, buffer_.size() - at_);
    return true;
  }
}

bool RecordStream::NextElement(RecordText& out) {
  if (!SkipSpace()) {
    Damage("the text ends in the middle of an array");
    return false;
  }
  if (!first_ && buffer_[at_] == ',') {
    Consume(1);
    if (!SkipSpace()) {
      Damage("the text ends in the middle of an array");
      return false;
    }
  } else if (!first_ && buffer_[at_] != ']') {
    Damage("expected , or ]");
    return false;
  }
  if (buffer_[at_] == ']') {
    Consume(1);
    if (SkipSpace()) Damage("text after the end of the JSON value");
    return false;
  }
  first_ = false;
  std::size_t length = 0;
  switch (ScanValue(length, false, kMaxRecordBytes)) {
    case Scan::kWhole:
      out = {std::string_view(buffer_).substr(at_, length), line_, nullptr};
      pending_ = length;
      return true;
    case Scan::kTooLong:
      return GiveTooLong(out);
    case Scan::kCut:
    case Scan::kBroken:
      break;
  }
  Damage("the text ends in the middle of a value");
  return false;
}

bool RecordStream::NextValue(RecordText& out) {
  if (!SkipSpace()) return false;
  if (!first_ && buffer_[at_] != '{') {
    Damage("text after the end of the JSON value");
    return false;
  }
  first_ = false;
  std::size_t length = 0;
  const Scan scan = ScanValue(length, false, kMaxRecordBytes);
  if (scan == Scan::kTooLong) return GiveTooLong(out);
  if (scan != Scan::kWhole) return GiveRest(out);
  out = {std::string_view(buffer_).substr(at_, length), line_, nullptr};
  pending_ = length;
  return true;
}

// A document that was cut off: its reader makes the most of it.
bool RecordStream::GiveRest(RecordText& out) {
  out = {std::string_view(buffer_).substr(at_), line_, nullptr};
  pending_ = buffer_.size() - at_;
  return true;
}

bool RecordStream::GiveTooLong(RecordText& out) {
  const bool is_line = shape_ == Shape::kLines;
  const std::size_t limit = is_line ? kMaxLineBytes : kMaxRecordBytes;
  record_error_ = BadData("holds more than " + std::to_string(limit) + " bytes");
  record_error_->At(path_, line_);
  out = {{}, line_, &*record_error_};
  if (is_line) {
    while (buffer_.find('\n', at_) == std::string::npos) {
      Consume(buffer_.size() - at_);
      if (!Fill()) return true;
    }
    Consume(buffer_.find('\n', at_) + 1 - at_);
  } else {
    PassOverValue();
  }
  return true;
}

bool RecordStream::PassOverValue() {
  ValueScanner scanner;
  while (true) {
    for (std::size_t i = at_; i < buffer_.size(); ++i) {
      bool ends_before = false;
      if (!scanner.Step(buffer_[i], ends_before)) continue;
      Consume(i - at_ + (ends_before ? 0 : 1));
      return true;
    }
    Consume(buffer_.size() - at_);
    if (!Fill()) return false;
  }
}

RecordStream::Scan RecordStream::ScanValue(std::size_t& length, bool strict, std::size_t limit) {
  ValueScanner scanner;
  length = 0;
  while (true) {
    for (; at_ + length < buffer_.size(); ++length) {
      bool ends_before = false;
      if (!scanner.Step(buffer_[at_ + length], ends_before)) continue;
      if (!ends_before) ++length;
      return Scan::kWhole;
    }
    if (strict && scanner.newline_in_string) return Scan::kBroken;
    if (length > limit) return Scan::kTooLong;
    if (!Fill()) return Scan::kCut;
  }
}

// Reads on behind the buffer; false at the end. Damage of the compression is an end.
bool RecordStream::Fill() {
  if (at_end_) return false;
  if (at_ > buffer_.size() / 2) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  const std::size_t used = buffer_.size();
  const std::size_t more = std::max(kChunk, used / 4);
  buffer_.resize(used + more);
  std::size_t got = 0;
  try {
    got = source_->Read(buffer_.data() + used, more);
  } catch (Error& error) {
    if (error.kind() != ErrorKind::kBadData) throw;
    damage_ = std::move(error);
  }
  buffer_.resize(used + got);
  at_end_ = got == 0;
  if (at_end_ && damage_) {
    const auto below =
        std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), buffer_.end(), '\n');
    damage_->At(path_, line_ + below);
  }
  return !at_end_;
}

// To the next byte that is no white space; false at the end.
bool RecordStream::SkipSpace() {
  while (true) {
    std::size_t length = 0;
    while (at_ + length < buffer_.size() && IsSpace(buffer_[at_ + length])) ++length;
    Consume(length);
    if (at_ < buffer_.size()) return true;
    if (!Fill()) return false;
  }
}

void RecordStream::Consume(std::size_t length) {
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  line_ += std::count(from, from + static_cast<std::ptrdiff_t>(length), '\n');
  at_ += length;
}

void RecordStream::Damage(std::string message) {
  if (!damage_) damage_ = std::move(BadData(std::move(message)).At(path_, line_));
}

}  // namespace kedge::trace
