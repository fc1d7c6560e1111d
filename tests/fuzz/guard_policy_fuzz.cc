// Any bytes as a guard policy.

#include <cstdint>
#include <string_view>

#include "guards/monitor.h"
#include "harness/core/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)kedge::guards::Policy::Read(kedge::Document::FromYaml(text, "fuzz.yaml"), "/nonexistent");
  } catch (const kedge::Error&) {
  }
  return 0;
}
