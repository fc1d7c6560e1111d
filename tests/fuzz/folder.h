#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace kedge::fuzz {

/// A copy of a folder in which one file is the input of the moment (input_file.h). Removed when the
/// program ends in order.
class Folder {
 public:
  Folder(const std::string& original, const std::string& input_name, const std::string& input_path)
      : path_(Make()) {
    std::filesystem::copy(original, path_);
    std::filesystem::remove(path_ + "/" + input_name);
    std::filesystem::create_symlink(input_path, path_ + "/" + input_name);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }

 private:
  static std::string Make() {
    std::string name = (std::filesystem::temp_directory_path() / "kedge-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return name;
  }

  const std::string path_;
};

}  // namespace kedge::fuzz
