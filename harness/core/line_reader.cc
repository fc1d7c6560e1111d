#include <cstring>
#include <vector>

#include "harness/core/byte_source.h"
#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge {

struct LineReader::State {
  std::string path;
  std::size_t max_line_bytes;
  std::unique_ptr<ByteSource> source;
  std::vector<char> buffer = std::vector<char>(std::size_t{64} << 10);
  std::size_t begin = 0;  // the part of `buffer` not yet handed out
  std::size_t end = 0;
  bool at_end = false;
  std::int64_t line_number = 0;

  // Reads more behind `end`, moving or growing the buffer as needed.
  void Fill() {
    if (begin > 0) std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    end -= begin;
    begin = 0;
    if (end == buffer.size()) buffer.resize(2 * buffer.size());
    const std::size_t got = source->Read(buffer.data() + end, buffer.size() - end);
    end += got;
    at_end = got == 0;
  }

  std::string_view Take(std::size_t length, std::size_t skip) {
    std::string_view line(buffer.data() + begin, length);
    begin += length + skip;
    if (line.ends_with('\r') && skip > 0) line.remove_suffix(1);
    CheckLength(line.size());
    return line;
  }

  void CheckLength(std::size_t length) const {
    if (length <= max_line_bytes) return;
    throw BadData("line is longer than " + std::to_string(max_line_bytes) + " bytes")
        .At(path, line_number);
  }
};

LineReader::LineReader(const std::string& path, std::size_t max_line_bytes)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->max_line_bytes = max_line_bytes;
  state_->source = OpenByteSource(path);
}

LineReader::~LineReader() = default;

std::int64_t LineReader::line_number() const { return state_->line_number; }

std::optional<std::string_view> LineReader::Next() {
  State& s = *state_;
  ++s.line_number;
  std::size_t searched = 0;
  while (true) {
    const char* from = s.buffer.data() + s.begin + searched;
    const std::size_t unsearched = s.end - s.begin - searched;
    if (const void* newline = std::memchr(from, '\n', unsearched)) {
      return s.Take(static_cast<std::size_t>(static_cast<const char*>(newline) - from) + searched,
                    1);
    }
    searched = s.end - s.begin;
    if (s.at_end) break;
    // One byte of grace for the \r before a \n that has not been read yet.
    if (searched > 0) s.CheckLength(searched - 1);
    s.Fill();
  }
  if (searched > 0) return s.Take(searched, 0);
  --s.line_number;
  return std::nullopt;
}

}  // namespace kedge
