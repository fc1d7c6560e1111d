#include "harness/core/gunzip.h"

#include <zlib.h>

#include <algorithm>

#include "harness/core/error.h"

namespace kedge {
namespace {

constexpr std::size_t kOutputChunk = std::size_t{64} << 10;
constexpr std::size_t kMaxInput = std::size_t{1} << 30;  // zlib counts in 32 bits

class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    constexpr int kGzipOrZlib = 32 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOrZlib) != Z_OK) throw InternalError("zlib does not start");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool done() const { return ended_ && stream_.avail_in == 0; }

  void AppendTo(std::string& out) {
    if (ended_) inflateReset(&stream_);
    char chunk[kOutputChunk];
    stream_.next_out = reinterpret_cast<Bytef*>(chunk);
    stream_.avail_out = sizeof chunk;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_BUF_ERROR) throw BadData("compressed data is cut off");
    if (result != Z_OK && result != Z_STREAM_END) throw BadData("damaged compressed data");
    ended_ = result == Z_STREAM_END;
    out.append(chunk, sizeof chunk - stream_.avail_out);
  }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace

std::string Gunzip(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() > kMaxInput) throw BadData("compressed data of more than 1 GiB");
  Inflater inflater(bytes);
  std::string out;
  do {
    inflater.AppendTo(out);
    if (out.size() > max_bytes) {
      throw BadData("decompresses to more than " + std::to_string(max_bytes) + " bytes");
    }
  } while (!inflater.done());
  return out;
}

}  // namespace kedge
