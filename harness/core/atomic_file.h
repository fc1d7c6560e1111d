#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kedge {

/// A file that is written piece by piece and appears whole or not at all: it is staged beside
/// `path` and takes its place on Commit; without Commit nothing is left behind. An old file keeps
/// its permissions. Not thread-safe. Throws kIo / kNotPermitted.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Buffered.
  void Write(std::string_view bytes);
  /// Flushes, syncs and renames; call once.
  void Commit();

 private:
  class Staged;
  std::unique_ptr<Staged> staged_;
  std::string buffer_;
};

}  // namespace kedge
