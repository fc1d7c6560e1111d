#include "harness/core/zip_reader.h"

#include <zlib.h>

#include <algorithm>

#include "harness/core/error.h"

namespace kedge {
namespace {

constexpr std::string_view kEndMark = "PK\x05\x06";
constexpr std::string_view kEntryMark = "PK\x01\x02";
constexpr std::string_view kHeaderMark = "PK\x03\x04";
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kHeaderSize = 30;
constexpr std::size_t kMaxComment = 65535;
constexpr std::uint32_t kStored = 0;
constexpr std::uint32_t kDeflated = 8;
constexpr std::uint32_t kEncryptedFlag = 1;

std::uint32_t Little(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

std::string Inflate(std::string_view packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  constexpr int kRaw = -MAX_WBITS;
  if (inflateInit2(&stream, kRaw) != Z_OK) throw InternalError("zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  const bool whole = result == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!whole) throw BadData("damaged zip entry");
  return out;
}

}  // namespace

ZipReader::ZipReader(std::string_view bytes) : bytes_(bytes) {
  const std::size_t end = bytes.rfind(kEndMark);
  const bool found = end != std::string_view::npos && bytes.size() - end >= kEndSize &&
                     bytes.size() - end <= kEndSize + kMaxComment;
  if (!found) throw BadData("not a whole zip archive: its directory is missing");
  const std::uint32_t count = Little(bytes, end + 10, 2);
  std::size_t at = Little(bytes, end + 16, 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool good = at + kEntrySize <= bytes.size() && bytes.substr(at, 4) == kEntryMark;
    if (!good) throw BadData("damaged zip directory");
    const std::size_t name_size = Little(bytes, at + 28, 2);
    if (name_size > bytes.size() - at - kEntrySize) throw BadData("damaged zip directory");
    entries_.push_back(
        {std::string(bytes.substr(at + kEntrySize, name_size)), Little(bytes, at + 24, 4)});
    places_.push_back({Little(bytes, at + 10, 2), Little(bytes, at + 8, 2),
                       Little(bytes, at + 16, 4), Little(bytes, at + 20, 4),
                       Little(bytes, at + 42, 4)});
    at += kEntrySize + name_size + Little(bytes, at + 30, 2) + Little(bytes, at + 32, 2);
  }
}

std::string ZipReader::Read(std::size_t index, std::size_t max_bytes) const {
  const Entry& entry = entries_.at(index);
  const Place& place = places_.at(index);
  if (entry.size > max_bytes) {
    throw BadData("zip entry holds more than " + std::to_string(max_bytes) + " bytes");
  }
  if ((place.flags & kEncryptedFlag) != 0) throw BadData("zip entry is encrypted");
  const std::string_view packed = PackedBytes(place);
  // Deflate packs at most about 1:1032; a larger claim is a lie that would only cost memory.
  if (entry.size / 1100 > packed.size()) throw BadData("damaged zip entry");
  std::string out;
  if (place.method == kStored) {
    out = packed;
  } else if (place.method == kDeflated) {
    out = Inflate(packed, entry.size);
  } else {
    throw BadData("zip entry is packed by method " + std::to_string(place.method) +
                  "; stored and deflated entries are read");
  }
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(out.size()));
  if (out.size() != entry.size || crc != place.crc) throw BadData("damaged zip entry");
  return out;
}

std::string_view ZipReader::PackedBytes(const Place& place) const {
  const std::size_t at = place.header_at;
  const bool good = at + kHeaderSize <= bytes_.size() && bytes_.substr(at, 4) == kHeaderMark;
  if (!good) throw BadData("damaged zip entry");
  const std::size_t start =
      at + kHeaderSize + Little(bytes_, at + 26, 2) + Little(bytes_, at + 28, 2);
  if (start > bytes_.size() || place.packed_size > bytes_.size() - start) {
    throw BadData("zip entry is cut off");
  }
  return bytes_.substr(start, place.packed_size);
}

}  // namespace kedge
