#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/error.h"

namespace kedge {
class ByteSource;
}

namespace kedge::trace {

/// A record's text, not yet parsed.
struct RecordText {
  std::string_view text;
  std::int64_t line = 0;         ///< where it starts
  const Error* error = nullptr;  ///< why the record could not be cut out; then `text` is empty
};

/// Cuts a (possibly compressed) file into records while it is read: the lines of JSON Lines, the
/// elements of the file's one array, or the file's objects when they stretch over several lines.
/// Which of these it is, the content says; a broken first line does not hide that the file is JSON
/// Lines. Holds one record at a time.
class RecordStream {
 public:
  static constexpr std::size_t kMaxRecordBytes = std::size_t{512} << 20;  ///< of one object
  static constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;     ///< of JSON Lines

  /// Throws kMissingInput / kIo.
  explicit RecordStream(const std::string& path);
  ~RecordStream();
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;

  /// The next record, valid until the next call; false at the end. A record that is too long is
  /// given as an error and passed over.
  bool Next(RecordText& out);

  /// Once Next has returned false: why there may have been more (damaged compression, a document
  /// that was cut off, text behind its end); names file and line.
  const std::optional<Error>& damage() const { return damage_; }

 private:
  enum class Shape { kUnknown, kLines, kArray, kValues };
  enum class Scan { kWhole, kCut, kTooLong, kBroken };

  void FindShape();
  bool HoldsWholeLine() const;
  bool NextLine(RecordText& out);
  bool NextElement(RecordText& out);
  bool NextValue(RecordText& out);
  bool GiveRest(RecordText& out);
  bool GiveTooLong(RecordText& out);

  bool Fill();
  bool SkipSpace();
  Scan ScanValue(std::size_t& length, bool strict, std::size_t limit);
  bool PassOverValue();
  void Consume(std::size_t length);
  void Damage(std::string message);

  const std::string path_;
  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t at_ = 0;       // what precedes it has been given out
  std::size_t pending_ = 0;  // length of the record given out last, still in the buffer
  std::int64_t line_ = 1;    // of at_
  Shape shape_ = Shape::kUnknown;
  bool first_ = true;
  bool at_end_ = false;
  std::optional<Error> damage_;
  std::optional<Error> record_error_;
};

}  // namespace kedge::trace
