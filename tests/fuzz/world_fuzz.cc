// Any bytes as one file of a world: it is loaded, or refused with an Error; what is loaded can be
// begun and called.

#include <cstdint>
#include <string>

#include "harness/core/error.h"
#include "harness/world/world.h"
#include "tests/fuzz/folder.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string& input = kedge::fuzz::InputFile(data, size);
  static const kedge::fuzz::Folder folder(KEDGE_SOURCE_DIR "/tests/world/testdata/library",
                                          KEDGE_FUZZ_FILE, input);
  try {
    const auto world = kedge::world::World::Load(folder.path(), {});
    kedge::world::Session session(world);
    session.Begin(1);
    for (const kedge::world::ToolSpec& tool : world->tools()) {
      (void)session.Call(tool.name, {{"member_id", "M0001"}, {"book_id", "B0001"}});
    }
    (void)session.difference();
    session.End();
  } catch (const kedge::Error&) {
  }
  return 0;
}
