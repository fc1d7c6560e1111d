// Any bytes as the state of an evolution: it is read, and reads the same when it is written again,
// or it is refused with an Error.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/loop/evolve_state.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const kedge::Json fingerprint = {{"suite", "s"}, {"seed", 1}};
  std::string written;
  try {
    const auto evolution =
        kedge::loop::LoadEvolution(kedge::fuzz::InputFile(data, size), fingerprint);
    if (!evolution) std::abort();
    written = kedge::DumpJson(kedge::loop::EvolutionToJson(*evolution, fingerprint));
  } catch (const kedge::Error&) {
    return 0;
  }
  const auto again = kedge::loop::LoadEvolution(
      kedge::fuzz::InputFile(reinterpret_cast<const std::uint8_t*>(written.data()), written.size()),
      fingerprint);
  if (kedge::DumpJson(kedge::loop::EvolutionToJson(*again, fingerprint)) != written) std::abort();
  return 0;
}
