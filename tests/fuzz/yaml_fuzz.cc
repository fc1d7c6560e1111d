// Any bytes as a configuration file.

#include <cstdint>
#include <string_view>

#include "harness/core/document.h"

namespace {

void Walk(const kedge::Node& node) {
  (void)node.line();
  if (node.is_array()) {
    for (const kedge::Node& item : node.Items()) Walk(item);
  } else if (node.is_object()) {
    for (const auto& [key, member] : node.Members()) Walk(member);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Walk(kedge::Document::FromYaml(text, "fuzz.yaml").root());
  } catch (const kedge::Error&) {
  }
  return 0;
}
