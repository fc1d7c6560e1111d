#include "harness/core/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/error.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

namespace fs = std::filesystem;
using testing::ErrorOf;
using testing::TempFolder;

std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(ReadFileTest, GivesTheBytes) {
  const TempFolder folder;
  for (const std::size_t size : {0, 1, 3, 4, 5, 65'535, 65'536, 65'537, 1'000'000}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
    testing::WriteFile(folder.File("x"), bytes);
    EXPECT_EQ(ReadFile(folder.File("x")), bytes) << size;
  }
}

TEST(ReadFileTest, ReadsWhatHasNoSize) {
  EXPECT_TRUE(ReadFile("/proc/self/status").starts_with("Name:"));
  EXPECT_EQ(ReadFile("/dev/null"), "");
}

TEST(ReadFileTest, LimitsTheSize) {
  const TempFolder folder;
  testing::WriteFile(folder.File("x"), "12345");
  EXPECT_EQ(ReadFile(folder.File("x"), 5), "12345");
  const Error error = ErrorOf([&] { ReadFile(folder.File("x"), 4); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadData);
  EXPECT_EQ(std::string(error.what()), folder.File("x") + ": holds more than 4 bytes");
  EXPECT_THROW(ReadFile("/dev/zero", 100'000), Error);
}

TEST(ReadFileTest, NamesWhatIsMissing) {
  const TempFolder folder;
  testing::WriteFile(folder.File("file"), "");
  for (const std::string& path : {folder.File("none"), folder.File("none/x"), folder.File("file/x"),
                                  folder.path(), std::string()}) {
    EXPECT_EQ(ErrorOf([&] { ReadFile(path); }).kind(), ErrorKind::kMissingInput) << path;
  }
  EXPECT_EQ(std::string(ErrorOf([&] { ReadFile(folder.path()); }).what()),
            folder.path() + ": cannot read: Is a directory");
}

TEST(WriteFileAtomicTest, CreatesAndReplaces) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("x"), "one");
  EXPECT_EQ(ReadFile(folder.File("x")), "one");
  const std::string large(3'000'000, 'y');
  WriteFileAtomic(folder.File("x"), large);
  EXPECT_EQ(ReadFile(folder.File("x")), large);
  WriteFileAtomic(folder.File("x"), "");
  EXPECT_EQ(ReadFile(folder.File("x")), "");
  EXPECT_EQ(NamesIn(folder.path()), std::vector<std::string>{"x"});
}

TEST(WriteFileAtomicTest, KeepsThePermissionsOfTheOldFile) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("x"), "one");
  ASSERT_EQ(chmod(folder.File("x").c_str(), 0640), 0);
  WriteFileAtomic(folder.File("x"), "two");
  EXPECT_EQ(fs::status(folder.File("x")).permissions(), fs::perms{0640});
}

TEST(WriteFileAtomicTest, WritesThroughASymbolicLink) {
  const TempFolder folder;
  fs::create_directory(folder.File("real"));
  WriteFileAtomic(folder.File("real/x"), "old");
  fs::create_symlink("real/x", folder.File("link"));
  WriteFileAtomic(folder.File("link"), "new");
  EXPECT_TRUE(fs::is_symlink(folder.File("link")));
  EXPECT_EQ(ReadFile(folder.File("real/x")), "new");
  fs::create_symlink("nowhere", folder.File("dangling"));
  EXPECT_THROW(WriteFileAtomic(folder.File("dangling"), "x"), Error);
}

// A child process in which no file may grow beyond 64 KiB: writing fails midway.
void TryToWriteTooMuch(const std::string& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{65'536, 65'536};
  setrlimit(RLIMIT_FSIZE, &limit);
  try {
    WriteFileAtomic(path, std::string(1'000'000, 'n'));
  } catch (const Error& error) {
    _exit(error.exit_code());
  }
  _exit(0);
}

TEST(WriteFileAtomicTest, AFailureMidwayLeavesTheOldFileAndNothingElse) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("x"), "old");
  EXPECT_EXIT(TryToWriteTooMuch(folder.File("x")), ::testing::ExitedWithCode(74), "");
  EXPECT_EQ(ReadFile(folder.File("x")), "old");
  EXPECT_EQ(NamesIn(folder.path()), std::vector<std::string>{"x"});
}

TEST(WriteFileAtomicTest, RefusesWhatIsNotARegularFile) {
  const TempFolder folder;
  fs::create_directory(folder.File("dir"));
  ASSERT_EQ(mkfifo(folder.File("fifo").c_str(), 0600), 0);
  for (const std::string& path :
       {folder.File("dir"), folder.File("fifo"), std::string("/dev/null")}) {
    EXPECT_EQ(ErrorOf([&] { WriteFileAtomic(path, "x"); }).kind(), ErrorKind::kIo) << path;
  }
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(NamesIn(folder.path()), (std::vector<std::string>{"dir", "fifo"}));
}

TEST(WriteFileAtomicTest, CreatesNoFolders) {
  const TempFolder folder;
  const Error error = ErrorOf([&] { WriteFileAtomic(folder.File("none/x"), "x"); });
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_EQ(error.file(), folder.File("none/x"));
  EXPECT_TRUE(NamesIn(folder.path()).empty());
}

// Root may write anywhere, so the child becomes nobody first.
void TryAsNobody(const std::function<void()>& action) {
  constexpr uid_t kNobody = 65534;
  if (geteuid() == 0 && setuid(kNobody) != 0) _exit(1);
  try {
    action();
  } catch (const Error& error) {
    _exit(error.exit_code());
  }
  _exit(0);
}

TEST(FileTest, DeniedPermissionsHaveTheirOwnExitCode) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("x"), "old");
  ASSERT_EQ(chmod(folder.File("x").c_str(), 0), 0);
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EXIT(TryAsNobody([&] { WriteFileAtomic(folder.File("x"), "new"); }),
              ::testing::ExitedWithCode(77), "");
  EXPECT_EXIT(TryAsNobody([&] { MakeFolders(folder.File("a/b")); }), ::testing::ExitedWithCode(77),
              "");
  EXPECT_EXIT(TryAsNobody([&] { ReadFile(folder.File("x")); }), ::testing::ExitedWithCode(66), "");
  ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(folder.File("x").c_str(), 0644), 0);
  EXPECT_EQ(ReadFile(folder.File("x")), "old");
}

TEST(WriteFileAtomicTest, ReadersNeverSeeAHalf) {
  const TempFolder folder;
  const std::string a(200'000, 'a'), b(200'000, 'b');
  WriteFileAtomic(folder.File("x"), a);
  {
    std::vector<std::jthread> writers;
    for (const std::string* bytes : {&a, &b}) {
      writers.emplace_back([&folder, bytes] {
        for (int i = 0; i < 10; ++i) WriteFileAtomic(folder.File("x"), *bytes);
      });
    }
    for (int i = 0; i < 100; ++i) {
      const std::string seen = ReadFile(folder.File("x"));
      ASSERT_TRUE(seen == a || seen == b);
    }
  }
  EXPECT_EQ(NamesIn(folder.path()), std::vector<std::string>{"x"});
}

TEST(MakeFoldersTest, MakesAllThatAreMissing) {
  const TempFolder folder;
  MakeFolders(folder.File("a/b/c"));
  MakeFolders(folder.File("a/b/c"));
  EXPECT_TRUE(fs::is_directory(folder.File("a/b/c")));
}

TEST(MakeFoldersTest, AFileInTheWayIsAnError) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("file"), "");
  for (const char* name : {"file", "file/x"}) {
    const Error error = ErrorOf([&] { MakeFolders(folder.File(name)); });
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_EQ(error.file(), folder.File(name));
  }
}

}  // namespace
}  // namespace kedge
