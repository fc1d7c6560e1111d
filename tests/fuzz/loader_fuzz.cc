// Any bytes as a file that one loader reads: it is read, or refused with an Error.

#include <cstdint>

#include "harness/core/error.h"
#include "tests/fuzz/input_file.h"
#include KEDGE_FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)KEDGE_FUZZ_LOADER(kedge::fuzz::InputFile(data, size));
  } catch (const kedge::Error&) {
  }
  return 0;
}
