#include "tests/testing/needs.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace kedge::testing {
namespace fs = std::filesystem;

bool IsRequired(const std::string& kind) {
  const char* list = std::getenv("KEDGE_REQUIRE");
  if (list == nullptr) return false;
  std::stringstream stream(list);
  for (std::string item; std::getline(stream, item, ',');) {
    if (item == kind) return true;
  }
  return false;
}

std::string SharedPath(const std::string& relative) {
  return std::string(KEDGE_SHARED_DATA_DIR) + "/" + relative;
}

bool SharedDataPresent() { return fs::is_directory(SharedPath("data")); }

std::string FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::stringstream stream(path == nullptr ? "" : path);
  for (std::string folder; std::getline(stream, folder, ':');) {
    const std::string full = folder + "/" + name;
    std::error_code error;
    if (fs::is_regular_file(full, error)) return full;
  }
  return {};
}

bool IsSlowBuild() {
#ifdef NDEBUG
  return false;
#else
  return true;
#endif
}

std::string SourcePath(const std::string& relative) {
  return std::string(KEDGE_SOURCE_DIR) + "/" + relative;
}

TempFolder::TempFolder() {
  std::string pattern = fs::temp_directory_path().string() + "/kedge-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

void WriteFile(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace kedge::testing
