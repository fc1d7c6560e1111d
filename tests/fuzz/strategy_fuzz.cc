// Any bytes as a guidelines layer.

#include <cstdint>
#include <string_view>

#include "harness/core/document.h"
#include "harness/strategy/layers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const kedge::Document document = kedge::Document::FromYaml(text, "guidelines.yaml");
    kedge::strategy::CheckLayer("guidelines", document.root());
    (void)kedge::strategy::ParseGuidelines(document.root());
  } catch (const kedge::Error&) {
  }
  return 0;
}
