#include "harness/core/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/core/error.h"

namespace kedge {
namespace {

constexpr std::size_t kInputChunk = std::size_t{64} << 10;

Error ReadError(ErrorKind kind, std::string what, int code, const std::string& path) {
  return Error(kind, what + ": " + std::generic_category().message(code)).At(path);
}

class PlainSource : public ByteSource {
 public:
  explicit PlainSource(const std::string& path)
      : path_(path), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) throw ReadError(ErrorKind::kMissingInput, "cannot open", errno, path_);
  }
  ~PlainSource() override { close(fd_); }
  PlainSource(const PlainSource&) = delete;
  PlainSource& operator=(const PlainSource&) = delete;

  // Not in the constructor, whose exception would leave the descriptor open.
  void Start() {
    struct stat info {};
    if (fstat(fd_, &info) != 0) throw ReadError(ErrorKind::kIo, "cannot examine", errno, path_);
    if (S_ISDIR(info.st_mode)) {
      throw ReadError(ErrorKind::kMissingInput, "cannot read", EISDIR, path_);
    }
    if (S_ISREG(info.st_mode)) size_ = static_cast<std::size_t>(info.st_size);
    while (head_used_ < sizeof head_) {
      const std::size_t got = ReadRaw(head_ + head_used_, sizeof head_ - head_used_);
      if (got == 0) break;
      head_used_ += got;
    }
  }

  std::string_view head() const { return {head_, head_used_}; }
  const std::string& path() const { return path_; }
  std::size_t SizeHint() const override { return size_; }

  std::size_t Read(char* out, std::size_t size) override {
    if (head_given_ == head_used_) return ReadRaw(out, size);
    const std::size_t count = std::min(size, head_used_ - head_given_);
    std::memcpy(out, head_ + head_given_, count);
    head_given_ += count;
    return count;
  }

 private:
  std::size_t ReadRaw(char* out, std::size_t size) {
    ssize_t got = 0;
    do {
      got = read(fd_, out, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw ReadError(ErrorKind::kIo, "cannot read", errno, path_);
    return static_cast<std::size_t>(got);
  }

  const std::string path_;
  const int fd_;
  std::size_t size_ = 0;
  char head_[4] = {};  // enough for either magic number
  std::size_t head_used_ = 0;
  std::size_t head_given_ = 0;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<PlainSource> input)
      : input_(std::move(input)), buffer_(kInputChunk) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw InternalError("zlib does not start");
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  std::size_t Read(char* out, std::size_t size) override {
    size = std::min(size, std::size_t{1} << 30);  // zlib counts in 32 bits
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == size) {
      if (stream_.avail_in == 0 && !Feed()) return 0;
      if (!in_member_) inflateReset(&stream_);
      in_member_ = true;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        in_member_ = false;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        throw BadData("damaged gzip data").At(input_->path());
      }
    }
    return size - stream_.avail_out;
  }

 private:
  bool Feed() {
    const std::size_t got = input_->Read(buffer_.data(), buffer_.size());
    if (got == 0 && in_member_) throw BadData("gzip data is cut off").At(input_->path());
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  std::unique_ptr<PlainSource> input_;
  std::vector<char> buffer_;
  z_stream stream_{};
  bool in_member_ = true;
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<PlainSource> input)
      : input_(std::move(input)), buffer_(kInputChunk), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw InternalError("zstd does not start");
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  std::size_t Read(char* out, std::size_t size) override {
    ZSTD_outBuffer output{out, size, 0};
    while (output.pos == 0) {
      if (pending_.pos == pending_.size && !holds_output_ && !Feed()) return 0;
      wanted_ = ZSTD_decompressStream(stream_, &output, &pending_);
      if (ZSTD_isError(wanted_) != 0) throw BadData("damaged zstd data").At(input_->path());
      // A full output buffer may mean that more is waiting inside; at the end of a frame it is not.
      holds_output_ = output.pos == output.size && wanted_ != 0;
    }
    return output.pos;
  }

 private:
  bool Feed() {
    const std::size_t got = input_->Read(buffer_.data(), buffer_.size());
    if (got == 0 && wanted_ != 0) throw BadData("zstd data is cut off").At(input_->path());
    pending_ = {buffer_.data(), got, 0};
    return got > 0;
  }

  std::unique_ptr<PlainSource> input_;
  std::vector<char> buffer_;
  ZSTD_DStream* const stream_;
  ZSTD_inBuffer pending_{nullptr, 0, 0};
  std::size_t wanted_ = 1;  // 0 between two frames
  bool holds_output_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> OpenByteSource(const std::string& path) {
  auto plain = std::make_unique<PlainSource>(path);
  plain->Start();
  if (plain->head().starts_with("\x1F\x8B")) return std::make_unique<GzipSource>(std::move(plain));
  if (plain->head() == "\x28\xB5\x2F\xFD") return std::make_unique<ZstdSource>(std::move(plain));
  return plain;
}

}  // namespace kedge
