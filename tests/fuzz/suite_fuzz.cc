// Any bytes as one file of a suite on the library world: it is loaded, or refused with an Error.

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/core/error.h"
#include "harness/suite/suite.h"
#include "tests/fuzz/folder.h"
#include "tests/fuzz/input_file.h"

namespace {

const std::string& SuiteFolder(const std::string& input) {
  static const kedge::fuzz::Folder folder(KEDGE_SOURCE_DIR "/tests/fuzz/suites/" KEDGE_FUZZ_SUITE,
                                          KEDGE_FUZZ_FILE, input);
  static const bool has_world = [] {
    std::filesystem::copy(KEDGE_SOURCE_DIR "/tests/world/testdata/library",
                          folder.path() + "/world");
    return true;
  }();
  (void)has_world;
  return folder.path();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)kedge::suite::Suite::Load(SuiteFolder(kedge::fuzz::InputFile(data, size)),
                                    {.split = "all", .tasks_per_family = KEDGE_FUZZ_TASKS});
  } catch (const kedge::Error&) {
  }
  return 0;
}
