#pragma once

#include <gtest/gtest.h>

#include <string>

namespace kedge::testing {

/// True if the environment variable KEDGE_REQUIRE (comma separated kinds: data, postgres, slurm,
/// prometheus, chromium, npm) names `kind`: then a test may not skip for want of it.
bool IsRequired(const std::string& kind);

/// Path of a file below the shared data folder (CMake: KEDGE_SHARED_DATA), e.g.
/// SharedPath("data/tau-bench/gpt-4o-airline.json.gz"); may not exist.
std::string SharedPath(const std::string& relative);
bool SharedDataPresent();

/// The first of PATH's folders that holds an executable of this name, or empty.
std::string FindProgram(const std::string& name);

/// True in builds whose speed says nothing about the product's: unoptimised or with a sanitizer.
bool IsSlowBuild();

/// A file below the source tree, e.g. SourcePath("tasksuites/retail").
std::string SourcePath(const std::string& relative);

/// A fresh folder, removed with its contents at the end of the scope.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Writes a file, creating its folders.
void WriteFile(const std::string& path, const std::string& bytes);
std::string ReadWholeFile(const std::string& path);

}  // namespace kedge::testing

/// Skips the running test with a reason, or fails it when the kind is required.
#define KEDGE_NEED(kind, condition, reason)                   \
  do {                                                        \
    if (!(condition)) {                                       \
      if (::kedge::testing::IsRequired(kind))                 \
        FAIL() << "required: " << (kind) << ": " << (reason); \
      GTEST_SKIP() << "[" << (kind) << "] " << (reason);      \
    }                                                         \
  } while (false)

/// For tests that read the shared data folder.
#define KEDGE_NEED_DATA()                                   \
  KEDGE_NEED("data", ::kedge::testing::SharedDataPresent(), \
             "no shared data folder (KEDGE_SHARED_DATA)")
