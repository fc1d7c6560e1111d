// Any bytes as the description of a model: it is read, and a model without a cassette can be made
// of it, or it is refused with an Error.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/llm/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto document = kedge::Document::FromYaml(
        std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
    const kedge::llm::ModelOptions options = kedge::llm::ReadModelOptions(document.root(), "/base");
    if (options.model.empty() || options.http.http.timeout.count() < 0) std::abort();
    if (kedge::llm::ModelName(options, "") != options.model) std::abort();
    for (const auto& [alias, name] : options.aliases) {
      if (!alias.empty() && kedge::llm::ModelName(options, alias) != name) std::abort();
    }
    if (options.cassette.empty()) (void)kedge::llm::ModelSource(options).Make();
  } catch (const kedge::Error&) {
  }
  return 0;
}
