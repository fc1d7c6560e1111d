// Any bytes as a pilot, a verdict, a journal or recorded outcomes: what it tells lies in its range,
// or it is refused with an Error.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "harness/core/error.h"
#include "harness/loop/pilot_files.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/journal_bytes.h"

namespace {

/// A name that ends in ".json" for the file of the input.
class JsonName {
 public:
  explicit JsonName(const std::string& file) : path_(Folder() + "/pilot.json") {
    std::filesystem::create_symlink(file, path_);
  }
  ~JsonName() {
    std::error_code ignored;
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), ignored);
  }
  JsonName(const JsonName&) = delete;
  JsonName& operator=(const JsonName&) = delete;

  const std::string& path() const { return path_; }

 private:
  static std::string Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kedge-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return name;
  }

  const std::string path_;
};

bool InRange(const std::optional<double>& value, double low, double high) {
  return !value || (*value >= low && *value <= high);
}

void Read(const std::string& path, bool use_score) {
  try {
    const kedge::gate::Pilot pilot = kedge::loop::ReadPilot({path}, use_score);
    const bool good = pilot.runs > 0 && InRange(pilot.psi, 0, 1) &&
                      InRange(pilot.aa_discordance, 0, 1) && InRange(pilot.icc, -1, 1) &&
                      InRange(pilot.episode_cost, 0, HUGE_VAL) &&
                      InRange(pilot.episode_seconds, 0, HUGE_VAL);
    if (!good) std::abort();
  } catch (const kedge::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text =
      kedge::fuzz::WithRightSums(std::string_view(reinterpret_cast<const char*>(data), size));
  const std::string& path =
      kedge::fuzz::InputFile(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  static const JsonName json(path);
  for (const bool use_score : {false, true}) {
    Read(path, use_score);
    Read(json.path(), use_score);
  }
  return 0;
}
