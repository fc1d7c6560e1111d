#include "harness/core/atomic_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

std::size_t FilesIn(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(AtomicFileTest, AppearsOnCommitWithAllPiecesInOrder) {
  const TempFolder folder;
  Random random(1);
  std::string expected;
  AtomicFile file(folder.File("x"));
  // Pieces around the size of the buffer, and below and above it.
  for (const std::size_t size : {1, 0, 65'535, 1, 65'536, 65'537, 10, 200'000, 3, 65'530, 6, 7}) {
    const std::string piece(size, static_cast<char>('a' + random.Below(26)));
    file.Write(piece);
    expected += piece;
  }
  EXPECT_FALSE(fs::exists(folder.File("x")));
  file.Commit();
  EXPECT_EQ(ReadFile(folder.File("x")), expected);
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(AtomicFileTest, WithoutCommitTheOldFileStaysAndNothingIsLeft) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("x"), "old");
  {
    AtomicFile file(folder.File("x"));
    file.Write(std::string(300'000, 'n'));
    EXPECT_EQ(FilesIn(folder.path()), 2U);
  }
  EXPECT_EQ(ReadFile(folder.File("x")), "old");
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(AtomicFileTest, TwoAtOnceDoNotDisturbEachOther) {
  const TempFolder folder;
  AtomicFile first(folder.File("x")), second(folder.File("x"));
  first.Write("first");
  second.Write("second");
  second.Commit();
  EXPECT_EQ(ReadFile(folder.File("x")), "second");
  first.Commit();
  EXPECT_EQ(ReadFile(folder.File("x")), "first");
}

TEST(AtomicFileTest, RefusesAtOnceWhereItCannotWrite) {
  const TempFolder folder;
  EXPECT_THROW(AtomicFile file(folder.File("none/x")), Error);
  EXPECT_THROW(AtomicFile file(folder.path()), Error);
}

}  // namespace
}  // namespace kedge
